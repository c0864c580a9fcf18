// What holds of every loss of the list, on inputs that nobody chose.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_samples.h"

namespace downhill {
namespace {

using contract::Sample;

// 200 cases of each property; a seed in the environment repeats a failure.
const bool kConfigured = [] {
  ::setenv("RC_PARAMS", "max_success=200", 0);
  return true;
}();

// Rows of these see each other: the others' rows are part of a row's own loss.
const std::set<std::string> kCoupled = {"triplet",      "sup_con", "info_nce",
                                        "nt_xent",      "circle",  "cox_ph",
                                        "barlow_twins", "vicreg",  "multi_similarity"};

Tensor rows_of(const Tensor& t, const std::vector<std::int64_t>& rows) {
  const std::int64_t width = t.elements() / std::max<std::int64_t>(1, t.size(0));
  const std::vector<double> all = t.to_vector();
  std::vector<double> picked;
  for (const std::int64_t row : rows)
    for (std::int64_t k = 0; k < width; ++k)
      picked.push_back(all[static_cast<std::size_t>(row * width + k)]);
  std::vector<std::int64_t> sizes(t.shape().begin(), t.shape().end());
  sizes[0] = static_cast<std::int64_t>(rows.size());
  return Tensor::from(picked, Shape(sizes)).to(t.type());
}

Tensors rows_of(const Tensors& tensors, const std::vector<std::int64_t>& rows) {
  Tensors picked;
  for (const Tensor& t : tensors) picked.push_back(rows_of(t, rows));
  return picked;
}

std::vector<std::int64_t> some_rows(std::int64_t n) {
  return *rc::gen::container<std::vector<std::int64_t>>(
      static_cast<std::size_t>(*rc::gen::inRange<std::int64_t>(1, 2 * n)),
      rc::gen::inRange<std::int64_t>(0, n));
}

void near(double a, double b, double size) {
  RC_ASSERT(std::abs(a - b) <= 1e-11 * std::max({1.0, std::abs(a), size}));
}

double absolute_sum(const Tensor& each) {
  double sum = 0;
  for (const double x : each.to_vector()) sum += std::abs(x);
  return sum;
}

class LossProperty : public testing::TestWithParam<std::string> {
 protected:
  Sample sample_ = contract::sample_of(Loss::parse(GetParam()), 12, Type::f64);
  const Loss& loss_ = sample_.loss;
  std::int64_t rows() const { return sample_.predictions[0].size(0); }
  /// Whether each row has a loss of its own, whatever the others are.
  bool apart() const {
    const Tensor each = loss_.each(sample_.predictions, sample_.targets);
    return !kCoupled.contains(GetParam()) && each.shape().rank() > 0 && each.size(0) == rows();
  }
  Tensor each(const std::vector<std::int64_t>& of) const {
    return loss_.each(rows_of(sample_.predictions, of), rows_of(sample_.targets, of));
  }
};

TEST_P(LossProperty, PermutingTheBatchPermutesTheResult) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows()));
  std::iota(order.begin(), order.end(), 0);
  const Tensor before = each(order);
  EXPECT_TRUE(rc::check([&] {
    std::vector<std::int64_t> shuffled = order;
    for (std::size_t i = shuffled.size() - 1; i > 0; --i)
      std::swap(shuffled[i], shuffled[*rc::gen::inRange<std::size_t>(0, i + 1)]);
    const Tensor after = each(shuffled);
    RC_ASSERT(after.shape() == before.shape());
    near(absolute_sum(after), absolute_sum(before), 0);
    if (!apart()) return;
    const std::vector<double> a = after.to_vector(), b = rows_of(before, shuffled).to_vector();
    for (std::size_t i = 0; i < a.size(); ++i) near(a[i], b[i], 0);
  }));
}

