#include "downhill/losses/loss.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/formula/text_formula.h"

namespace downhill {
namespace {

// A target that is not defined is one that was not given.
std::span<const Tensor> given(std::span<const Tensor> targets) {
  if (targets.size() == 1 && !targets[0].defined()) return {};
  return targets;
}

void check_count(const detail::AnyLoss& loss, std::span<const Tensor> predictions,
                 std::span<const Tensor> targets) {
  const auto count = static_cast<int>(predictions.size()), wanted = loss.predictions();
  if (count != wanted && !(count == 1 && loss.packs()))
    throw_usage(loss.name(), fmt::format("{} prediction(s) given; expected {}", count, wanted));
  for (const Tensor& x : predictions)
    if (!x.defined()) throw_usage(loss.name(), "a prediction is undefined; expected a tensor");
  if (static_cast<int>(targets.size()) == loss.targets()) return;
  if (loss.targets() == 0) throw_usage(loss.name(), "this loss takes no target");
  if (targets.empty()) throw_usage(loss.name(), "a target is missing");
  throw_usage(loss.name(),
              fmt::format("{} target(s) given; expected {}", targets.size(), loss.targets()));
}

}  // namespace

void Loss::check() const {
  if (loss_ == nullptr) throw_usage("loss", "is null");
}

std::vector<Loss::Counted> Loss::counted(const Inputs& predictions, const Inputs& targets,
                                         const Tensor& weight) const {
  const NoGraph off;
  std::vector<Counted> all;
  for (Term& term : terms()) {
    const double divisor = term.loss.total_weight(predictions, targets, weight);
    all.push_back({std::move(term), divisor});
  }
  const bool alike = std::ranges::all_of(
      all, [&](const Counted& one) { return one.weight == all.front().weight; });
  if (alike) return {{{1, *this}, all.front().weight}};
  return all;
}

Tensor Loss::apply(const Inputs& predictions, const Inputs& targets, const Tensor& weight,
                   Reduction reduction) const {
  const detail::LossInputs in{predictions.span(), given(targets.span()), weight};
  check_count(*loss_, in.predictions, in.targets);
  return loss_->apply(in, reduction);
}

double Loss::total_weight(const Inputs& predictions, const Inputs& targets,
                          const Tensor& weight) const {
  const detail::LossInputs in{predictions.span(), given(targets.span()), weight};
  check_count(*loss_, in.predictions, in.targets);
  return loss_->total_weight(in);
}

void Loss::probabilities(std::span<const double> scores, std::span<double> to) const {
  if (scores.empty() || scores.size() != to.size())
    throw_usage(name(), fmt::format("there are {} scores and {} probabilities; expected as many, "
                                    "one for each class",
                                    scores.size(), to.size()));
  if (const auto& own = loss_->declared().probabilities) return own(scores, to);
  const double top = *std::ranges::max_element(scores);
  double sum = 0;
  for (std::size_t c = 0; c < to.size(); ++c) sum += to[c] = std::exp(scores[c] - top);
  for (double& p : to) p /= sum;
}

std::vector<Loss::Term> Loss::terms() const {
  std::vector<Term> all;
  for (const detail::Term& term : detail::terms_of(loss_))
    all.push_back({term.factor, Loss(term.loss)});
  return all;
}

Loss pointwise_text(std::string_view formula) {
  auto parsed = TextFormula::parse(formula, {"p", "y"}, 1);
  return Loss(detail::pointwise_loss(std::move(parsed), std::string(formula)));
}

}  // namespace downhill
