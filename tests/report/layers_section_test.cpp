#include <gtest/gtest.h>

#include <limits>

#include "downhill/report/detail/sections.h"
#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

using report_detail::layers_section;

bool has(const std::string& page, const std::string& part) {
  return page.find(part) != std::string::npos;
}

RunLog two_layers() {
  RunLog log;
  for (std::int64_t step = 1; step <= 4; ++step) {
    StepRecord record;
    record.step = step;
    const auto t = static_cast<double>(step);
    record.layers = {{"0.<weight>", 5 - t, 0.25 * t, 2.0, 0.125 * t},
                     {"2.weight", 0.0, 0.0, 8.0, {}}};
    log.steps.push_back(record);
  }
  return log;
}

TEST(LayersSection, FirstLastAndWorst) {
  const std::string html = layers_section(two_layers());
  // Gradient 4, 3, 2, 1; update 0.25, 0.5, 0.75, 1; over weights of norm 2: 0.125 to 0.5; dead 0.125 to 0.5.
  for (const char* part :
       {"id=\"layers\"", "0.&lt;weight&gt;",
        "<td class=\"n\">4</td><td class=\"n\">1</td><td class=\"n\">4 at 1</td>",
        "<td class=\"n\">0.25</td><td class=\"n\">1</td><td class=\"n\">1 at 4</td>",
        "<td class=\"n\">0.125</td><td class=\"n\">0.5</td><td class=\"n bad\">0.5 at 4</td>",
        "<td class=\"n\">12 %</td><td class=\"n\">50 %</td><td class=\"n\">50 % at 4</td>",
        "single steps"})
    EXPECT_TRUE(has(html, part)) << part << "\n" << html;
  // A layer without gradient or update in any record is marked.
  EXPECT_TRUE(has(html,
                  "<td>2.weight</td><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n "
                  "bad\">0 at 1</td>"));
  EXPECT_FALSE(has(html, "<weight>"));
}

TEST(LayersSection, WhatWasNotMeasuredHasNoColumns) {
  RunLog log = two_layers();
  for (StepRecord& record : log.steps)
    for (LayerRecord& layer : record.layers)
      layer = {.name = layer.name, .gradient = layer.gradient};
  const std::string html = layers_section(log);
  EXPECT_TRUE(has(html, "gradient"));
  EXPECT_FALSE(has(html, "dead units</th>"));
  EXPECT_FALSE(has(html, "update / weights</th>"));
  EXPECT_EQ(layers_section(sample::classifier_run(3)), "");
}

TEST(LayersSection, EpochsWhereStepsHaveNoneAndNumbersThatAreNotFinite) {
  RunLog log;
  for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
    EpochRecord record;
    record.epoch = epoch;
    const double inf = std::numeric_limits<double>::infinity();
    record.layers = {{.name = "w", .gradient = epoch == 2 ? inf : 7.0}};
    log.epochs.push_back(record);
  }
  const std::string html = layers_section(log);
  EXPECT_TRUE(has(html, "of one step of each epoch"));
  EXPECT_TRUE(has(html, "bad\">")) << html;
  EXPECT_TRUE(has(html, " at 2</td>")) << html;
}

}  // namespace
}  // namespace downhill