TEST_P(LossProperty, MeanSumAndEachAgree) {
  EXPECT_TRUE(rc::check([&] {
    const auto of = some_rows(rows());
    const Tensors p = rows_of(sample_.predictions, of), t = rows_of(sample_.targets, of);
    const std::vector<double> all = loss_.each(p, t).to_vector();
    const double total = std::accumulate(all.begin(), all.end(), 0.0),
                 weight = loss_.total_weight(p, t);
    const double size = absolute_sum(loss_.each(p, t));
    near(loss_.sum(p, t).item(), total, size);
    near(loss_(p, t).item() * weight, total, size);
  }));
}

TEST_P(LossProperty, SplittingTheBatchAndAddingSumsChangesRoundingOnly) {
  if (!apart()) GTEST_SKIP() << "its rows have no loss of their own";
  EXPECT_TRUE(rc::check([&] {
    const auto all = some_rows(rows());
    const auto cut = *rc::gen::inRange<std::size_t>(0, all.size() + 1);
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(cut);
    double parts = 0;
    for (const auto& part : {std::vector(all.begin(), middle), std::vector(middle, all.end())})
      if (!part.empty())
        parts +=
            loss_.sum(rows_of(sample_.predictions, part), rows_of(sample_.targets, part)).item();
    const Tensor together = each(all);
    near(loss_.sum(rows_of(sample_.predictions, all), rows_of(sample_.targets, all)).item(), parts,
         absolute_sum(together));
  }));
}

TEST_P(LossProperty, AWeightOfTwoIsARowTwice) {
  if (!apart()) GTEST_SKIP() << "its rows have no loss of their own";
  EXPECT_TRUE(rc::check([&] {
    const auto of = some_rows(rows());
    const auto twice = *rc::gen::inRange<std::size_t>(0, of.size());
    const Tensors p = rows_of(sample_.predictions, of), t = rows_of(sample_.targets, of);
    std::vector<double> weights(of.size(), 1);
    weights[twice] = 2;
    auto longer = of;
    longer.push_back(of[twice]);
    const Tensors p2 = rows_of(sample_.predictions, longer), t2 = rows_of(sample_.targets, longer);
    const Tensor weight = Tensor::from(weights);
    const double size = absolute_sum(loss_.each(p2, t2));
    near(loss_.sum(p, t, weight).item(), loss_.sum(p2, t2).item(), size);
    near(loss_(p, t, weight).item(), loss_(p2, t2).item(), size);
  }));
}

TEST_P(LossProperty, WeightsOfOneChangeNothing) {
  if (!apart()) GTEST_SKIP() << "its rows have no loss of their own";
  EXPECT_TRUE(rc::check([&] {
    const auto of = some_rows(rows());
    const Tensors p = rows_of(sample_.predictions, of), t = rows_of(sample_.targets, of);
    const Tensor ones = Tensor::ones({static_cast<std::int64_t>(of.size())}, Type::f64);
    near(loss_(p, t, ones).item(), loss_(p, t).item(), 0);
  }));
}

/// All but the named sums, whose terms are there themselves.
std::vector<std::string> single_losses() {
  std::vector<std::string> names = Losses::names();
  std::erase_if(names,
                [](const std::string& name) { return Loss::parse(name).terms().size() > 1; });
  return names;
}

INSTANTIATE_TEST_SUITE_P(Losses, LossProperty, testing::ValuesIn(single_losses()),
                         [](const auto& loss) { return loss.param; });

TEST(LossProperty, ClassWeightsOfOneChangeNothing) {
  for (const char* name : {"cross_entropy", "nll", "focal_cross_entropy", "multi_margin"}) {
    SCOPED_TRACE(name);
    const Sample s = contract::sample_of(Loss::parse(name), 12, Type::f64);
    const std::string spec = std::string(name) + ":weight=1;1;1;1;1";
    EXPECT_EQ(Loss::parse(spec)(s.predictions, s.targets).item(),
              s.loss(s.predictions, s.targets).item());
  }
}

}  // namespace
}  // namespace downhill
