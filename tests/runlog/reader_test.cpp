#include "downhill/runlog/reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "tests/runlog/sample_log.h"

namespace downhill {
namespace {

using sample::read_text;
using sample::write_log;
using sample::write_text;

const std::string kStart = "{\"record\":\"start\",\"schema\":1}\n";

TEST(Reader, ReadsBackAllThatWasWritten) {
  const RunLog log = sample::full_log();
  const auto path = write_log(log);
  const RunLog read = read_run_log(path);
  EXPECT_EQ(read_text(write_log(read)), read_text(path));
  EXPECT_EQ(read.start.config, log.start.config);
  ASSERT_EQ(read.steps.size(), 2U);
  EXPECT_EQ(read.steps[1].loss, 0.1 + 0.2);
  EXPECT_EQ(read.steps[1].gradient_norm, 1e-300);
  ASSERT_EQ(read.epochs.size(), 2U);
  EXPECT_FALSE(read.epochs[1].lr.has_value());
  EXPECT_EQ(read.epochs[1].metrics, log.epochs[1].metrics);
  ASSERT_TRUE(read.columns && read.evaluations.size() == 1);
  EXPECT_EQ(read.columns->columns.at(0).missing, 3);
  EXPECT_EQ(read.evaluations[0].confusion, log.evaluations[0].confusion);
  EXPECT_EQ(read.evaluations[0].classes.at(1).recall, 0.5);
  EXPECT_EQ(read.evaluations[0].intervals.at(0).low, 0.25);
  ASSERT_TRUE(read.stands && read.verdict && read.end);
  EXPECT_EQ(read.stands->converged, true);
  EXPECT_EQ(read.stands->h1, 16.7);
  EXPECT_EQ(read.verdict->findings.at(0).threshold.at(0).second, 0.2);
  EXPECT_EQ(read.end->best_epoch, 1);
  EXPECT_EQ(read.truncated_line, 0);
}

TEST(Reader, NonFiniteNumbersAreWords) {
  const double inf = std::numeric_limits<double>::infinity();
  RunLog log;
  log.steps = {{1, 1, Split::train, std::nan(""), inf, -inf}};
  const auto path = write_log(log);
  EXPECT_NE(read_text(path).find("\"loss\":\"nan\",\"lr\":\"inf\",\"gradient_norm\":\"-inf\""),
            std::string::npos);
  const RunLog read = read_run_log(path);
  EXPECT_TRUE(std::isnan(read.steps.at(0).loss));
  EXPECT_EQ(read.steps.at(0).lr, inf);
  EXPECT_EQ(read.steps.at(0).gradient_norm, -inf);
}

TEST(Reader, ALogOfAnotherProgramNeedsLittle) {
  const RunLog log =
      read_run_log(write_text(
          kStart + "{\"record\":\"step\",\"step\":1,\"loss\":2}\n{\"record\":\"epoch\",\"epoch\":3,"
                   "\"loss\":1.5}\n"));
  EXPECT_EQ(log.steps.at(0).loss, 2);
  EXPECT_EQ(log.epochs.at(0).split, Split::train);
}

TEST(Reader, AnyTruncationIsALastLineLeftOutOrAnError) {
  const std::string text = read_text(write_log(sample::full_log()));
  const std::size_t first_line = text.find('\n');
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto path = write_text(text.substr(0, size));
    if (size < first_line) {
      EXPECT_THROW(read_run_log(path), FileError) << size;
      continue;
    }
    const RunLog log = read_run_log(path);
    const bool at_line_end = size == text.size() || text[size] == '\n' || text[size - 1] == '\n';
    EXPECT_EQ(log.truncated_line == 0, at_line_end) << size;
  }
}

struct Hostile {
  const char* name;
  std::string text;
  const char* place;
  const char* reason;
};

std::string nested(int depth) {
  return "{\"record\":" + std::string(static_cast<std::size_t>(depth), '[') + "\n";
}

std::string many_keys() {
  std::string text = "{\"record\":\"step\"";
  for (int i = 0; i < 20000; ++i) text += ",\"k" + std::to_string(i) + "\":1";
  return text + "}\n";
}

std::vector<Hostile> hostile_logs() {
  const std::string step = "{\"record\":\"step\",\"step\":1,\"loss\":1}\n";
  return {
      {"empty", "", "run.jsonl: ", "empty"},
      {"no start", step, ":1: ", "first record is not 'start'"},
      {"truncated start", "{\"record\":\"start\",", ":1: ", "not a line of JSON"},
      {"two starts", kStart + kStart, ":2: ", "second start"},
      {"other schema", "{\"record\":\"start\",\"schema\":2}\n", ":1: ", "schema 2"},
      {"schema as text", "{\"record\":\"start\",\"schema\":\"1\"}\n", ":1: ", "schema"},
      {"truncated inside", kStart + "{\"record\":\"st\n" + step, ":2: ", "not a line of JSON"},
      {"wrong type", kStart + "{\"record\":\"step\",\"step\":1,\"loss\":\"low\"}\n",
       ":2: ", "'loss'"},
      {"negative step", kStart + "{\"record\":\"step\",\"step\":-1,\"loss\":1}\n",
       ":2: ", "'step'"},
      {"half step", kStart + "{\"record\":\"step\",\"step\":0.5,\"loss\":1}\n", ":2: ", "'step'"},
      {"huge step", kStart + "{\"record\":\"step\",\"step\":18446744073709551615,\"loss\":1}\n",
       ":2: ", "'step'"},
      {"step above 2^53", kStart + "{\"record\":\"step\",\"step\":9007199254740993,\"loss\":1}\n",
       ":2: ", "2^53"},
      {"huge number", kStart + "{\"record\":\"step\",\"step\":1,\"loss\":1e999}\n", ":2: ", "JSON"},
      {"missing field", kStart + "{\"record\":\"step\",\"step\":1}\n", ":2: ", "no field 'loss'"},
      {"unknown field", kStart + "{\"record\":\"step\",\"step\":1,\"los\":1,\"loss\":1}\n",
       ":2: ", "did you mean 'loss'"},
      {"twice", kStart + "{\"record\":\"step\",\"step\":1,\"step\":2,\"loss\":1}\n",
       ":2: ", "twice"},
      {"unknown record", kStart + "{\"record\":\"stop\"}\n", ":2: ", "none of"},
      {"an array", kStart + "[1,2]\n", ":2: ", "no object"},
      {"record is a number", kStart + "{\"record\":1}\n", ":2: ", "no object"},
      {"blank line", kStart + "\n" + step, ":2: ", "not a line of JSON"},
      {"step goes back", kStart + step + step, ":3: ", "step 1 follows step 1"},
      {"unknown split",
       kStart + "{\"record\":\"epoch\",\"epoch\":1,\"loss\":1,\"split\":\"dev\"}\n",
       ":2: ", "'split' is 'dev'"},
      {"two evaluations",
       kStart + "{\"record\":\"evaluation\",\"split\":\"test\"}\n" +
           "{\"record\":\"evaluation\",\"split\":\"test\"}\n",
       ":3: ", "a second evaluation of the test rows"},
      {"confusion without classes",
       kStart + "{\"record\":\"evaluation\",\"split\":\"test\",\"confusion\":[[1]]}\n",
       ":2: ", "confusion is not 0 x 0"},
      {"targets alone", kStart + "{\"record\":\"evaluation\",\"split\":\"test\",\"targets\":[1]}\n",
       ":2: ", "1 targets have 0 predictions"},
      {"columns twice",
       kStart + "{\"record\":\"columns\",\"columns\":[]}\n" + step +
           "{\"record\":\"columns\",\"columns\":[]}\n",
       ":4: ", "a second list of columns"},
      {"after the end", kStart + "{\"record\":\"end\",\"reason\":\"stopped\"}\n" + step,
       ":3: ", "after the end"},
      {"deep", kStart + nested(1000000), ":2: ", "nested deeper"},
      {"many keys", kStart + many_keys(), ":2: ", "more than 10000"},
      {"binary",
       std::string("\x7f"
                   "ELF\0\1\2\xff\xfe\n",
                   11),
       ":1: ", "not a line of JSON"},
      {"not utf-8", kStart + "{\"record\":\"step\",\"step\":1,\"loss\":1,\"split\":\"\xff\"}\n",
       ":2: ", "not a line of JSON"},
      {"config of numbers", "{\"record\":\"start\",\"schema\":1,\"config\":{\"lr\":1}}\n",
       ":1: ", "'lr'"},
      {"metrics of lists",
       kStart + "{\"record\":\"epoch\",\"epoch\":1,\"loss\":1,\"metrics\":{\"a\":[1]}}\n",
       ":2: ", "'a'"},
      {"long line", kStart + std::string(17U << 20, 'x'), ":2: ", "longer than"},
  };
}

TEST(Reader, HostileFilesAreRefusedWithPlaceAndReason) {
  for (const auto& hostile : hostile_logs()) {
    const auto path = write_text(hostile.text);
    try {
      read_run_log(path);
      ADD_FAILURE() << hostile.name << " was read";
    } catch (const FileError& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.kind(), FileError::Kind::data);
      EXPECT_NE(message.find(hostile.place), std::string::npos) << hostile.name << ": " << message;
      EXPECT_NE(message.find(hostile.reason), std::string::npos) << hostile.name << ": " << message;
      EXPECT_LT(message.size(), 1000U) << hostile.name;
    }
  }
}

TEST(Reader, ADirectoryOrNothingIsRefused) {
  EXPECT_THROW(read_run_log(::testing::TempDir()), FileError);
  EXPECT_THROW(read_run_log("/no/such/run.jsonl"), FileError);
}

}  // namespace
}  // namespace downhill
