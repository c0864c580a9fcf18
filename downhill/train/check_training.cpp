#include "downhill/train/check_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/node.h"
#include "downhill/autodiff/norms.h"
#include "downhill/core/error.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/adam.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/kept_training.h"

namespace downhill {
namespace {

constexpr double kFar = 3, kHalf = 0.5, kSettled = 0.1, kWorse = 0.02, kSame = 1e-4;
constexpr int kTries = 3, kDraws = 8;

Tensor first_rows(const Tensor& tensor, std::int64_t rows) {
  return tensor.defined() ? slice(tensor, 0, rows).clone() : tensor;
}

Batch first_rows(const Batch& batch, std::int64_t rows) {
  rows = std::min(rows, batch.size());
  Batch part{first_rows(batch.input, rows),
             first_rows(batch.target, rows),
             first_rows(batch.weight, rows),
             {},
             first_rows(batch.index, rows)};
  for (const Tensor& tensor : batch.more) part.more.push_back(first_rows(tensor, rows));
  return part;
}

double loss_on(const LossOf& loss_of, const Batch& batch) {
  const NoGraph off;
  return loss_of(batch).mean.item();
}

/// What a few steps on one batch come to, in evaluation mode.
struct Driven {
  double first = 0, last = 0, gradient_ratio = 0;
};

Driven drive(const Optimizer& given, const LossOf& loss_of, const Batch& batch,
             const CheckOptions& o) {
  Optimizer optimizer(Adam{.lr = o.lr}, given.parameters());
  Driven driven{.first = loss_on(loss_of, batch)};
  double first_norm = 0, norm = 0;
  for (std::int64_t step = 0; step < o.steps; ++step) {
    optimizer.zero_grad();
    const BatchLoss loss = loss_of(batch);
    loss.mean.backward();
    norm = gradient_norm(optimizer.parameters());
    if (step == 0) first_norm = norm;
    if (!std::isfinite(norm)) break;
    optimizer.step();
  }
  driven.last = loss_on(loss_of, batch);
  driven.gradient_ratio = first_norm > 0 ? norm / first_norm : 0;
  return driven;
}

class Checker {
 public:
  Checker(nn::Module& model, Optimizer& optimizer, const LossOf& loss_of, const Batch& batch,
          const CheckOptions& options)
      : model_(model),
        optimizer_(optimizer),
        loss_of_(loss_of),
        o_(options),
        batch_(first_rows(batch, options.rows)),
        kept_(model, optimizer) {}

  std::vector<TrainingCheck> all() {
    {
      const detail::EvaluationMode mode(model_);
      evaluation_keeps_weights();
      by_heart();
    }
    all_in_optimizer();
    all_move();
    modes_agree();
    return std::move(checks_);
  }

 private:
  void add(const char* name, std::optional<bool> passed, double figure, double limit,
           std::string text) {
    checks_.push_back({name, passed, figure, limit, std::move(text)});
  }
  std::string show(double loss) const { return decimal(loss * o_.unit, 4); }

  void by_heart() {
    Batch zero = batch_;
    zero.input = Tensor::zeros(batch_.input.shape(), batch_.input.type());
    const Driven real = drive(optimizer_, loss_of_, batch_, o_);
    kept_.put_back();
    const Driven blind = drive(optimizer_, loss_of_, zero, o_);
    kept_.put_back();
    first_loss(real, blind.last);
    overfits_batch(real, blind.last);
    const double scale = std::max(std::abs(real.last), std::abs(blind.last));
    const double gain = scale > 0 ? (blind.last - real.last) / scale : 0;
    add("zero_input_worse", targets_vary() ? std::optional(gain > kWorse) : std::nullopt, gain,
        kWorse,
        fmt::format("these rows are learnt to a loss of {}, with inputs of 0 to {}",
                    show(real.last), show(blind.last)));
  }

  void first_loss(const Driven& real, double constant) {
    const double ratio = real.first / constant;
    const bool applies = (constant > 0 && targets_vary()) || !std::isfinite(real.first);
    const auto passed = applies ? std::optional(ratio <= kFar) : std::nullopt;
    add("first_loss", passed, applies ? ratio : 0, kFar,
        fmt::format("the loss begins at {}; a constant comes to {}", show(real.first),
                    show(constant)));
  }

  void overfits_batch(const Driven& real, double constant) {
    const std::int64_t numbers = parameters();
    const bool able = targets_vary() && numbers >= 4 * batch_.target.elements();
    const bool floor = real.gradient_ratio <= kSettled || real.last <= kHalf * constant;
    const bool down = real.last < constant && real.last < real.first;
    add("overfits_batch", able ? std::optional(down && floor) : std::nullopt,
        constant != 0 ? real.last / constant : real.last, kHalf,
        fmt::format("{} steps on {} rows take the loss from {} to {}, the gradient to {} of the "
                    "first{}",
                    o_.steps, batch_.size(), show(real.first), show(real.last),
                    decimal(real.gradient_ratio, 3),
                    able ? ""
                    : targets_vary()
                        ? fmt::format("; a model of {} numbers need not fit them", numbers)
                        : "; all targets are the same"));
  }

  /// A constant fits equal targets, and what is left is rounding.
  bool targets_vary() const {
    const auto targets = batch_.target.to_vector();
    return std::ranges::any_of(targets, [&](double t) { return t != targets.front(); });
  }

