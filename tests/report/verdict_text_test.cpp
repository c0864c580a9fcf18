#include "downhill/report/verdict_text.h"

#include <gtest/gtest.h>

#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

TEST(VerdictText, HasAllParts) {
  const std::string text = verdict_text(sample::some_verdict());
  for (const char* part : {"verdict: overfitting\n", "  1. stop at epoch 40", "(threshold 2)",
                           "[GL of Prechelt 1998]", "also underfitting:", "overfit_gl=2"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(verdict_text({.name = "healthy", .summary = "Fine."}), "verdict: healthy\nFine.\n");
}

}  // namespace
}  // namespace downhill
