// The loop of a training run.
#include "downhill/train/detail/run.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/core/processor.h"
#include "downhill/core/version.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/tensor/product.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/layers.h"
#include "downhill/train/files.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kLoggedSteps = 20000;  // a log of more steps would cost more than it tells

[[noreturn]] void refuse_no_rows(const char* part) {
  throw_usage("fit", fmt::format("no row of the {} counts: all weights are 0, or all labels are "
                                 "ignored",
                                 part));
}

std::int64_t steps_of(std::int64_t epochs, std::int64_t batches) {
  if (batches > 0 && epochs > kMostSteps / batches)
    throw_usage("fit", fmt::format("epochs = {} with {} batches each are more than 2^53 steps",
                                   epochs, batches));
  return epochs * batches;
}

}  // namespace

Run::Run(nn::Module& model, Optimizer& optimizer, const Dataset& train, const Dataset* validation,
         const LossOf& loss_of, const FitOptions& options, const MetricsOf& metrics)
    : model_(model),
      optimizer_(optimizer),
      method_(optimizer.text()),
      train_(train),
      validation_(validation),
      loss_of_(loss_of),
      o_(options),
      metrics_(metrics),
      batches_(train.size(), options.batch == 0 ? train.size() : options.batch, options.seed,
               options.drop_last),
      steps_(steps_of(options.epochs, batches_.count())),
      log_every_(std::max<std::int64_t>(1, (steps_ + kLoggedSteps - 1) / kLoggedSteps)),
      wants_sums_(std::any_of(options.observers.begin(), options.observers.end(),
                              [](const ObserverPtr& o) { return o->wants_sums(); })),
      has_layers_(has_layers(optimizer.parameters())) {}

void Run::open() {
  optimizer_.over(steps_);
  if (o_.schedule) optimizer_.schedule_lr(o_.schedule->over(steps_));
  for (const ObserverPtr& observer : o_.observers) observer->begin(optimizer_);
  log_.begin({.version = kVersion,
              .config = o_.config,
              .processor = processor_level(),
              .blas = blas_description(),
              .threads = threads(),
              .began = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr))),
              .constant_loss = o_.constant_loss});
  if (o_.out.empty()) return;
  if (o_.lock == nullptr) lock_.emplace(o_.out);
  identity_ = identity();
  if (o_.resume) return resume();
  save();  // before the log: what is killed between them resumes without one
  begin_log();
}

void Run::begin_log() {
  log_.open(o_.out / kLogFile, at_.step);
  if (o_.columns) log_.write(*o_.columns);
}

FitResult Run::run() {
  while (!ended_ && at_.epoch < o_.epochs) epoch();
  finish();
  return std::move(result_);
}

void Run::end(Ended how, std::string message) {
  if (ended_) return;
  ended_ = true;
  result_.ended = how;
  result_.message = std::move(message);
}

void Run::epoch() {
  model_.train(true);
  sums_.clear();
  for (; at_.batch < batches_.count(); ++at_.batch) {
    if (o_.stop.stop_requested()) return end(Ended::interrupted);
    if (!step()) return;
  }
  close_epoch();
}

// One update; false if the run ends here.
bool Run::step() {
  const Batch batch = train_.batch(batches_.rows(at_.epoch, at_.batch));
  for (const ObserverPtr& observer : o_.observers) observer->before_step(batch);
  const double lr = rate();
  const Update update = optimizer_.needs_closure() ? search(batch) : descend(batch);
  ++at_.step;
  if (update.skipped) return true;
  last_loss_ = update.loss;
  log_step(update, lr);
  if (went_wrong(batch, update)) return false;
  for (const ObserverPtr& observer : o_.observers)
    observer->after_step(
        {at_.step, update.loss, lr,
         wants_sums_ ? std::span<const TensorSums>(sums_) : std::span<const TensorSums>()});
  at_.epoch_loss += update.loss * update.weight;
  at_.epoch_weight += update.weight;
  at_.epoch_norms += update.gradient_norm;
  at_.last_lr = lr;
  report();
  return true;
}

