#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/detail/builtin.h"
#include "downhill/losses/detail/make_loss.h"
#include "downhill/losses/detail/sum_loss.h"
#include "downhill/losses/inputs.h"

namespace downhill {

/// A loss of any shape: what users, the trainer and the command line hold.
///
///     Loss criterion = Huber{.delta = 1.5};
///     Tensor loss = criterion(prediction, target);          // the mean
///     Tensor total = criterion.sum(prediction, target);
///     Tensor rows = criterion.each(prediction, target, weight);
///
/// Prediction and target must have one type and the shapes that the loss states; nothing
/// broadcasts. `weight` has the shape of `each`, or of its leading axes (one per row, spread over
/// the rest); the mean is the sum of weight times loss over the sum of weights, and 0 with gradient
/// 0 if that is 0. Several predictions or targets stand in braces: criterion({mean, variance},
/// target); those of a pointwise loss may also be the columns of one tensor (..., 2).
/// UsageError if something does not fit, naming it; also for a sum of weights that is infinite or
/// not normal.
class Loss {
 public:
  /// From a loss struct, one of ours or of yours (formula, row, region or tensor shape).
  template <class L, class Level = LevelTag>
  requires(!std::is_same_v<L, Loss> && !std::is_convertible_v<L, detail::LossPtr>) Loss(L loss) {
    if constexpr (IsBuiltIn<L>) loss_ = detail::builtin_loss(L::name, sizeof(L), &loss);
    else loss_ = make_loss(std::move(loss));
  }
  Loss(detail::LossPtr loss) : loss_(std::move(loss)) { check(); }
  Loss(const Loss&) = default;  // a move is a copy: what was moved from is still a loss
  Loss& operator=(const Loss&) = default;

  /// The mean: the sum of weight times loss over the sum of weights.
  Tensor operator()(const Inputs& predictions, const Inputs& targets = {},
                    const Tensor& weight = {}) const {
    return apply(predictions, targets, weight, Reduction::mean);
  }
  Tensor sum(const Inputs& predictions, const Inputs& targets = {},
             const Tensor& weight = {}) const {
    return apply(predictions, targets, weight, Reduction::sum);
  }
  /// Weight times loss, one value for each element, row or region.
  Tensor each(const Inputs& predictions, const Inputs& targets = {},
              const Tensor& weight = {}) const {
    return apply(predictions, targets, weight, Reduction::each);
  }
  Tensor apply(const Inputs& predictions, const Inputs& targets, const Tensor& weight,
               Reduction reduction) const;
  /// What the mean divides by: elements, rows or regions, each times its weight.
  double total_weight(const Inputs& predictions, const Inputs& targets = {},
                      const Tensor& weight = {}) const;

  /// "huber:delta=0.5", a weighted sum of losses ("dice+0.5*cross_entropy:label_smoothing=0.1"), or
  /// a formula in p, the prediction, and y, the target. UsageError with the nearest known name or
  /// option, or with line, column and caret for a formula.
  static Loss parse(std::string_view text);
  /// What `parse` reads back, for a loss of the list, a formula in text, or a sum of them.
  const std::string& text() const { return loss_->declared().text; }

  const std::string& name() const { return loss_->name(); }
  int predictions() const { return loss_->predictions(); }
  /// What each prediction must be; where an element has several columns, what all or each of them.
  std::span<const Takes> takes() const { return loss_->declared().takes; }
  /// How many numbers make one element: 4 for a box, 2 for a mean and a variance, else 1. (Classes
  /// and embeddings have as many as the data.)
  int columns() const { return loss_->declared().columns; }
  /// How many entries the last axis must have, where an option has one for each (pos_weight per
  /// class, several quantiles); 0: any.
  std::size_t entries() const { return loss_->declared().classes; }
  /// What several predictions are called in a file of predictions; empty where a loss names none.
  const std::vector<std::string>& outputs() const { return loss_->declared().outputs; }
  /// What is expected of the target where these are an element's predictions: the mean of a
  /// distribution, or the first of them.
  double expected(std::span<const double> predictions) const {
    const auto& mean = loss_->declared().expected;
    return mean ? mean(predictions) : predictions[0];
  }
  bool has_expected() const { return static_cast<bool>(loss_->declared().expected); }
  /// The probabilities of classes that a row's scores mean to this loss: their softmax, unless it has
  /// another link (sparsemax) or scales them (ldam).
  void probabilities(std::span<const double> scores, std::span<double> to) const;
  /// The option below which a positive parameter is not taken.
  const Floor& floor() const { return loss_->declared().floor; }
  int targets() const { return loss_->targets(); }
  /// Where a target must lie, if the loss says so.
  const std::optional<Range>& target_range() const { return loss_->declared().target; }
  /// What the target of the first of two classes is: 0, or -1 for the losses of margins. That of the
  /// second is 1.
  double first_class() const { return loss_->declared().first_class; }
  bool has_target() const { return targets() > 0; }
  /// Whether int64 labels can be the target: for losses of classes, and of tensors that name a
  /// target "labels".
  bool takes_labels() const { return loss_->takes_labels(); }

  /// The terms of a weighted sum; a loss that is none is its own, with factor 1. Where they count
  /// different things (regions and rows), a mean over several batches is the sum of each term's own
  /// mean.
  struct Term;
  std::vector<Term> terms() const;
  /// The terms, each with what its mean divides by; where all divide by the same, the loss itself.
  struct Counted;
  std::vector<Counted> counted(const Inputs& predictions, const Inputs& targets = {},
                               const Tensor& weight = {}) const;

  /// A weighted sum: what its members take must be the same. Where one takes logits, those that
  /// take probabilities get their sigmoid, or their softmax over the class axis.
  static Loss weighted(double factor, const Loss& loss) {
    return Loss(detail::sum_of({{factor, loss.loss_}}));
  }
  static Loss added(const Loss& a, const Loss& b) {
    return Loss(detail::sum_of({{1, a.loss_}, {1, b.loss_}}));
  }

 private:
  void check() const;
  detail::LossPtr loss_;
};

struct Loss::Term {
  double factor;
  Loss loss;
};
struct Loss::Counted {
  Term term;
  double weight;
};

template <>
const OptionKind& option_kind<Loss>();

/// What `*` and `+` make sums of: losses, and structs with a name and options.
template <class L>
concept LossLike = std::is_same_v<L, Loss> || requires {
  L::name;
  L::options();
};
///     Loss both = 0.5 * Dice{} + CrossEntropy{};
template <LossLike L>
Loss operator*(double factor, const L& loss) {
  return Loss::weighted(factor, loss);
}
template <LossLike A, LossLike B>
Loss operator+(const A& a, const B& b) {
  return Loss::added(a, b);
}

/// A loss of one's own from one line, as fast as a built-in one:
///
///     Loss mine = pointwise(
///         [](auto p, auto y) { auto e = y - p; return where(e > 0, 10 * e * e, e * e); });
inline namespace DOWNHILL_LEVEL {
template <class F>
Loss pointwise(F formula) {
  return Loss(detail::pointwise_loss(compile_formula<2, 1>("pointwise", std::move(formula)),
                                     std::string("pointwise")));
}
}  // namespace DOWNHILL_LEVEL

/// The same from text: `p` is the prediction, `y` the target.
///
///     Loss mine = pointwise_text("where(y > p, 10*(y-p)^2, (y-p)^2)");
Loss pointwise_text(std::string_view formula);

}  // namespace downhill
