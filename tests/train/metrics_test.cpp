#include "downhill/train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Metrics, AreWhatTheySay) {
  EXPECT_EQ(accuracy(Tensor{{1, 2}, {3, 0}, {0, 1}, {5, 4}},
                     Tensor::from(std::vector<std::int64_t>{1, 0, 0, 0})),
            0.75);
  EXPECT_EQ(
      binary_accuracy(Tensor{-1, 2, 3, -4}, Tensor::from(std::vector<std::int64_t>{0, 1, 0, 0})),
      0.75);
  expect_usage(
      [] {
        accuracy(Tensor{{1, 2}}, Tensor::from(std::vector<std::int64_t>{1, 0}));
      },
      "accuracy");
}

}  // namespace
}  // namespace downhill
