#include <gtest/gtest.h>

#include <cmath>

#include "downhill/data/csv.h"
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

TEST(PredictCommand, RefusesWhatDoesNotFit) {
  const Directory place;
  const std::string data = data_file("diabetes.csv"), model = trained(place, data, "target");
  put(place / "few.csv", "age,sex\n1,2\n");
  put(place / "bad.csv", "age,sex\n1,x\n");
  put(place / "nul.csv", std::string("a,b\n1,\0\n", 8));
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
      {{"predict", model, place.path()}, 3, "directory"},
      {{"predict", model, place / "few.csv"}, 3, "bmi, bp, s1"},
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
