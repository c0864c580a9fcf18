#include "downhill/report/verdict_text.h"

#include <gtest/gtest.h>

#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

TEST(VerdictText, HasAllParts) {
  const std::string text = verdict_text(sample::some_verdict());
  for (const char* part :
       {"verdict: overfitting\n", "state: minimum; ended: steps_done\n",
        "overfitting (90 %, 800 to 1200)", "next: stop at epoch 40",
        "evidence: validation_rise 12.5", "threshold: validation_rise 2",
        "source: GL of Prechelt 1998", "underfitting (90 %", "frozen_parameters: needs gradient"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(verdict_text({.name = "healthy", .summary = "Fine."}),
            "verdict: healthy\nFine.\nstate: unknown; ended: unknown\n");
}

}  // namespace
}  // namespace downhill
