#include <gtest/gtest.h>

#include <functional>
#include <new>

#include "downhill/cli/json_numbers.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/json_writer.h"
#include "downhill/runlog/reader.h"
#include "tests/runlog/sample_log.h"
#include "tests/support/counting_new.h"

// Where memory ends, reading and writing JSON throws; nothing ends the process.

namespace downhill {
namespace {

/// Runs the call with memory ending at its first, second, ... allocation until it gets through;
/// returns how often it did not.
int failures_of(const std::function<void()>& call) {
  for (int failures = 0;; ++failures) {
    try {
      const FailingNew failing(failures);
      call();
      return failures;
    } catch (const std::bad_alloc&) {
    }
  }
}

TEST(JsonMemory, AFailingAllocationIsAnException) {
  const std::string deep = R"({"a":[1,2.5,{"b":["a text that no small string holds, at all"]}]})";
  const std::string bad = R"({"a":[1,2.5,{"b":["a text that no small string holds, at all"]})";
  EXPECT_GT(failures_of([&] { JsonDocument::parse(deep); }), 5);
  EXPECT_GT(failures_of([&] {
              try {
                JsonDocument::parse(bad);
              } catch (const JsonError&) {
              }
            }),
            5);
  EXPECT_GT(failures_of([&] { cli::parse_json_numbers("[[1,2],[3,4]]"); }), 3);
  EXPECT_GT(failures_of([&] { verdict_json(*sample::full_log().verdict); }), 10);
}

TEST(JsonMemory, ALogIsReadOrRefusedWholly) {
  const auto path = sample::write_log(sample::full_log());
  EXPECT_GT(failures_of([&] { read_run_log(path); }), 50);
}

}  // namespace
}  // namespace downhill
