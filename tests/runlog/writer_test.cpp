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
    writer.write(StepRecord{step, epoch, "train", 1.0 / static_cast<double>(step), 0.1, 1.0});
    if (step % 4 != 0) continue;
    for (const char* split : {"train", "validation"})
      writer.write(EpochRecord{epoch, step, split, 1.0 / static_cast<double>(epoch), {}, {}, {}});
  }
}

void finish(RunLogWriter& writer) {
  writer.write(StandsRecord{});
  writer.write(Verdict{.name = "healthy",
                       .summary = "",
                       .evidence = {},
                       .remedies = {},
                       .symptoms = {},
                       .constants = {}});
  writer.write(EndRecord{.reason = "epochs done",
                         .message = "",
                         .step = 12,
                         .epoch = 3,
                         .seconds = 0,
                         .best_epoch = {},
                         .best_loss = {}});
}

TEST(Writer, AResumedLogEqualsTheUninterruptedOneFromEveryStep) {
  const auto whole = fresh_path("whole.jsonl");
  {
    RunLogWriter writer(whole, StartRecord{});
    run(writer, 1, 12);
    finish(writer);
  }
  const std::string text = read_text(whole);
  for (std::int64_t step = 0; step <= 12; ++step) {
    for (const char* rest : {"", "{\"record\":\"st"}) {
      const auto path = fresh_path("resumed.jsonl");
      std::ofstream(path, std::ios::binary) << (*rest ? text.substr(0, text.size() - 1) : text);
      if (*rest) std::filesystem::resize_file(path, text.size() - 5);
      auto writer = RunLogWriter::resume(path, step);
      run(writer, step + 1, 12);
      finish(writer);
      EXPECT_EQ(read_text(path), text) << step;
    }
  }
}

TEST(Writer, ResumeRefusesWhatIsNoLog) {
  const auto path = sample::write_text("x,y\n1,2\n");
  EXPECT_THROW(RunLogWriter::resume(path, 1), FileError);
  EXPECT_EQ(read_text(path), "x,y\n1,2\n");
  EXPECT_THROW(RunLogWriter::resume("/no/such/file", 1), FileError);
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
