// Options far out, over the list: within its range no value of an option makes a NaN of ordinary
// inputs.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_samples.h"
#include "tests/contracts/option_values.h"

namespace downhill {
namespace {

using namespace contract;

/// What a prediction or a target ordinarily is, up to 10.
std::vector<double> ordinary(Takes takes) {
  switch (takes) {
    case Takes::positive:
      return {0.01, 0.5, 1, 10};
    case Takes::probability:
      return {0, 0.25, 1};
    case Takes::distance:
      return {0, 0.5, 1, 10};
    default:
      return {-10, -1, -0.25, 0, 0.25, 1, 10};
  }
}

/// Whether each element stands alone: all predictions and the target have one shape.
bool by_element(const Sample& s) {
  if (s.targets.size() != 1 || s.targets[0].type() == Type::i64) return false;
  for (const Tensor& p : s.predictions)
    if (p.shape() != s.targets[0].shape()) return false;
  return s.loss.each(s.predictions, s.targets).shape() == s.targets[0].shape();
}

/// Every ordinary prediction with every ordinary target, where elements stand alone.
Sample grid(const Loss& loss) {
  const Sample sample = sample_of(loss, 6, Type::f64);
  if (!by_element(sample) || sample.targets[0].rank() != 1) return sample;
  std::vector<std::vector<double>> rows = {{}};
  const auto cross = [&](const std::vector<double>& values) {
    std::vector<std::vector<double>> wider;
    for (const auto& row : rows)
      for (const double v : values) {
        wider.push_back(row);
        wider.back().push_back(v);
      }
    rows = std::move(wider);
  };
  for (const Takes takes : loss.takes()) cross(ordinary(takes));
  std::vector<double> targets = ordinary(Takes::number);
  const Takes first = loss.takes()[0];
  const Range range = loss.target_range().value_or(
      first == Takes::logit || first == Takes::probability ? kUnit : kFinite);
  std::erase_if(targets, [&](double y) {
    return !range.contains(y) || (range == kSigns && y == 0);  // 0 is neither of the classes
  });
  cross(targets);
  Sample all{loss, {}, {}};
  for (std::size_t k = 0; k <= sample.predictions.size(); ++k) {
    std::vector<double> column;
    for (const auto& row : rows) column.push_back(row[k]);
    (k < sample.predictions.size() ? all.predictions : all.targets).push_back(Tensor::from(column));
  }
  return all;
}

Sample in_type(Sample s, Type type) {
  for (Tensor& p : s.predictions) p = p.to(type);
  for (Tensor& y : s.targets)
    if (y.type() != Type::i64) y = y.to(type);
  return s;
}

/// The first NaN of values and slopes, in words; "" where there is none.
std::string nan_of(const Sample& s) {
  const auto values = s.loss.each(s.predictions, s.targets).to_vector();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(values[i])) return "value of element " + std::to_string(i);
  const auto sum = [&](const Tensors& p) { return s.loss.sum(p, s.targets); };
  const auto slopes = joined(value_and_grad(sum, s.predictions).gradients);
  for (std::size_t i = 0; i < slopes.size(); ++i)
    if (std::isnan(slopes[i])) return "slope of element " + std::to_string(i);
  return "";
}

/// The first value that float32 has otherwise than float64, far beyond what a power of 1e5 makes of
/// its rounding; "" where there is none.
std::string float_of(const Sample& s) {
  if (!by_element(s)) return "";  // large eps of distances swallow them
  const Sample narrow = in_type(s, Type::f32), wide = in_type(narrow, Type::f64);
  const auto a = narrow.loss.each(narrow.predictions, narrow.targets).to_vector(),
             b = wide.loss.each(wide.predictions, wide.targets).to_vector();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::abs(b[i]) < 1e37 && !(std::abs(a[i] - b[i]) <= 1e-2 * std::abs(b[i]) + 1e-5))
      return print_option(a[i]) + " for " + print_option(b[i]);
  return "";
}

TEST(LossOptions, NoValueWithinItsRangeMakesANan) {
  std::size_t tried = 0;
  Losses::for_each([&]<class L>() {
    if (Loss(L{}).terms().size() > 1) return;  // its terms stand in the list themselves
    for (const Option& option : L::options()) {
      if (!is_number(option)) continue;
      for (const double x :
           within(option, {option.range.low, option.range.high, -1e20, -1e10, -1e-10, -1e-20, 0,
                           1e-20, 1e-10, 1e-5, 1, 1e5, 1e10, 1e20})) {
        const Sample s =
            grid(Loss::parse(std::string(L::name) + ":" + option.name + "=" + print_option(x)));
        SCOPED_TRACE(testing::Message()
                     << s.loss.text() << "\nrearrange the formula, or narrow the "
                     << "range of " << option.name << ", with the reason");
        for (const Type type : {Type::f32, Type::f64})
          EXPECT_EQ(nan_of(in_type(s, type)), "") << "in " << name_of(type);
        EXPECT_EQ(float_of(s), "") << "in float32";
        ++tried;
      }
    }
  });
  std::printf("  %zu settings\n", tried);
}

TEST(LossOptions, OfAWideScaleRobustLossesAreHalfTheSquare) {
  const Tensor r = Tensor({-10.0, -1e-3, 0.0, 0.5, 3.0}, Type::f64), zero = r * 0.0;
  for (const char* spec :
       {"cauchy:c=", "welsch:c=", "fair:c=", "geman_mcclure:c=", "tukey:c=", "pseudo_huber:delta="})
    for (const double scale : {1e5, 1e8, 1e12, 1e20, 1e30})
      for (const Type type : {Type::f32, Type::f64}) {
        const Loss loss = Loss::parse(spec + print_option(scale));
        SCOPED_TRACE(loss.text());
        const Tensor each = loss.each(r.to(type), zero.to(type));
        const double rounding = type == Type::f32 ? 1e-6 : 1e-14;
        for (std::int64_t i = 0; i < r.elements(); ++i) {
          const double half = 0.5 * r.at(i) * r.at(i);
          EXPECT_NEAR(each.at(i), half, half * (rounding + std::abs(r.at(i)) / scale));
        }
      }
}

}  // namespace
}  // namespace downhill
