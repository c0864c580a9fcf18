#include <thread>

#include "downhill/schedules/list.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Schedules, PrintAndReadBackExactly) {
  const Schedule s =
      Warmup{.start = 0.1,
             .steps = 7,
             .then = Join{.first = Cosine{.start = 1.0 / 3, .end = 1e-10, .steps = 11},
                          .boundary = 13,
                          .second = Linear{.start = 0.2, .end = 0, .steps = 5}}};
  const Schedule again = Schedule::parse(s.text());
  EXPECT_EQ(again.text(), s.text());
  for (std::int64_t t = 0; t < 40; ++t) EXPECT_EQ(s(t), again(t)) << t;
  EXPECT_EQ(Schedule::parse("0.25")(1000), 0.25);
  EXPECT_EQ(Schedule(Cosine{.start = 2, .end = 1, .steps = 4})(1000000000000), 1);
}

TEST(Schedules, ZeroStepsIsTheWholeRun) {
  EXPECT_EQ(Schedule(Linear{}).over(10)(5), 0.5);
  EXPECT_EQ(Schedule(Warmup{.steps = 10, .then = Linear{}}).over(30)(20), 0.5);
}

TEST(Schedules, HostileTextIsRefused) {
  const std::pair<const char*, const char*> hostile[] = {{"", "has no name"},
                                                         {"()", "has no name"},
                                                         {"(", "unknown schedule"},
                                                         {")(", "unknown schedule"},
                                                         {"(linear", "'linear'"},
                                                         {"linear:", "is not option=value"},
                                                         {"linear:steps=-1", "[0, inf)"},
                                                         {"linear:steps=1.5", "whole number"},
                                                         {"linear:stps=3", "'steps'"},
                                                         {"cosine:start=nan", "is not a number"},
                                                         {"cosine:start=inf", "(-inf, inf)"},
                                                         {"join:first=()", "has no name"},
                                                         {"warmup:then=(linear:x=1)", "'x'"},
                                                         {"((((1))))", "unknown schedule"}};
  for (const auto& [text, named] : hostile) {
    SCOPED_TRACE(text);
    expect_usage([&, &t = text] { Schedule::parse(t); }, named);
  }
  expect_usage([] { Schedule::parse(std::string(20000, '(')); }, "10,000 characters");
  expect_usage([] { Schedule(Linear{.steps = -1}); }, "[linear] steps = -1");
}

TEST(Schedules, DeepNestingNeedsNoDeepStack) {
  std::string text = "1";
  while (text.size() < 9900) text = "(join:first=" + text + ")";
  std::thread([&] { EXPECT_EQ(Schedule::parse(text)(3), 1); }).join();
}

}  // namespace
}  // namespace downhill
