#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "downhill/runlog/reader.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::data_file;
using testing_cli::json_of;
using testing_cli::run;
using testing_cli::Running;
using testing_files::Directory;
using testing_files::get;

void sleep_ms(int count) { std::this_thread::sleep_for(std::chrono::milliseconds(count)); }

/// Waits until the file has so many bytes; a minute at most.
void wait_for(const std::filesystem::path& file, std::uintmax_t bytes) {
  std::error_code missing;
  for (int i = 0; i < 12000; ++i, sleep_ms(5)) {
    const auto size = std::filesystem::file_size(file, missing);
    if (!missing && size >= bytes) return;
  }
  ADD_FAILURE() << file << " does not grow";
}

std::vector<std::string> train(const std::filesystem::path& out) {
  return {"train",    data_file("digits.csv"),
          "--target", "digit",
          "--out",    out,
          "--epochs", "40",
          "--json",   "--quiet"};
}

TEST(Interrupt, TrainingSavesACheckpointAndGoesOnToTheSameModel) {
  const Directory place;
  for (const int number : {SIGINT, SIGTERM}) {
    const auto out = place / ("run" + std::to_string(number));
    Running running(train(out), {});
    wait_for(out / "run.jsonl", 20000);
    running.signal(number);
    const auto stopped = running.wait();
    EXPECT_EQ(stopped.code, 130) << stopped.err;
    EXPECT_EQ(json_of(stopped)["ended"], "interrupted");
    EXPECT_TRUE(std::filesystem::exists(out / "checkpoint.safetensors"));
    EXPECT_TRUE(json_of(stopped)["test"].is_null()) << "the test rows are for the end";
    EXPECT_EQ(read_run_log(out / "run.jsonl").end->reason, Ended::interrupted);
    auto words = train(out);
    words.push_back("--resume");
    EXPECT_EQ(run(words).code, 0);
    const RunLog log = read_run_log(out / "run.jsonl");
    EXPECT_EQ(std::count_if(log.epochs.begin(), log.epochs.end(),
                            [](const EpochRecord& epoch) { return epoch.split == Split::test; }),
              1);
  }
  EXPECT_EQ(run(train(place / "whole")).code, 0);
  const std::string whole = get(place / "whole" / "model.safetensors");
  EXPECT_EQ(get(place / ("run" + std::to_string(SIGINT)) / "model.safetensors"), whole);
  EXPECT_EQ(get(place / ("run" + std::to_string(SIGTERM)) / "model.safetensors"), whole);
}

TEST(Interrupt, SeveralStartsGoOnToTheSameModels) {
  const Directory place;
  const auto starts = [&](const char* out) {
    std::vector<std::string> words = train(place / out);
    words.insert(words.end(), {"--starts", "3", "--model", "mlp:6"});
    return words;
  };
  Running running(starts("cut"), {});
  wait_for(place / "cut" / "start_1" / "run.jsonl", 20000);
  running.signal(SIGINT);
  EXPECT_EQ(running.wait().code, 130);
  EXPECT_TRUE(std::filesystem::exists(place / "cut" / "start_0" / "model.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(place / "cut" / "start_2"));
  auto words = starts("cut");
  words.push_back("--resume");
  const auto resumed = run(words), whole = run(starts("whole"));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(whole.code, 0) << whole.err;
  auto expected = json_of(whole), found = json_of(resumed);
  ASSERT_EQ(expected["starts"].size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    expected["starts"][i].erase("out");
    found["starts"][i].erase("out");
    const std::string file = "start_" + std::to_string(i) + "/model.safetensors";
    EXPECT_EQ(get(place / "cut" / file), get(place / "whole" / file)) << i;
  }
  EXPECT_EQ(found, expected) << "losses, verdicts, barriers, the sentence";
}

TEST(Interrupt, AKilledRunGoesOnFromItsBeginningAtWorst) {
  const Directory place;
  Running running(train(place / "run"), {});
  wait_for(place / "run" / "checkpoint.safetensors", 1);
  running.signal(SIGKILL);
  running.wait();
  auto words = train(place / "run");
  words.push_back("--resume");
  EXPECT_EQ(run(words).code, 0);
  EXPECT_EQ(run(train(place / "whole")).code, 0);
  EXPECT_EQ(get(place / "run" / "model.safetensors"), get(place / "whole" / "model.safetensors"));
}

TEST(Interrupt, ASecondSignalEndsAtOnce) {
  const Directory place;
  Running running({"minimize", "x^2", "--start", "x=1", "--optimizer", "sgd:lr=1e-9", "--steps",
                   "1000000000", "--json"},
                  {});
  sleep_ms(300);
  running.signal(SIGINT);
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait().code, 130);
}

TEST(Interrupt, MinimizePrintsWhereItCameTo) {
  Running running({"minimize", "x^2", "--start", "x=1", "--optimizer", "sgd:lr=1e-9", "--steps",
                   "1000000000", "--json"},
                  {});
  sleep_ms(300);
  running.signal(SIGINT);
  const auto outcome = running.wait();
  EXPECT_EQ(outcome.code, 130);
  EXPECT_EQ(json_of(outcome)["ended"], "interrupted");
}

}  // namespace
}  // namespace downhill
