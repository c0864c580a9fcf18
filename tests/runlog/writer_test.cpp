#include "downhill/runlog/writer.h"

#include <gtest/gtest.h>

#include "downhill/core/error.h"
#include "downhill/runlog/reader.h"
#include "tests/runlog/sample_log.h"

namespace downhill {
namespace {

using sample::fresh_path;
using sample::read_text;

// A run of three epochs of four steps; `from` is the first step that is done.
void run(RunLogWriter& writer, std::int64_t from, std::int64_t to) {
  for (std::int64_t step = from; step <= to; ++step) {
    const std::int64_t epoch = (step + 3) / 4;
    writer.write(StepRecord{step, epoch, Split::train, 1.0 / static_cast<double>(step), 0.1, 1.0});
    if (step % 4 != 0) continue;
    for (const Split split : {Split::train, Split::validation})
      writer.write(EpochRecord{epoch, step, split, 1.0 / static_cast<double>(epoch), {}, {}, {}});
  }
}

void finish(RunLogWriter& writer) {
  writer.write(StandsRecord{});
  writer.write(Verdict{});
  writer.write(EndRecord{.reason = Ended::steps_done,
                         .message = "",
                         .step = 12,
                         .epoch = 3,
                         .seconds = 0,
                         .best_epoch = {},
                         .best_loss = {}});
}

TEST(Writer, AResumedLogEqualsTheUninterruptedOneFromEveryStep) {
  const auto whole = fresh_path("whole.jsonl");
  std::vector<LogMark> marks;
  {
    RunLogWriter writer(whole, StartRecord{});
    marks.push_back(writer.mark());
    for (std::int64_t step = 1; step <= 12; ++step) {
      run(writer, step, step);
      marks.push_back(writer.mark());
    }
    finish(writer);
  }
  const std::string text = read_text(whole);
  for (std::int64_t step = 0; step <= 12; ++step) {
    const LogMark& mark = marks[static_cast<std::size_t>(step)];
    for (const std::string& rest :
         {std::string(), std::string("{\"record\":\"st"), std::string(3, '\0')}) {
      const auto path = fresh_path("resumed.jsonl");
      std::ofstream(path, std::ios::binary) << text.substr(0, text.size() - 5) << rest;
      auto writer = RunLogWriter::resume(path, mark, {});
      EXPECT_EQ(writer.mark().bytes, mark.bytes);
      run(writer, step + 1, 12);
      finish(writer);
      writer.sync();
      writer.close();
      EXPECT_EQ(read_text(path), text) << step;
    }
  }
}

// Another number of threads in the start record changes neither length nor checksum.
TEST(Writer, TheMarkIsOfWhatFollowsTheStartRecord) {
  StartRecord one, other;
  other.threads = 128;
  RunLogWriter a(fresh_path("run.jsonl"), one), b(fresh_path("run.jsonl"), other);
  EXPECT_EQ(a.mark().bytes, 0);
  run(a, 1, 4);
  run(b, 1, 4);
  EXPECT_GT(a.mark().bytes, 0);
  EXPECT_EQ(a.mark().bytes, b.mark().bytes);
  EXPECT_EQ(a.mark().crc, b.mark().crc);
}

TEST(Writer, ResumeRefusesAnotherLogAndLeavesIt) {
  const StartRecord start{.config = {{"seed", "1"}, {"epochs", "3"}}};
  const auto path = fresh_path("run.jsonl");
  RunLogWriter writer(path, start);
  run(writer, 1, 4);
  const LogMark mark = writer.mark();
  run(writer, 5, 8);
  const std::string text = read_text(path);
  const auto refused = [&](const std::string& bytes, const Config& config, const char* why) {
    const auto changed = sample::write_text(bytes);
    try {
      RunLogWriter::resume(changed, mark, config);
      ADD_FAILURE() << why;
    } catch (const FileError& error) {
      EXPECT_EQ(error.kind(), FileError::Kind::data);
      EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
    EXPECT_EQ(read_text(changed), bytes);
  };
  const auto begin = static_cast<std::ptrdiff_t>(text.find('\n')) + 1;
  std::string flipped = text;
  flipped[static_cast<std::size_t>(begin) + 40] ^= 1;
  refused(flipped, start.config, "not the log");
  refused(text.substr(0, static_cast<std::size_t>(begin + mark.bytes) - 1), start.config,
          "shorter");
  refused(text.substr(0, 9), start.config, "whole line");
  refused("", start.config, "whole line");
  refused("x,y\n1,2\n", start.config, "column 1");
  refused(text, {{"seed", "2"}, {"epochs", "3"}}, "another configuration");
  RunLogWriter::resume(path, mark, {{"epochs", "9"}, {"seed", "1"}});  // longer, in another order
  EXPECT_THROW(RunLogWriter::resume("/no/such/file", mark, {}), FileError);
}

TEST(Writer, ALogThatWasTakenAwayIsAFailedWrite) {
  const auto path = fresh_path("run.jsonl");
  RunLogWriter writer(path, StartRecord{});
  std::filesystem::remove(path);
  writer.write(StepRecord{});
  EXPECT_THROW(writer.close(), FileError);
}

TEST(Writer, EachRecordIsOnDiskWhenItIsWritten) {
  const auto path = fresh_path("run.jsonl");
  RunLogWriter writer(path, StartRecord{});
  writer.write(StepRecord{});
  EXPECT_EQ(read_run_log(path).steps.size(), 1U);
}

TEST(Writer, TextIsEscapedAndMadeUtf8) {
  RunLog log;
  log.start.config = {{"a \"b\"\n\\", "\xff</script>\x01"}};
  const RunLog read = read_run_log(sample::write_log(log));
  EXPECT_EQ(read.start.config.at(0).first, "a \"b\"\n\\");
  EXPECT_EQ(read.start.config.at(0).second, "\xEF\xBF\xBD</script>\x01");
}

TEST(Writer, AFailedWriteSaysSo) {
  EXPECT_THROW(RunLogWriter("/no/such/folder/run.jsonl", StartRecord{}), FileError);
  try {
    RunLogWriter writer("/dev/full", StartRecord{});
    ADD_FAILURE() << "no error";
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), FileError::Kind::write);
  }
}

}  // namespace
}  // namespace downhill
