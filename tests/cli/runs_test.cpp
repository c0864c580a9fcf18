#include <gtest/gtest.h>

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

constexpr const char* kForeign =
    "{\"record\":\"start\",\"schema\":1}\n"
    "{\"record\":\"step\",\"step\":1,\"loss\":2.31}\n"
    "{\"record\":\"step\",\"step\":2,\"loss\":2.05}\n"
    "{\"record\":\"step\",\"step\":3,\"loss\":\"nan\"}\n";

TEST(RunCommands, DoctorReportAndCurvatureOfATrainedRun) {
  const Directory place;
  const std::string out = place / "run";
  const auto trained =
      json_of(run({"train", data_file("diabetes.csv"), "--target", "target", "--out", out,
                   "--model", "linear", "--epochs", "8", "--quiet", "--json"}));
  const auto verdict = json_of(run({"doctor", out, "--json"}));
  EXPECT_EQ(verdict["verdict"], trained["verdict"]);
  EXPECT_EQ(verdict["state"], trained["state"]);
  EXPECT_EQ(verdict["ended"], "steps_done");
  EXPECT_TRUE(verdict["findings"].is_array() && verdict["not_examined"].is_array());
  const auto text = run({"doctor", out + "/run.jsonl"});
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.out.find("verdict: " + verdict["verdict"].get<std::string>()), 0u) << text.out;

  const auto stands = json_of(run({"curvature", out, "--json"}));
  EXPECT_EQ(stands["state"], trained["state"]);
  EXPECT_GT(stands["h1"].get<double>(), 0);
  EXPECT_EQ(run({"curvature", out}).out.find(stands["state"].get<std::string>() + ": "), 0u);

  const std::string page = get(place / "run" / "report.html");
  std::filesystem::remove(place / "run" / "report.html");
  EXPECT_EQ(run({"report", out}).out, out + "/report.html\n");
  EXPECT_EQ(get(place / "run" / "report.html"), page);
  const std::string elsewhere = place / "page.html";
  EXPECT_EQ(run({"report", out + "/run.jsonl", "--out", elsewhere}).out, elsewhere + "\n");
  EXPECT_EQ(get(elsewhere), page);
}

TEST(RunCommands, ForeignLogs) {
  const Directory place;
  put(place / "log.jsonl", kForeign);
  EXPECT_EQ(json_of(run({"doctor", place / "log.jsonl", "--json"}))["verdict"], "not_finite");
  EXPECT_EQ(run({"doctor", place / "log.jsonl", "--fail-on", "overfitting,not_finite"}).code, 1);
  EXPECT_EQ(run({"doctor", place / "log.jsonl", "--fail-on", "overfitting"}).code, 0);
  EXPECT_EQ(run({"doctor", place / "log.jsonl", "--fail-on", "overfit"}).code, 2);
  put(place / "log.csv", "step,my_figure\n1,2\n2,1\n");
  EXPECT_EQ(run({"doctor", place / "log.csv"}).code, 3);
  const auto told = run({"doctor", place / "log.csv", "--column", "loss=my_figure"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_NE(told.err.find("training loss: my_figure"), std::string::npos) << told.err;
  put(place / "bad.csv", "step,loss\n1,x\n");
  const auto bad = run({"doctor", place / "bad.csv"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_NE(bad.err.find("bad.csv:2: column 'loss'"), std::string::npos) << bad.err;
  EXPECT_EQ(run({"report", place / "log.jsonl"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(place / "report.html"));
  EXPECT_NE(get(place / "report.html").find("not_finite"), std::string::npos);
  EXPECT_EQ(run({"report", place / "log.csv"}).code, 3);
  EXPECT_EQ(run({"report", place / "log.csv", "--column", "loss=my_figure"}).code, 0);
  put(place / "cut.jsonl", std::string(kForeign) + "{\"record\":\"st");
  const auto cut = run({"doctor", place / "cut.jsonl"});
  EXPECT_EQ(cut.code, 0);
  EXPECT_NE(cut.err.find("line 5 was cut short"), std::string::npos) << cut.err;
}

TEST(RunCommands, RefuseWhatIsNoRun) {
  const Directory place;
  put(place / "unknown.jsonl",
      "{\"record\":\"start\",\"schema\":1}\n{\"record\":\"step\",\"step\":1,\"los\":1}\n");
  put(place / "schema.jsonl", "{\"record\":\"start\",\"schema\":2}\n");
  put(place / "twice.jsonl",
      "{\"record\":\"start\",\"schema\":1}\n{\"record\":\"step\",\"step\":1,\"loss\":1,\"loss\":2}"
      "\n");
  put(place / "empty.jsonl", "");
  put(place / "binary.jsonl", std::string("\0\1\2\n", 4));
  put(place / "good.jsonl", kForeign);
  const std::string good = place / "good.jsonl";
  for (const char* command : {"doctor", "report"})
    expect_refused({
        {{command}, 2, "is required"},
        {{command, ""}, 2, "empty"},
        {{command, good, "more"}, 2, "unexpected argument 'more'"},
        {{command, good, "--jsonn"}, 2, "unknown option '--jsonn'"},
        {{command, good, "--column", "loss=x"}, 2, "one of ours"},
        {{command, good, "--threads"}, 2, "--threads needs a value"},
        {{command, place / "missing"}, 3, "cannot be opened"},
        {{command, place.path()}, 3, "run.jsonl"},
        {{command, data_file("digits.csv")}, 3, ":1:"},
        {{command, place / "unknown.jsonl"}, 3, ":2:"},
        {{command, place / "schema.jsonl"}, 3, "schema 2"},
        {{command, place / "twice.jsonl"}, 3, ":2:"},
        {{command, place / "empty.jsonl"}, 3, "empty.jsonl"},
        {{command, place / "binary.jsonl"}, 3, ":1:"},
    });
  expect_refused({
      {{"report", good, "--out", "/dev/full"}, 5, "No space left"},
      {{"report", good, "--out", place.path()}, 5, "directory"},
      {{"curvature"}, 2, "RUN is required"},
      {{"curvature", ""}, 2, "empty"},
      {{"curvature", "a", "b"}, 2, "unexpected argument 'b'"},
      {{"curvature", "a", "--quite"}, 2, "did you mean '--quiet'?"},
      {{"curvature", "a", "--threads", "1.5"}, 2, "not a whole number"},
      {{"curvature", "a", "--threads", "4000"}, 2, "outside"},
      {{"curvature", place / "missing"}, 4, "No such file"},
      {{"curvature", place.path()}, 4, "model.safetensors"},
      {{"curvature", good}, 4, "model.safetensors"},
  });
}

TEST(RunCommands, CurvatureNeedsTheDataOfTheRun) {
  const Directory place;
  std::filesystem::copy_file(data_file("diabetes.csv"), place / "data.csv");
  const std::string out = place / "run";
  EXPECT_EQ(run({"train", place / "data.csv", "--target", "target", "--out", out, "--model",
                 "linear", "--epochs", "1", "--quiet"})
                .code,
            0);
  std::filesystem::remove(place / "data.csv");
  expect_refused({{{"curvature", out}, 3, "data.csv"}});
}

}  // namespace
}  // namespace downhill