void Run::log_step(const Update& update, double lr) {
  const bool due =
      at_.step % log_every_ == 0 || at_.batch + 1 == batches_.count() || !update.gauges.empty();
  if (!due && update.finite()) return;
  log_.write(StepRecord{.step = at_.step,
                        .epoch = at_.epoch + 1,
                        .loss = update.loss,
                        .lr = lr,
                        .gradient_norm = std::isfinite(update.loss)
                                             ? std::optional(update.gradient_norm)
                                             : std::nullopt,
                        .metrics = update.gauges});
}

bool Run::went_wrong(const Batch& batch, const Update& update) {
  if (!std::isfinite(update.loss)) {
    end(Ended::non_finite, fmt::format("the loss of step {} is {}; {}", at_.step,
                                       decimal(update.loss, 3), blame(model_, batch, loss_of_)));
  } else if (!std::isfinite(update.gradient_norm)) {
    end(Ended::non_finite,
        fmt::format("the loss of step {} is {}, but its gradient is not finite; {}", at_.step,
                    decimal(update.loss, 3), blame(model_, batch, loss_of_)));
  }
  return ended_;
}

// Divergence is judged on means of epochs: a single batch may be at 0.
void Run::close_epoch() {
  const std::int64_t made = batches_.count() - at_.epoch_skipped;
  if (made == 0 && batches_.count() > 0)
    return end(Ended::non_finite, fmt::format("no step of epoch {} was finite", at_.epoch + 1));
  if (!(at_.epoch_weight > 0)) refuse_no_rows("training");
  const double loss = at_.epoch_loss / at_.epoch_weight;
  const double norm = at_.epoch_norms / static_cast<double>(made);
  if (++at_.epoch == 1) at_.first_loss = loss;
  at_.batch = at_.epoch_skipped = 0;
  at_.epoch_loss = at_.epoch_weight = at_.epoch_norms = 0;
  log_.write(EpochRecord{.epoch = at_.epoch,
                         .step = at_.step,
                         .loss = loss,
                         .lr = at_.last_lr,
                         .gradient_norm = norm,
                         .layers = layers_of(optimizer_.parameters(), sums_)});
  if (validation_ != nullptr) validate();
  else if (o_.keep_good) keep_good(loss);
  if (validation_ != nullptr || at_.epoch == o_.epochs) report();
  if (loss > o_.diverged * std::max(std::abs(at_.first_loss), 1e-6))
    end(Ended::diverging, fmt::format("the mean loss of epoch {} is {}; that of the first was {}",
                                      at_.epoch, decimal(loss, 3), decimal(at_.first_loss, 3)));
  for (const ObserverPtr& observer : o_.observers)
    if (std::optional<Stop> stop = observer->after_epoch(log_.log()))
      end(stop->ended, std::move(stop->message));
  const bool waited =
      std::chrono::duration<double>(Clock::now() - saved_).count() >= o_.checkpoint_seconds;
  if (waited && at_.epoch < o_.epochs && !ended_) save();
}

void Run::validate() {
  const EvaluationWeights now(optimizer_);
  const RowsLoss all = loss_of_rows(model_, *validation_, loss_of_);
  if (!(all.weight > 0)) refuse_no_rows("validation");
  const double loss = all.loss * o_.unit;
  result_.validation_loss = loss;
  log_.write(EpochRecord{.epoch = at_.epoch,
                         .step = at_.step,
                         .split = Split::validation,
                         .loss = loss,
                         .metrics = metrics_on(*validation_)});
  // What is not finite is never the best.
  const bool better =
      std::isfinite(loss) && (at_.best_epoch == 0 || loss < at_.best_loss - o_.min_delta);
  if (better) {
    at_.best_epoch = at_.epoch;
    at_.best_loss = loss;
    at_.bad_epochs = 0;
    best_ = copy_weights(model_);
  } else if (++at_.bad_epochs; o_.patience > 0 && at_.bad_epochs >= o_.patience) {
    end(Ended::patience);
  }
}

void Run::save() {
  if (o_.out.empty()) return;
  at_.log = log_.sync();
  write_checkpoint(o_.out / kCheckpointFile, at_, best_, parts());
  saved_ = Clock::now();
}

double Run::rate() const { return optimizer_.has("lr") ? optimizer_.get("lr") : 0; }

void Run::report() const {
  if (o_.progress)
    o_.progress({at_.epoch, o_.epochs, at_.step, steps_, last_loss_, result_.validation_loss,
                 rate(), seconds()});
}

}  // namespace downhill::detail