  std::int64_t parameters() const {
    std::int64_t numbers = 0;
    for (const Parameter& p : optimizer_.parameters()) numbers += p.tensor.elements();
    return numbers;
  }

  void all_in_optimizer() {
    std::string missing;
    std::size_t count = 0;
    Tensors known;
    for (const Parameter& p : optimizer_.parameters()) known.push_back(p.tensor);
    for (const Parameter& p : model_.parameters()) {
      known.push_back(p.tensor);
      const bool held = std::ranges::any_of(
          optimizer_.parameters(), [&](const Parameter& q) { return q.tensor.shares(p.tensor); });
      if (held || !p.tensor.requires_grad()) continue;
      ++count;
      missing += (missing.empty() ? "" : ", ") + p.name;
    }
    const std::int64_t strangers = other_leaves(loss_of_(batch_).mean, known);
    std::string text =
        fmt::format("the optimizer holds all {} tensors", model_.parameters().size());
    if (count > 0) text = fmt::format("the optimizer does not hold {}", missing);
    if (strangers > 0)
      text += fmt::format(
          "{} the loss depends on {} tensors that require a gradient and are not in the "
          "model: is a layer not given to add()?",
          count > 0 ? ", and" : ", but", strangers);
    const auto figure = static_cast<double>(count) + static_cast<double>(strangers);
    add("all_in_optimizer", figure == 0, figure, 0, text);
  }

  void one_step() {
    const auto loss = [&] { return loss_of_(batch_).mean; };
    if (optimizer_.needs_closure()) {
      optimizer_.step(loss);
      return;
    }
    optimizer_.zero_grad();
    loss().backward();
    optimizer_.step();
  }

  void all_move() {
    model_.train();
    const auto& held = optimizer_.parameters();
    std::vector<Tensor> before;
    for (const Parameter& p : held) before.push_back(p.tensor.clone());
    std::vector<bool> moved(held.size()), pulled(held.size());
    for (int i = 0; i < kTries; ++i) {
      one_step();
      for (std::size_t k = 0; k < held.size(); ++k) {
        if (!detail::same_bits(held[k].tensor, before[k])) moved[k] = true;
        const Tensor g = held[k].tensor.requires_grad() ? held[k].tensor.grad() : Tensor();
        if (!g.defined()) continue;
        const auto numbers = g.to_vector();
        if (std::ranges::any_of(numbers, [](double n) { return n != 0; })) pulled[k] = true;
      }
    }
    kept_.put_back();
    std::string stay;
    std::size_t count = 0, without = 0;
    for (std::size_t k = 0; k < held.size(); ++k) {
      without += !pulled[k];
      if (moved[k] || !pulled[k]) continue;
      ++count;
      stay += (stay.empty() ? "" : ", ") + held[k].name;
    }
    add("all_move", count == 0, static_cast<double>(count), 0,
        (count == 0 ? fmt::format("every tensor with a gradient moves")
                    : fmt::format("{} steps do not move {}", kTries, stay)) +
            (without > 0 ? fmt::format("; {} of {} have none", without, held.size()) : ""));
  }

  void evaluation_keeps_weights() {
    loss_on(loss_of_, batch_);
    const bool same = kept_.unchanged();
    add("evaluation_keeps_weights", same, same ? 0 : 1, 0,
        same ? "a loss in evaluation mode changes nothing"
             : "a loss in evaluation mode changes parameters or buffers");
    kept_.put_back();
  }

  void modes_agree() {
    model_.eval();
    const double still = loss_on(loss_of_, batch_);
    model_.train();
    const double once = loss_on(loss_of_, batch_);
    double mean = once / kDraws;
    bool random = false;
    for (int i = 1; i < kDraws; ++i) {
      const double again = loss_on(loss_of_, batch_);
      random = random || again != once;
      mean += again / kDraws;
    }
    kept_.put_back();
    const double found = random ? mean : once;
    const double difference =
        std::abs(found - still) / std::max({std::abs(found), std::abs(still), 1e-300});
    const double limit = random ? kHalf : kSame;
    add("modes_agree", difference <= limit, difference, limit,
        fmt::format("the loss is {} in training mode{} and {} in evaluation mode", show(found),
                    random ? " (a mean: it is random)" : "", show(still)));
  }

  nn::Module& model_;
  Optimizer& optimizer_;
  const LossOf& loss_of_;
  const CheckOptions& o_;
  const Batch batch_;
  detail::KeptTraining kept_;
  std::vector<TrainingCheck> checks_;
};

}  // namespace

std::vector<TrainingCheck> check_training(nn::Module& model, Optimizer& optimizer,
                                          const LossOf& loss_of, const Batch& batch,
                                          const CheckOptions& options) {
  check_options("check_training", options);
  if (batch.size() == 0) throw_usage("check_training", "the batch has no rows");
  return Checker(model, optimizer, loss_of, batch, options).all();
}

bool check_is_cheap(std::int64_t steps, std::int64_t rows, const CheckOptions& options) {
  constexpr std::int64_t kFiftieth = 50, kDrives = 2, kOthers = 20;
  const std::int64_t made = kDrives * options.steps + kOthers;
  return steps >= kFiftieth * made && rows >= kFiftieth * made * options.rows;
}

bool all_passed(std::span<const TrainingCheck> checks) {
  return std::ranges::none_of(checks, [](const TrainingCheck& c) { return c.passed == false; });
}

}  // namespace downhill
