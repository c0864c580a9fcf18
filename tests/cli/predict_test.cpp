#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/data/csv.h"
#include "downhill/io/safetensors.h"
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

std::string trained(const Directory& place, const std::string& data, const std::string& target) {
  const std::string out = place / "run";
  EXPECT_EQ(run({"train", data, "--target", target, "--out", out, "--model", "linear", "--epochs",
                 "5", "--quiet"})
                .code,
            0);
  return out;
}

TEST(PredictCommand, NumbersAreOneColumnInTheUnitsOfTheTarget) {
  const Directory place;
  const std::string data = data_file("diabetes.csv"), model = trained(place, data, "target");
  const auto outcome = run({"predict", model, data, "--quiet"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  put(place / "p.csv", outcome.out);
  const CsvTable table = read_csv(place / "p.csv");
  EXPECT_EQ(table.names, std::vector<std::string>{"prediction"});
  EXPECT_EQ(table.rows, 442);
  double sum = 0;
  for (std::int64_t i = 0; i < table.rows; ++i) sum += table.numbers.at(i);
  EXPECT_NEAR(sum / 442, 152, 60);

  const std::string file = place / "model.csv";
  EXPECT_EQ(run({"predict", model + "/model.safetensors", data, "--out", file}).out, "");
  EXPECT_EQ(get(file), outcome.out);
  const auto json = json_of(run({"predict", model, data, "--json"}));
  ASSERT_EQ(json["prediction"].size(), 442u);
  for (std::int64_t i = 0; i < table.rows; ++i)
    EXPECT_EQ(json["prediction"][static_cast<std::size_t>(i)].get<double>(), table.numbers.at(i));
}

TEST(PredictCommand, ClassesHaveProbabilitiesThatSumToOne) {
  const Directory place;
  put(place / "iris.csv",
      "length,kind\n1,long\n2,long\n-1,short\n-2,short\n1.5,long\n-1.5,short\n1.2,long\n-1.1,"
      "short\n");
  put(place / "new.csv", "other,length\n7,3\n7,-3\n");
  const std::string model = trained(place, place / "iris.csv", "kind");
  const auto outcome = run({"predict", model, place / "new.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.substr(0, 27), "prediction,p_long,p_short\n" + outcome.out.substr(26, 1));
  const auto json = json_of(run({"predict", model, place / "new.csv", "--json", "--quiet"}));
  for (std::size_t i = 0; i < 2; ++i) {
    const double p = json["p_long"][i], q = json["p_short"][i];
    EXPECT_NEAR(p + q, 1, 1e-15);
    EXPECT_EQ(json["prediction"][i], p > q ? "long" : "short");
  }
  EXPECT_EQ(run({"predict", model, place / "iris.csv"}).code, 0) << "with its text column";
}

TEST(PredictCommand, ColumnsThatAreNotNeededAreLeftAlone) {
  const Directory place;
  put(place / "a.csv", "x,y\n1,2.5\n2,4.5\n3,6.5\n4,8.5\n5,10.5\n6,12.5\n");
  put(place / "b.csv", "id,x,y\nrow1,1,\nrow2,many,\n");
  put(place / "c.csv", "id,x,y\nrow1,1,\nrow2,2,\n");
  const std::string model = trained(place, place / "a.csv", "y");
  const auto plain = run({"predict", model, place / "a.csv", "--quiet"}).out;
  EXPECT_EQ(run({"predict", model, place / "c.csv", "--quiet"}).out,
            plain.substr(0, plain.find('\n', plain.find('\n', plain.find('\n') + 1) + 1) + 1));
  expect_refused({{{"predict", model, place / "b.csv"}, 3, ":3:6: column 'x'"}});
}

TEST(PredictCommand, WhatIsNotFiniteIsSaidAndNamesNoClass) {
  const Directory place;
  put(place / "kinds.csv", "x,z,kind\n1,1,a\n2,1,a\n-1,2,b\n-2,2,b\n1.5,3,a\n-1.5,1,b\n");
  const std::string model = trained(place, place / "kinds.csv", "kind");
  const std::string file = model + "/model.safetensors";
  SafeTensors tensors = read_safetensors(file);
  for (auto& [name, tensor] : tensors.tensors)
    if (name == "0.weight") tensor.set(0, std::numeric_limits<double>::infinity());
  write_safetensors(file, tensors);
  put(place / "new.csv", "x,z\n1,1\n-1,1\n");
  const auto outcome = run({"predict", model, place / "new.csv", "--quiet"});
  EXPECT_EQ(outcome.code, 6);
  EXPECT_NE(outcome.out.find("\nnan,nan,nan\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("of 2 predictions are not finite"), std::string::npos) << outcome.err;
  put(place / "far.csv", "x,z\n1,1\n1e308,-1e308\n");
  expect_refused({{{"predict", model, place / "far.csv"}, 3, "far.csv:3:1:"}});
}

TEST(PredictCommand, ProbabilitiesOfTwoClassesAreThoseThatTheLossSaw) {
  const Directory place;
  std::string rows = "x,kind\n";
  for (int i = 0; i < 60; ++i)
    rows += std::to_string(i * 7 % 60) + (i * 7 % 60 < 24 ? ",no\n" : ",yes\n");
  put(place / "two.csv", rows);
  for (const char* loss : {"mse", "huber", "bce_with_logits", "(p-y)^2"}) {
    const std::string out = place / "run";
    const auto trained = json_of(run({"train",       place / "two.csv",
                                      "--target",    "kind",
                                      "--loss",      loss,
                                      "--out",       out,
                                      "--overwrite", "--model",
                                      "linear",      "--epochs",
                                      "300",         "--validation",
                                      "0",           "--test",
                                      "0",           "--optimizer",
                                      "adam:lr=0.1", "--quiet",
                                      "--json"}));
    const auto p = json_of(run({"predict", out, place / "two.csv", "--quiet", "--json"}));
    double squares = 0;
    int right = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      const bool yes = i * 7 % 60 >= 24;
      squares += std::pow(p["p_yes"][i].get<double>() - (yes ? 1 : 0), 2) / 60;
      right += p["prediction"][i] == (yes ? "yes" : "no") ? 1 : 0;
    }
    EXPECT_GE(right, 57) << loss;
    if (loss != std::string_view("mse")) continue;
    EXPECT_NEAR(trained["train"]["loss"].get<double>(), squares, 1e-6);
  }
}

TEST(PredictCommand, RefusesWhatDoesNotFit) {
  const Directory place;
  const std::string data = data_file("diabetes.csv"), model = trained(place, data, "target");
  put(place / "few.csv", "age,sex\n1,2\n");
  const std::string table = get(data);
  put(place / "bad.csv", table.substr(0, table.find('\n')) + "\n1,x,1,1,1,1,1,1,1,1,1\n");
  put(place / "nul.csv", std::string("a,b\n1,\0\n", 8));
  std::filesystem::create_directory(place / "unfinished");
  put(place / "unfinished" / "run.jsonl", "{\"record\":\"start\",\"schema\":1}\n");
  put(place / "bad.safetensors", "no tensors here, only words");
  put(place / "short.safetensors", "abc");
  std::string cut = get(model + "/model.safetensors");
  put(place / "cut.safetensors", cut.substr(0, cut.size() - 7));
  cut[cut.size() - 3] = static_cast<char>(cut[cut.size() - 3] ^ 1);
  put(place / "flipped.safetensors", cut);
  expect_refused({
      {{"predict"}, 2, "RUN|MODEL is required"},
      {{"predict", model}, 2, "DATA is required"},
      {{"predict", "", data}, 2, "empty"},
      {{"predict", model, ""}, 2, "empty"},
      {{"predict", model, data, "--ot", "x"}, 2, "did you mean '--out'?"},
      {{"predict", model, data, "more"}, 2, "unexpected argument"},
      {{"predict", model, place / "missing.csv"}, 3, "No such file"},
      {{"predict", place / "unfinished", place / "few.csv"},
       4,
       "the run left no model.safetensors"},
      {{"predict", model, place.path()}, 3, "directory"},
      {{"predict", model, place / "few.csv"}, 3, "'bmi', 'bp', 's1'"},
      {{"predict", model, place / "few.csv", "--residuals"}, 3, "no column 'target'"},
      {{"evaluate", model, place / "few.csv"}, 3, "no column 'target'"},
      {{"evaluate", model, data, "--target", "nope"}, 3, "no column 'nope'"},
      {{"curvature", model, "--data", place / "few.csv"}, 3, "no column 'target'"},
      {{"predict", model, place / "bad.csv"}, 3, ":2:3:"},
      {{"predict", model, place / "nul.csv"}, 3, "NUL"},
      {{"predict", place / "missing", data}, 4, "No such file"},
      {{"predict", place.path(), data}, 4, "model.safetensors"},
      {{"predict", data, data}, 4, "header length"},
      {{"predict", place / "bad.safetensors", data}, 4, "header length"},
      {{"predict", place / "short.safetensors", data}, 4, "short.safetensors"},
      {{"predict", place / "cut.safetensors", data}, 4, "cut.safetensors"},
      {{"predict", place / "flipped.safetensors", data}, 4, "flipped.safetensors"},
      {{"predict", model, data, "--out", "/dev/full"}, 5, "No space left"},
      {{"predict", model, data, "--out", place / "none" / "p.csv"}, 5, "No such file"},
  });
}

}  // namespace
}  // namespace downhill
