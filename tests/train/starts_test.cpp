#include "downhill/train/starts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/formula/text_formula.h"
#include "tests/io/file_support.h"
#include "tests/train/table_case.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_tables::of_diabetes;

MinimizeStarts run(const char* formula, std::vector<std::pair<double, double>> box,
                   std::int64_t starts = 60, const char* method = "lbfgs") {
  return minimize_starts(TextFormula::parse(formula), Method::parse(method),
                         {.starts = starts, .box = std::move(box)});
}

TEST(MinimizeStarts, FindsBothWellsAndTheBarrierBetweenThem) {
  // Minima at x = 1 and -1 (a little lower), the barrier at 0 has height 1 and a tenth.
  const MinimizeStarts found = run("(x^2-1)^2 + 0.1*x", {{-2, 2}});
  ASSERT_EQ(found.ends.size(), 2U);
  EXPECT_LT(found.ends[0].x[0], -0.9);
  EXPECT_GT(found.ends[1].x[0], 0.9);
  EXPECT_NEAR(found.ends[0].share + found.ends[1].share, 1, 1e-12);
  EXPECT_NEAR(found.ends[0].share, 0.5, 0.15);
  EXPECT_FALSE(found.ends[0].barrier);
  ASSERT_TRUE(found.ends[1].barrier);
  EXPECT_NEAR(*found.ends[1].barrier, 0.9, 0.05);
  EXPECT_NEAR(*found.ends[1].bent, *found.ends[1].barrier,
              0.05);  // in one variable there is no way round
}

TEST(MinimizeStarts, AWayRoundAHillIsLowerThanTheStraightOne) {
  // Two wells on a circle, a hill in the middle of it.
  const MinimizeStarts found = run("5*(x^2+y^2-1)^2 + 0.2*y^2", {{-1.5, 1.5}, {-1.5, 1.5}}, 40);
  ASSERT_GE(found.ends.size(), 2U);
  ASSERT_TRUE(found.ends[1].barrier && found.ends[1].bent);
  EXPECT_NEAR(*found.ends[1].barrier, 5, 0.1);
  EXPECT_LT(*found.ends[1].bent, 0.4 * *found.ends[1].barrier);
}

TEST(MinimizeStarts, StartsAreTheSameForASeedAndOthersForAnother) {
  const auto with = [](std::uint64_t seed) {
    return minimize_starts(TextFormula::parse("sin(3*x) + 0.1*x^2"), Method::parse("lbfgs"),
                           {.starts = 12, .box = {{-5, 5}}, .seed = seed});
  };
  const MinimizeStarts a = with(1), b = with(1);
  ASSERT_EQ(a.ends.size(), b.ends.size());
  for (std::size_t i = 0; i < a.ends.size(); ++i) EXPECT_EQ(a.ends[i].x, b.ends[i].x);
  EXPECT_GE(a.ends.size(), 3U);
}

TEST(MinimizeStarts, WhatFallsWithoutEndIsOneEndAndStandsLast) {
  const MinimizeStarts found = run("x^3 - 3*x", {{-3, 3}}, 20, "sgd:lr=0.1");
  ASSERT_EQ(found.ends.size(), 2U);
  EXPECT_NEAR(found.ends[0].x[0], 1, 1e-3);
  EXPECT_NE(found.ends[1].ended, Ended::converged);
  EXPECT_FALSE(found.ends[1].barrier);
}

TEST(MinimizeStarts, WhatIsNotFiniteOnTheWayCannotBeCrossed) {
  const MinimizeStarts found = run("(sqrt(x^2-1)-1)^2 + 0.01*x", {{-3, 3}}, 30);
  ASSERT_GE(found.ends.size(), 2U);
  ASSERT_TRUE(found.ends[1].barrier);
  EXPECT_TRUE(std::isinf(*found.ends[1].barrier));
}

TEST(MinimizeStarts, RefusesABoxThatDoesNotFit) {
  EXPECT_THROW(run("x^2 + y^2", {{-1, 1}}), UsageError);
  EXPECT_THROW(run("x^2", {{-1, 1}}, 0), UsageError);
  EXPECT_THROW(run("x^2", {{2, -2}}), UsageError);
  EXPECT_THROW(run("x^2", {{-1, std::nan("")}}), UsageError);
}

TEST(RunStarts, OfATableShareTheirRowsAndDifferInTheirWeights) {
  const Directory place;
  TableRunOptions o = of_diabetes(place / "runs");
  o.model = "mlp:6";
  o.epochs = 6;
  const TableStarts found = run_starts(o, 4, 128);
  ASSERT_EQ(found.starts.size(), 4U);
  const auto& first = found.starts[0].run;
  TableRunOptions once = o;
  once.out = place / "once";
  EXPECT_EQ(run_table(once).fit.train_loss,
            first.fit.train_loss);  // the first start is the run itself
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_NE(found.starts[i].train_loss, first.fit.train_loss);
    EXPECT_EQ(found.starts[i].run.evaluation("test")->baseline_loss,
              first.evaluation("test")->baseline_loss);
    EXPECT_GE(*found.starts[i].validation_loss, *found.starts[found.best.value()].validation_loss);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found.starts[i].barrier.has_value(), found.best != i);
    if (found.starts[i].barrier) {
      EXPECT_LE(*found.starts[i].bent, *found.starts[i].barrier);
    }
  }
  EXPECT_NE(found.sentence.find("too few starts"), std::string::npos) << found.sentence;
  EXPECT_THROW(run_starts(o, 1), UsageError);
}

TEST(RunStarts, ThatAllFailHaveNoBest) {
  const Directory place;
  TableRunOptions o = of_diabetes(place / "runs");
  o.optimizer = "sgd:lr=1e30";
  o.epochs = 3;
  const TableStarts found = run_starts(o, 2);
  ASSERT_EQ(found.starts.size(), 2U);
  EXPECT_FALSE(found.best.has_value());
  EXPECT_FALSE(found.starts[0].barrier.has_value());
}

}  // namespace
}  // namespace downhill
