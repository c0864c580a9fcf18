// Compiled with the flags for AVX2, beside files without: the levels do not clash.
#include <gtest/gtest.h>

#include "downhill/core/processor.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

TEST(PointwiseV3, LevelsMixInOneProgram) {
  if (!use_v3()) GTEST_SKIP() << "this machine has no AVX2";
  EXPECT_EQ(Lanes<float>::size, 8);
  const Loss library = MSE{};
  const Loss here = pointwise([](auto p, auto y) { return (p - y) * (p - y); });
  const auto p = points({1003}, 1), y = points({1003}, 2);
  EXPECT_EQ(library.each(p, y).to_vector(), here.each(p, y).to_vector());
}

}  // namespace
}  // namespace downhill
