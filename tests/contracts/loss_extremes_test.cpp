// Inputs far out, over the list: value, slope and curvature are finite wherever the true value is.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_exceptions.h"
#include "tests/contracts/loss_samples.h"

namespace downhill {
namespace {

using namespace contract;

/// What a prediction can be at its ends, in both types.
std::vector<double> ends(Takes takes) {
  switch (takes) {
    case Takes::number:
    case Takes::logarithm:
    case Takes::log_odds:
    case Takes::distance:
    case Takes::logit:
    case Takes::class_logits:
    case Takes::cumulative_logits:
    case Takes::continuation_logits:
      return {-1e4, -745, -88.8, 0, 88.8, 745, 1e4};
    case Takes::log_rate:
      return {-1e4, -745, -88.8, 0, 80};
    case Takes::positive:
      return {1e-4, 1, 1e4};
    case Takes::probability:
      return {0, 1};
    case Takes::class_log_probabilities:
      return {-1e4, -745, -88.8, 0};
    case Takes::class_cosines:
      return {-1, 0, 1};
    case Takes::embedding:
      return {-1e4, 0, 1e4};
    case Takes::box:
      return {0, 1e4};
  }
  return {};
}

/// Where `end` stands in prediction k: in all of it, in a row, in the row's first entry, or there
/// with the opposite end beside it.
enum class Where { everywhere, row, first, opposite };
Sample with_end(const Sample& s, std::size_t k, double end, Where where, Type type) {
  Sample changed = s;
  Tensor x = s.predictions[k].clone();
  const std::int64_t width = x.elements() / x.size(0);
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const bool first = i == width;
    if (where == Where::everywhere || first) x.set(i, end);
    else if (i / width == 1 && where != Where::first) x.set(i, where == Where::row ? end : -end);
  }
  changed.predictions[k] = x;
  for (Tensor& p : changed.predictions) p = p.to(type);
  for (Tensor& y : changed.targets)
    if (y.type() != Type::i64) y = y.to(type);
  return changed;
}

/// The first of value, slopes and curvatures that is not finite; 0 where all are.
struct Odd {
  std::string where;
  double number = 0;
};
Odd odd(const Sample& s) {
  const auto mean = [&](const Tensors& p) { return s.loss(p, s.targets); };
  const auto r = value_and_grad(mean, s.predictions);
  Tensors u;
  for (const Tensor& p : s.predictions) u.push_back(Tensor::ones(p.shape(), p.type()));
  if (!std::isfinite(r.value.item())) return {"value", r.value.item()};
  for (const double v : joined(r.gradients))
    if (!std::isfinite(v)) return {"slope", v};
  for (const double v : joined(hvp(mean, s.predictions, u)))
    if (!std::isfinite(v)) return {"curvature", v};
  return {};
}

TEST(LossExtremes, FiniteAtTheEnds) {
  for (const Sample& s : samples(6))
    for (std::size_t k = 0; k < s.predictions.size(); ++k) {
      const Takes takes = s.loss.takes()[std::min(k, s.loss.takes().size() - 1)];
      for (const double end : ends(takes))
        for (const Where where : {Where::everywhere, Where::row, Where::first, Where::opposite})
          for (const Type type : {Type::f64, Type::f32}) {
            if (where == Where::opposite && ends(takes)[0] != -ends(takes).back()) continue;
            SCOPED_TRACE(testing::Message()
                         << s.title() << " prediction " << k << " at " << end << " where "
                         << static_cast<int>(where) << " in " << static_cast<int>(type));
            const Odd found = odd(with_end(s, k, end, where, type));
            if (can_overflow(s.loss)) {
              EXPECT_FALSE(std::isnan(found.number)) << found.where;
            } else {
              EXPECT_EQ(found.where, "") << found.number << "; a loss whose true value is beyond "
                                         << "the largest number there stands in " << kExceptions;
            }
          }
    }
}

TEST(LossExtremes, PredictionsEqualToTheTarget) {
  for (const Sample& s : samples(6)) {
    if (s.targets.size() != 1 || s.targets[0].type() == Type::i64) continue;
    for (std::size_t k = 0; k < s.predictions.size(); ++k) {
      if (s.predictions[k].shape() != s.targets[0].shape()) continue;
      SCOPED_TRACE(s.title());
      Sample same = s;
      const auto takes = s.loss.takes();
      const bool positive = takes[std::min(k, takes.size() - 1)] == Takes::positive;
      same.predictions[k] = positive ? abs(s.targets[0]) : s.targets[0];
      const Odd found = odd(same);
      EXPECT_EQ(found.where, "") << found.number;
    }
  }
}

constexpr double kInf = std::numeric_limits<double>::infinity();

/// A row of class logits with these numbers at its label and at the other classes.
Sample with_row(const Sample& s, double own, double others) {
  Sample changed = s;
  Tensor x = s.predictions[0].clone();
  const std::int64_t width = x.size(1), label = static_cast<std::int64_t>(s.targets[0].at(1));
  for (std::int64_t c = 0; c < width; ++c) x.set(width + c, c == label ? own : others);
  changed.predictions[0] = x;
  return changed;
}

// Where the cost of a label's logit far below the others still grows, that of one which cannot be is
// infinite; where it has stopped growing, that is the bound.
TEST(LossExtremes, ClassesThatCannotBe) {
  for (const Sample& s : samples(6)) {
    if (s.loss.takes()[0] != Takes::class_logits || s.targets[0].type() != Type::i64) continue;
    SCOPED_TRACE(s.title());
    const auto cost = [&](double own, double others) {
      const Sample at = with_row(s, own, others);
      return at.loss.each(at.predictions, at.targets).at(1);
    };
    const Sample sure = with_row(s, 0, -kInf), wrong = with_row(s, -kInf, 0);
    EXPECT_EQ(cost(0, -kInf), 0);
    EXPECT_EQ(odd(sure).where, "") << odd(sure).number;
    const double far = cost(-1e6, 0), bound = cost(-kInf, 0);
    if (far > 2 * cost(-1e4, 0)) {
      EXPECT_EQ(bound, kInf) << "unbounded: " << far << " at a logit of -1e6";
    } else {
      EXPECT_NEAR(bound, far, 1e-3 * far) << "bounded, as it grows no more beyond a logit of -1e4";
      EXPECT_EQ(odd(wrong).where, "") << odd(wrong).number;
    }
  }
}

bool ignores(const Loss& loss) {
  bool found = false;
  Losses::with(loss.name(), [&]<class L>() {
    found = requires { &L::ignore_index; };
  });
  return found;
}

TEST(LossExtremes, NothingThereCostsNothing) {
  // A region without pixels is right; focal_tversky counts a wrong share below 1e-30 as that.
  for (const Sample& none : samples(0)) {
    SCOPED_TRACE(none.title());
    EXPECT_NEAR(none.loss(none.predictions, none.targets).item(), 0, 1e-22);
    EXPECT_EQ(odd(none).where, "") << odd(none).number;
  }
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    if (!ignores(s.loss) || s.targets[0].type() != Type::i64) continue;
    Sample ignored = s;
    ignored.targets[0] = Tensor::full(s.targets[0].shape(), -100, Type::i64);
    const auto r =
        value_and_grad([&](const Tensors& p) { return s.loss(p, ignored.targets); }, s.predictions);
    EXPECT_NEAR(r.value.item(), 0, 1e-22);
    for (const double g : joined(r.gradients)) EXPECT_EQ(g, 0);
  }
}

TEST(LossExtremes, EmptyMasksAndRightOnes) {
  for (const char* text : {"dice", "generalized_dice:axis=1", "jaccard", "tversky", "focal_tversky",
                           "focal_tversky:gamma=0.5", "lovasz:from=probability"})
    for (const double p : {0.0, 1.0})
      for (const double y : {0.0, 1.0}) {
        SCOPED_TRACE(testing::Message() << text << " of " << p << " for " << y);
        const bool of_classes = std::string(text) == "generalized_dice:axis=1";
        const Shape shape = of_classes ? Shape{1, 1, 9} : Shape{1, 9};
        const Sample s{Loss::parse(text),
                       {Tensor::full(shape, p, Type::f64)},
                       {Tensor::full(shape, y, Type::f64)}};
        EXPECT_EQ(odd(s).where, "") << odd(s).number;
        const double cost = s.loss(s.predictions, s.targets).item();
        if (p == y) {
          EXPECT_NEAR(cost, 0, 1e-14);
        } else {
          EXPECT_GT(cost, 0.05);
        }
      }
}

}  // namespace
}  // namespace downhill
