#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "downhill/io/directory.h"
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
using testing_files::get;
using testing_files::put;
using Words = std::vector<std::string>;

Words train(const std::string& data, const std::string& out, const Words& more = {}) {
  Words words = {"train", data, "--out", out, "--model", "linear", "--epochs", "3"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(TrainCommand, NumbersAreRegression) {
  const Directory place;
  const std::string out = place / "run";
  const auto outcome =
      run(train(data_file("diabetes.csv"), out, {"--target", "target", "--json", "--quiet"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  const auto json = json_of(outcome);
  for (const char* key : {"verdict", "state", "ended", "findings", "train", "validation", "test",
                          "epochs", "steps", "seconds", "out", "config"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["epochs"], 3);
  EXPECT_EQ(json["out"].get<std::string>(), out);
  EXPECT_TRUE(json["test"]["metrics"].contains("rmse"));
  EXPECT_EQ(json["config"]["loss"], "mse");
  for (const char* file :
       {"run.jsonl", "model.safetensors", "checkpoint.safetensors", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(place / "run" / file)) << file;
  const RunLog log = read_run_log(place / "run" / "run.jsonl");
  ASSERT_TRUE(log.verdict && log.stands);
  EXPECT_EQ(log.verdict->name, json["verdict"].get<std::string>());
  EXPECT_EQ(text_of(log.stands->stands), json["state"].get<std::string>());
  ASSERT_FALSE(log.steps.empty());
  EXPECT_EQ(log.steps.back().step, json["steps"]);
}

TEST(TrainCommand, WholeNumbersAreClassesAndTheChoiceIsStated) {
  const Directory place;
  const auto outcome = run(train(data_file("digits.csv"), place / "run", {"--target", "65"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("61 columns as 61 numbers -> digit (classes: "), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("cross_entropy"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find('\r'), std::string::npos) << "a bar without a terminal";
  for (const char* word : {"steps_done at ", "best constant", "accuracy", "report.html"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
}

TEST(TrainCommand, DefaultDirectoryIsNamedAfterTheData) {
  const Directory place;
  const auto outcome = run({"train", data_file("diabetes.csv"), "--target", "target", "--epochs",
                            "1", "--model", "linear", "--quiet", "--json"},
                           {.directory = place.path()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(json_of(outcome)["out"], "run/diabetes");
  EXPECT_TRUE(std::filesystem::exists(place / "run" / "diabetes" / "run.jsonl"));
}

TEST(TrainCommand, ARunIsNotReplacedUnasked) {
  const Directory place;
  const auto words = train(data_file("diabetes.csv"), place / "run", {"--target", "target"});
  EXPECT_EQ(run(words).code, 0);
  expect_refused({{words, 2, "--overwrite"}});
  Words both = words;
  both.insert(both.end(), {"--resume", "--overwrite"});
  expect_refused({{both, 2, "exclude each other"}});
  both.erase(both.end() - 2);
  EXPECT_EQ(run(both).code, 0);
}

TEST(TrainCommand, ResumedRunHasTheModelOfAnUninterruptedOne) {
  const Directory place;
  const Words target = {"--target", "target", "--quiet", "--schedule", "constant"};
  auto words = train(data_file("diabetes.csv"), place / "a", target);
  EXPECT_EQ(run(words).code, 0);
  words[7] = "6";
  words.push_back("--resume");
  EXPECT_EQ(run(words).code, 0);
  words = train(data_file("diabetes.csv"), place / "b", target);
  words[7] = "6";
  EXPECT_EQ(run(words).code, 0);
  EXPECT_EQ(get(place / "a" / "model.safetensors"), get(place / "b" / "model.safetensors"));
}

TEST(TrainCommand, ResumeNeedsNoLog) {
  const Directory place;
  const auto words = train(data_file("diabetes.csv"), place / "run", {"--target", "target"});
  EXPECT_EQ(run(words).code, 0);
  const std::string model = get(place / "run" / "model.safetensors");
  std::filesystem::remove(place / "run" / "run.jsonl");
  auto again = words;
  again.push_back("--resume");
  const auto resumed = run(again);
  EXPECT_EQ(resumed.code, 0);
  EXPECT_NE(resumed.err.find("downhill: note: "), std::string::npos) << resumed.err;
  EXPECT_NE(resumed.err.find("begins anew"), std::string::npos) << resumed.err;
  EXPECT_EQ(get(place / "run" / "model.safetensors"), model);
  EXPECT_TRUE(read_run_log(place / "run" / "run.jsonl").start.after_step.has_value());
}

TEST(TrainCommand, ARunThatWasKilledBeforeItsFirstFileBeginsAgain) {
  const Directory place;
  std::filesystem::create_directory(place / "run");
  put(place / "run" / "run.lock", "999999999\n");
  auto words = train(data_file("diabetes.csv"), place / "run", {"--target", "target"});
  words.push_back("--resume");
  EXPECT_EQ(run(words).code, 0);
  EXPECT_FALSE(std::filesystem::exists(place / "run" / "run.lock"));
}

TEST(TrainCommand, TwoProcessesNeverShareADirectory) {
  const Directory place;
  const DirectoryLock mine(place / "run");
  const auto outcome = run(train(data_file("diabetes.csv"), place / "run", {"--target", "target"}));
  EXPECT_EQ(outcome.code, 5);
  EXPECT_NE(outcome.err.find("process " + std::to_string(::getpid())), std::string::npos)
      << outcome.err;
}

TEST(TrainCommand, AFileSizeLimitIsAFailedWrite) {
  const Directory place;
  const auto words = train(data_file("digits.csv"), place / "run", {"--target", "digit"});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 4096;
  ::setrlimit(RLIMIT_FSIZE, &small);  // of the child as well
  const auto outcome = run(words);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(outcome.code, 5) << outcome.err;
  EXPECT_NE(outcome.err.find("checkpoint.safetensors"), std::string::npos) << outcome.err;
  for (const auto& entry : std::filesystem::directory_iterator(place / "run"))
    ADD_FAILURE() << entry.path() << " was left behind";
}

TEST(TrainCommand, ThreadsDoNotChangeTheModel) {
  const Directory place;
  for (const char* threads : {"1", "2"})
    EXPECT_EQ(run(train(data_file("digits.csv"), place / threads,
                        {"--target", "digit", "--quiet", "--threads", threads}))
                  .code,
              0);
  EXPECT_EQ(get(place / "1" / "model.safetensors"), get(place / "2" / "model.safetensors"));
}

TEST(TrainCommand, ADivergingRunSaysSoAndKeepsItsLog) {
  const Directory place;
  const auto outcome =
      run(train(data_file("diabetes.csv"), place / "run",
                {"--target", "target", "--optimizer", "sgd:lr=1000", "--json", "--quiet"}));
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_EQ(json_of(outcome)["verdict"], "diverging");  // the cause before what it ends in
  EXPECT_NE(outcome.err.find("downhill: error: the run ended"), std::string::npos) << outcome.err;
  EXPECT_TRUE(read_run_log(place / "run" / "run.jsonl").end.has_value());
}

TEST(TrainCommand, RefusesWrongCommandsBeforeAFileIsOpened) {
  const auto with = [](const Words& more) {
    Words words = {"train", "nowhere.csv", "--target", "x"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused({
      {{"train"}, 2, "DATA is required"},
      {{"train", "nowhere.csv"}, 2, "--target is required"},
      {{"train", "nowhere.csv", "--target", ""}, 2, "target"},
      {with({"--loss", "hubber"}), 2, "did you mean 'huber'?"},
      {with({"--loss", "p +"}), 2, "column 4"},
      {with({"--optimizer", "adm"}), 2, "did you mean 'adam'?"},
      {with({"--optimizer", "adam:lr=x"}), 2, "lr = 'x'"},
      {with({"--schedule", "cosne"}), 2, "did you mean 'cosine'?"},
      {with({"--model", "mpl"}), 2, "did you mean 'mlp'?"},
      {with({"--model", "mlp:0"}), 2, "not a width"},
      {with({"--epochs", "0"}), 2, "outside"},
      {with({"--epochs", "ten"}), 2, "not a whole number"},
      {with({"--batch", "-1"}), 2, "--batch"},
      {with({"--batch", "some"}), 2, "nor all"},
      {with({"--seed", "-1"}), 2, "outside"},
      {with({"--validation", "1"}), 2, "outside [0, 1)"},
      {with({"--validation", "0.6", "--test", "0.5"}), 2, "no rows for training"},
      {with({"--patience", "-2"}), 2, "outside"},
      {with({"--epoch", "3"}), 2, "did you mean '--epochs'?"},
      {with({"--lr", "0.1"}), 2, "unknown option '--lr'; it is written --optimizer adamw:lr=0.01"},
      {with({"--batch-size=8"}), 2, "it is written --batch 32"},
      {with({"--out", ""}), 2, "--out is empty"},
      {with({"--decimal", "semi"}), 2, "expected point or comma"},
      {with({"--date-order", "xyz"}), 2, "expected dmy, mdy or ymd"},
      {with({"--only", "age", "--ignore", "age"}), 2, "--ignore names 'age', and so does --only"},
      {with({"--category", "a,b", "--number", "b"}), 2, "and so does --number"},
      {with({"--starts", "2", "--resume", "--overwrite"}), 2, "exclude each other"},
      {with({"--out", std::string(300, 'x')}), 5, "File name too long"},
      {with({"--optimizer", "clip_by_global_norm"}), 2, "uphill"},
      {{"train", "caf\xe9.csv", "--target", "x"}, 2, "not UTF-8"},
      {with({"--loss", "hinge_embedding"}), 2, "distances of pairs"},
      {with({"extra.csv"}), 2, "unexpected argument 'extra.csv'"},
  });
}

TEST(TrainCommand, RefusesFiles) {
  const Directory place;
  const std::string data = data_file("diabetes.csv"), out = place / "run";
  put(place / "ragged.csv", "a,b\n1,2\n3\n");
  put(place / "few.csv", "a,b\n1,2\n3,4\n");
  put(place / "same.csv", "a,b\n1,2\n3,2\n5,2\n6,2\n7,2\n8,2\n9,2\n");
  std::string names = "a,b\n";
  for (int i = 0; i < 40; ++i) names += std::to_string(i) + ",name" + std::to_string(i) + "\n";
  put(place / "text.csv", names);
  put(place / "empty.csv", "");
  put(place / "file", "");
  const auto refused = [&](const std::string& name, const std::string& message) {
    expect_refused({{{"train", place / name, "--target", "b", "--out", out}, 3, message}});
  };
  refused("missing.csv", "No such file");
  refused("ragged.csv", ":3:1:");
  refused("few.csv", "rows");
  refused("same.csv", "one value only");
  refused("text.csv", "text with 40 different labels");
  refused("empty.csv", "empty");
  std::filesystem::create_directory(place / "finished");
  put(place / "finished" / "run.jsonl", "");
  std::filesystem::create_directory(place / "inputs");
  std::filesystem::copy_file(data, place / "inputs" / "report.html");
  expect_refused({
      {{"train", place / "inputs/report.html", "--target", "target", "--out", place / "inputs"},
       2,
       "DATA"},
      {{"train", data, "--target", "target", "--out", place / "inputs", "--test",
        place / "inputs/report.html"},
       2,
       "--test"},
      {{"train", place.path(), "--target", "b", "--out", out}, 3, "directory"},
      {{"train", data, "--target", "targt", "--out", out}, 3, "did you mean 'target'?"},
      {{"train", data, "--target", "12", "--out", out}, 3, "columns 1 to 11"},
      {{"train", data, "--target", "target", "--out", out, "--loss", "cross_entropy"},
       3,
       "classes"},
      {{"train", data, "--target", "target", "--out", place / "finished", "--resume"},
       4,
       "no checkpoint"},
      {{"train", data, "--target", "target", "--out", place / "file"}, 5, "file"},
  });
  EXPECT_FALSE(std::filesystem::exists(out)) << "something refused left files";
}

}  // namespace
}  // namespace downhill
