#include "downhill/catalog/detail/loss_lines.h"

#include <fmt/format.h>

#include <cmath>
#include <initializer_list>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

// Which line through its inputs shows a loss, by what it takes.

namespace downhill::detail {
namespace {

using Index = std::int64_t;

/// Where predictions are not varied they are 1.
std::vector<Tensor> beside(const Loss& loss, const Tensor& first, const Shape& shape) {
  if (loss.predictions() == 1) return {first};
  std::vector<Tensor> all = {first};
  while (static_cast<int>(all.size()) < loss.predictions())
    all.push_back(Tensor::ones(shape, Type::f64));
  return all;
}

std::string held_text(const Loss& loss, double target) {
  std::string text = fmt::format("target {}", print_option(target));
  const auto& names = loss.outputs();
  for (std::size_t k = 1; k < static_cast<std::size_t>(loss.predictions()); ++k)
    text += fmt::format(", {} 1", k < names.size() ? names[k] : "the other prediction");
  return text;
}

bool has_bounded_target(const Loss& loss) {
  const auto& range = loss.target_range();
  return range && std::isfinite(range->low) && std::isfinite(range->high);
}

/// A target that the loss may have and that is no end of its range; 0 where a loss of errors does
/// not ask which.
double target_of(const Loss& loss) {
  const auto& range = loss.target_range();
  if (has_bounded_target(loss)) return (range->low + range->high) / 2;
  if (range) return 1;
  if (loss.entries() > 1) return 0;  // several quantiles: losses of errors
  const auto at = [&](double y) {
    const Tensor p = number(y + 0.5);
    return loss.sum(beside(loss, p, {1}), number(y)).item();
  };
  return std::abs(at(0) - at(3)) <= 1e-12 * std::abs(at(0)) ? 0 : 1;
}

LossSlice of_numbers(const Loss& loss) {
  const double y = target_of(loss);
  LossSlice slice{kErrorAxis, held_text(loss, y), -3, 3, {}};
  if (has_bounded_target(loss)) {  // a mean inside of it, or one of its two ends: no error
    slice.axis = "prediction";
    const bool ends = loss.predictions() == 1;
    if (ends) slice.about = "";
    for (const double end :
         ends ? std::vector{loss.target_range()->high, loss.target_range()->low} : std::vector{y})
      slice.lines.push_back({ends ? fmt::format("y = {}", end) : "", [=](const Tensor& x) {
                               return loss.sum(beside(loss, x.reshape({1}), {1}), number(end));
                             }});
    return slice;
  }
  const auto several = static_cast<Index>(loss.entries());
  if (several < 2) {
    slice.lines.push_back({"", [=](const Tensor& x) {
                             const Tensor p = along(x, number(y), number(1));
                             return loss.sum(beside(loss, p, {1}), number(y));
                           }});
    return slice;
  }
  for (Index k = 0; k < several; ++k) {
    Tensor one = Tensor::zeros({1, several}, Type::f64);
    one.set(k, 1);
    const auto& names = loss.outputs();
    const auto place = static_cast<std::size_t>(k);
    slice.lines.push_back({place < names.size() ? names[place] : fmt::format("column {}", k + 1),
                           [=](const Tensor& x) {
                             const Tensor target = Tensor::full({1, several}, y, Type::f64);
                             return loss.sum(along(x, target, one), target);
                           }});
  }
  return slice;
}

/// A distribution of positive numbers, by a prediction that is positive or its logarithm.
LossSlice of_positive(const Loss& loss, bool logarithm) {
  const double y = target_of(loss);
  LossSlice slice{logarithm ? "logarithm of the prediction" : "prediction",
                  held_text(loss, y),
                  logarithm ? -3.0 : 0.1,
                  logarithm ? 3.0 : 5.0,
                  {}};
  slice.lines.push_back({"", [=](const Tensor& x) {
                           return loss.sum(beside(loss, x.reshape({1}), {1}), number(y));
                         }});
  return slice;
}

LossSlice of_two(const Loss& loss, bool logit) {
  LossSlice slice{logit ? "logit" : "probability", "", logit ? -6.0 : 0.01, logit ? 6.0 : 0.99, {}};
  const std::vector<double> targets =
      loss.predictions() > 1 ? std::vector{0.5} : std::vector{1, loss.first_class()};
  for (const double y : targets)
    slice.lines.push_back({fmt::format("y = {}", y), [=](const Tensor& x) {
                             return loss.sum(beside(loss, x.reshape({1}), {1}), number(y));
                           }});
  return slice;
}

/// Whether a line can be computed, or its loss asks for other shapes.
bool works(const LossSlice::Line& line) {
  try {
    line.value(Tensor::scalar(0.5, Type::f64));
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

/// Two of four pixels belong to the region; x is what is predicted there. Where a loss sees all
/// classes at once, the region is the second of two.
LossSlice of_region(const Loss& loss, bool logit) {
  LossSlice slice{logit ? "logit of the region's pixels" : "probability of the region's pixels",
                  logit ? "2 of 4 pixels; the others' logits -2" : "2 of 4 pixels; the others 0.1",
                  logit ? -6.0 : 0.01,
                  logit ? 6.0 : 0.99,
                  {}};
  const double other = logit ? -2 : 0.1;
  const auto pixels = [=](const Tensor& x) {
    return along(x, numbers({0, 0, other, other}, {1, 4}), numbers({1, 1, 0, 0}, {1, 4}));
  };
  slice.lines.push_back({"", [=](const Tensor& x) {
                           return loss(pixels(x), numbers({1, 1, 0, 0}, {1, 4}));
                         }});
  if (works(slice.lines[0])) return slice;
  slice.lines[0].value = [=](const Tensor& x) {
    const Tensor p = unsqueeze(pixels(x), 1), y = Tensor::from(std::vector<Index>{1, 1, 0, 0});
    return loss(concat({1.0 - p, p}, 1), y.reshape({1, 4}));
  };
  return slice;
}

LossSlice of_classes(const Loss& loss, bool logarithms) {
  LossSlice slice{"logit of one class", "three classes, the others' logits 0", -6, 6, {}};
  const auto logits = [=](const Tensor& x) {
    const Tensor row = along(x, numbers({0, 0, 0}, {1, 3}), numbers({1, 0, 0}, {1, 3}));
    return logarithms ? log_softmax(row) : row;
  };
  if (!loss.takes_labels()) {
    slice.axis = "score of the first";
    slice.about = "three labels or documents, the first of them right; the others' scores 0";
    const Tensor y = numbers({1, 0, 0}, {1, 3});
    slice.lines.push_back({"", [=](const Tensor& x) { return loss(logits(x), y); }});
    return slice;
  }
  for (const Index t : {0, 1})
    slice.lines.push_back({t == 0 ? "its own label" : "the label of another",
                           [=](const Tensor& x) { return loss(logits(x), label(t)); }});
  return slice;
}

LossSlice of_ordered(const Loss& loss) {
  LossSlice slice{"logit", "four classes; all three logits alike", -6, 6, {}};
  const bool cumulative = loss.takes()[0] == Takes::cumulative_logits;
  if (cumulative) slice.about = "four classes; first logit, the gaps' logits 1";
  for (Index t = 0; t < 4; ++t)
    slice.lines.push_back(
        {fmt::format("class {}", t), [=](const Tensor& x) {
           const Tensor one = x.reshape({1, 1}), gap = Tensor::ones({1, 1}, Type::f64);
           return loss(concat({one, cumulative ? gap : one, cumulative ? gap : one}, 1), label(t));
         }});
  return slice;
}

LossSlice of_cosines(const Loss& loss) {
  LossSlice slice{
      "angle with one class, in radians", "three classes; the others' cosines 0", 0.02, 3.12, {}};
  for (const Index t : {0, 1})
    slice.lines.push_back({t == 0 ? "its own label" : "the label of another", [=](const Tensor& x) {
                             const Tensor none = Tensor::zeros({}, Type::f64);
                             return loss(joined({cos(x), none, none}, {1, 3}), label(t));
                           }});
  return slice;
}

LossSlice of_order(const Loss& loss) {
  LossSlice slice{"first - second", "", -3, 3, {}};
  for (const double y : {1.0, -1.0})
    slice.lines.push_back({fmt::format("target {}", y), [=](const Tensor& x) {
                             return loss({x.reshape({1}), number(0)}, number(y));
                           }});
  return slice;
}

bool is_region(const Loss& loss) {
  return loss.takes_labels() &&
         (loss.takes()[0] == Takes::probability || loss.takes()[0] == Takes::logit);
}

}  // namespace

LossSlice lines_of(const Loss& loss) {
  const Takes first = loss.takes()[0];
  if (loss.targets() == 2) return of_two_targets(loss);
  switch (first) {
    case Takes::number:
    case Takes::logarithm:
    case Takes::log_odds:
    case Takes::distance:
      return loss.predictions() == 2 && loss.takes()[1] == Takes::number ? of_order(loss)
                                                                         : of_numbers(loss);
    case Takes::positive:
    case Takes::log_rate:
      return of_positive(loss, first == Takes::log_rate);
    case Takes::probability:
    case Takes::logit:
      return is_region(loss) ? of_region(loss, first == Takes::logit)
                             : of_two(loss, first == Takes::logit);
    case Takes::class_logits:
    case Takes::class_log_probabilities:
      return of_classes(loss, first == Takes::class_log_probabilities);
    case Takes::cumulative_logits:
    case Takes::continuation_logits:
      return of_ordered(loss);
    case Takes::class_cosines:
      return of_cosines(loss);
    case Takes::embedding:
      return of_embeddings(loss);
    case Takes::box:
      return of_boxes(loss);
  }
  return {"", "", 0, 1, {}};
}

}  // namespace downhill::detail
