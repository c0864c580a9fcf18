#include "downhill/core/processor.h"
#include "tests/formula/lanes_support.h"

namespace downhill {
namespace {

TEST(LanesV3, AccuracyAgainstLongDouble) {
  if (!use_v3()) GTEST_SKIP() << "this machine has no AVX2";
  lanes_test::accuracy_of_all<float>();
  lanes_test::accuracy_of_all<double>();
}

TEST(LanesV3, SpecialValues) {
  if (!use_v3()) GTEST_SKIP() << "this machine has no AVX2";
  lanes_test::special_values<float>();
  lanes_test::special_values<double>();
}

TEST(LanesV3, AnElementDoesNotDependOnItsNeighbours) {
  if (!use_v3()) GTEST_SKIP() << "this machine has no AVX2";
  lanes_test::independence_of_all<float>();
  lanes_test::independence_of_all<double>();
}

TEST(LanesV3, HorizontalSumAndLargest) {
  if (!use_v3()) GTEST_SKIP() << "this machine has no AVX2";
  constexpr auto size = static_cast<std::size_t>(Lanes<double>::size);
  std::vector<double> x(size);
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += x[i] = static_cast<double>(i * i) + 1;
  EXPECT_EQ(Lanes<double>::load(x.data()).sum(), sum);
  EXPECT_EQ(Lanes<double>::load(x.data()).largest(), x.back());
  for (std::size_t i = 0; i < size; ++i) {
    auto y = x;
    y[i] = std::nan("");
    EXPECT_TRUE(std::isnan(Lanes<double>::load(y.data()).largest())) << i;
  }
}

}  // namespace
}  // namespace downhill
