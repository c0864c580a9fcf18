// Schedules that other projects' own tests publish, converted by tools/convert_golden.py.
#include "downhill/schedules/list.h"
#include "tests/golden/golden_support.h"

namespace downhill {
namespace {

TEST(SchedulesGolden, PublishedCases) {
  run_golden("schedules.json", [](const nlohmann::json& one) {
    const Schedule schedule = Schedule::parse(one["schedule"].get<std::string>());
    const Schedule again = Schedule::parse(schedule.text());
    const auto& steps = one["steps"];
    ASSERT_EQ(steps.size(), one["expected"].size());
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const auto step = steps[k].get<std::int64_t>();
      expect_golden(schedule(step), one["expected"][k], one["tolerance"]);
      EXPECT_EQ(schedule(step), again(step)) << schedule.text();
    }
  });
}

}  // namespace
}  // namespace downhill
