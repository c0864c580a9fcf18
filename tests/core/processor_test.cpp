#include "downhill/core/processor.h"

#include <gtest/gtest.h>

namespace downhill {
namespace {

// The bits as the manuals have them: leaf 1 ecx FMA 12, MOVBE 22, AVX 28, F16C 29; leaf 7 ebx BMI1
// 3, AVX2 5, BMI2 8; leaf 0x80000001 ecx LZCNT 5.
TEST(Processor, V3IsAllOfItsParts) {
  const std::uint32_t all = ~std::uint32_t{0};
  const auto but = [](int bit) { return ~(std::uint32_t{1} << bit); };
  EXPECT_TRUE(detail::has_v3(all, all, all));
  EXPECT_TRUE(detail::has_v3(0x30401000u, 0x128u, 0x20u));
  for (const int bit : {12, 22, 28, 29}) EXPECT_FALSE(detail::has_v3(but(bit), all, all)) << bit;
  for (const int bit : {3, 5, 8}) EXPECT_FALSE(detail::has_v3(all, but(bit), all)) << bit;
  EXPECT_FALSE(detail::has_v3(all, all, but(5)));
}

TEST(Processor, AgreesWithTheCompiler) {
#if defined(__x86_64__) && !defined(__clang__)  // clang 16 does not know the level by name
  if (use_v3()) EXPECT_TRUE(__builtin_cpu_supports("x86-64-v3"));
  else EXPECT_FALSE(__builtin_cpu_supports("x86-64-v3"));
#endif
  const bool chosen = at_best_level([]<Level level>() { return level == Level::v3; });
  EXPECT_EQ(chosen, use_v3());
}

}  // namespace
}  // namespace downhill
