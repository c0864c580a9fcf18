// train --doctor and train --check.
#include <gtest/gtest.h>

#include "downhill/runlog/reader.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::data_file;
using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using Words = std::vector<std::string>;

// Descent on all rows of a quadratic beyond 2 / (largest curvature): each epoch loses more.
Words too_fast(const std::string& out, const std::string& doctor) {
  return {"train",       data_file("diabetes.csv"),
          "--target",    "target",
          "--model",     "linear",
          "--batch",     "all",
          "--epochs",    "60",
          "--schedule",  "none",
          "--optimizer", "sgd:lr=0.55",
          "--out",       out,
          "--doctor",    doctor};
}

TEST(TrainWatched, TheDemoIsHealthy) {
  const Directory place;
  for (const char* seed : {"0", "1"})
    EXPECT_EQ(json_of(run({"train", data_file("digits.csv"), "--target", "digit", "--loss",
                           "cross_entropy:label_smoothing=0.1", "--seed", seed, "--out",
                           place / seed, "--json", "--quiet"}))["verdict"],
              "healthy")
        << seed;
}

TEST(TrainWatched, AHopelessRunEndsAndKeepsItsGoodWeights) {
  const Directory place;
  Words words = too_fast(place / "run", "stop");
  words.push_back("--json");
  const auto outcome = run(words);
  EXPECT_EQ(outcome.code, 6);
  EXPECT_NE(outcome.err.find("diverging: "), std::string::npos) << outcome.err;
  const RunLog log = read_run_log(place / "run" / "run.jsonl");
  ASSERT_TRUE(log.end.has_value());
  EXPECT_EQ(log.end->reason, Ended::diverging);
  EXPECT_LT(log.end->epoch, 20);
  EXPECT_LT(log.end->best_epoch.value_or(99), log.end->epoch);
  EXPECT_NE(log.end->message.find("the doctor ended it"), std::string::npos);
}

TEST(TrainWatched, WarnsOnceAndGoesOn) {
  const Directory place;
  const auto outcome = run(too_fast(place / "run", "warn"));
  EXPECT_EQ(outcome.code, 6) << "it ended so";
  const RunLog log = read_run_log(place / "run" / "run.jsonl");
  EXPECT_GT(log.end->epoch, 40) << "to where fit itself gives up";
  const std::string told = "\ndiverging: The train loss";
  const auto first = outcome.err.find(told);
  ASSERT_NE(first, std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find(told, first + 1), std::string::npos) << outcome.err;
  const auto silent = run(too_fast(place / "other", "off"));
  EXPECT_EQ(silent.err.find(told), std::string::npos) << silent.err;
}

TEST(TrainWatched, ChecksAloneTrainAndWriteNothing) {
  const Directory place;
  const Words words = {"train", data_file("digits.csv"), "--target", "digit", "--check"};
  const auto outcome = run(words, {.directory = place.path()});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(place.entries(), 0U) << "no run directory";
  for (const char* name : {"first_loss", "overfits_batch", "zero_input_worse", "all_in_optimizer",
                           "all_move", "evaluation_keeps_weights", "modes_agree"})
    EXPECT_NE(outcome.out.find(name), std::string::npos) << name;
}

TEST(TrainWatched, ACheckThatFailsIsExitCode1) {
  const auto outcome = run({"train", data_file("diabetes.csv"), "--target", "target", "--check",
                            "--json", "--quiet", "--optimizer", "sgd:lr=1e-30"});
  EXPECT_EQ(outcome.code, 1);
  const auto json = json_of(outcome);
  EXPECT_EQ(json["passed"], false);
  ASSERT_EQ(json["checks"].size(), 7U);
  for (const auto& check : json["checks"])
    EXPECT_EQ(check["passed"], check["check"] != "all_move") << check.dump();
}

TEST(TrainWatched, RefusesWrongWords) {
  expect_refused({{{"train", "x.csv", "--target", "y", "--doctor", "loud"}, 2, "loud"},
                  {{"train", "x.csv", "--target", "y", "--check", "--loss", "nose"}, 2, "nose"},
                  {{"train", "no such.csv", "--target", "y", "--check"}, 3, "no such.csv"}});
}

}  // namespace
}  // namespace downhill
