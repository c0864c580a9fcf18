#include <gtest/gtest.h>

#include <cmath>

#include "downhill/io/npy.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using testing_files::put;
using Json = nlohmann::json;

Json loss(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "loss");
  arguments.push_back("--json");
  const auto outcome = run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return json_of(outcome);
}

TEST(LossCommand, MeanSumAndEachWithGradients) {
  const Json mean = loss({"mse", "--prediction", "[1,2]", "--target", "[1,4]", "--gradient"});
  EXPECT_EQ(mean["loss"], 2.0);
  EXPECT_EQ(mean["gradient"], Json({0.0, -2.0}));
  EXPECT_EQ(mean["count"], 2.0);
  const Json sum = loss({"mse", "--prediction", "[[1],[2]]", "--target", "[[1],[4]]", "--reduction",
                         "sum", "--gradient"});
  EXPECT_EQ(sum["loss"], 4.0);
  EXPECT_EQ(sum["gradient"], Json({{0.0}, {-4.0}}));
  const Json each = loss(
      {"mse", "--prediction", "[1,2]", "--target", "[1,4]", "--reduction", "each", "--gradient"});
  EXPECT_EQ(each["loss"], Json({0.0, 4.0}));
  EXPECT_EQ(each["gradient"], Json({0.0, -4.0}));
}

TEST(LossCommand, NumbersReadBackExactly) {
  const Json json = loss({"mae", "--prediction", "0.1", "--target", "0.4", "--gradient"});
  EXPECT_EQ(json["loss"].get<double>(), std::abs(0.1 - 0.4));
  EXPECT_EQ(json["gradient"], -1.0);
  const Json third = loss({"p*y", "--prediction", "0.3333333333333333", "--target", "1"});
  EXPECT_EQ(third["loss"].get<double>(), 0.3333333333333333);
}

TEST(LossCommand, NotFiniteIsText) {
  const Json json = loss({"mae", "--prediction", "[\"nan\",\"inf\",-1e308]", "--target",
                          "[0,0,1.5e308]", "--reduction", "each"});
  EXPECT_EQ(json["loss"], Json({"nan", "inf", "inf"}));
}

TEST(LossCommand, LabelsAndSoftTargets) {
  const Json labels = loss(
      {"cross_entropy", "--prediction", "[[1,2,3],[0,0,0]]", "--target", "[2,0]", "--gradient"});
  EXPECT_NEAR(labels["loss"].get<double>(), (std::log(3.0) + 0.40760596444438) / 2, 1e-12);
  EXPECT_EQ(labels["gradient"].size(), 2u);
  EXPECT_EQ(labels["gradient"][0].size(), 3u);
  const Json soft =
      loss({"cross_entropy", "--prediction", "[[1,2,3],[0,0,0]]", "--target", "[[0,0,1],[1,0,0]]"});
  EXPECT_NEAR(soft["loss"].get<double>(), labels["loss"].get<double>(), 1e-14);
  const Json one = loss({"cross_entropy", "--prediction", "[0,0]", "--target", "1"});
  EXPECT_NEAR(one["loss"].get<double>(), std::log(2.0), 1e-14);
}

TEST(LossCommand, SeveralPredictionsAreStacked) {
  const Json nll = loss(
      {"gaussian_nll", "--prediction", "[[1,2],[0.5,0.5]]", "--target", "[1,1]", "--gradient"});
  EXPECT_NEAR(nll["loss"].get<double>(), (std::log(0.5) + 1) / 2, 1e-14);
  EXPECT_EQ(nll["gradient"], Json({{0.0, 1.0}, {0.5, -0.5}}));
  const Json triplet = loss({"triplet", "--prediction", "[[[1,2]],[[1,1]],[[1,3]]]"});
  EXPECT_NEAR(triplet["loss"].get<double>(), 1, 1e-5);
}

TEST(LossCommand, FilesTextFormulasAndWeights) {
  const Directory place;
  put(place / "p.csv", "guess\n1\n2\n");
  write_npy(place / "y.npy", Tensor::from(std::vector<float>{1, 4}));
  write_npy(place / "labels.npy", Tensor::from(std::vector<std::int64_t>{1, 0}));
  const std::string p = place / "p.csv", y = place / "y.npy", labels = place / "labels.npy";
  EXPECT_EQ(loss({"where(y > p, 10*(y-p)^2, (y-p)^2)", "--prediction", p, "--target", y})["loss"],
            20.0);
  EXPECT_EQ(loss({"mse", "--prediction", p, "--target", y, "--weight", "[1,3]"})["loss"], 3.0);
  EXPECT_EQ(loss({"-p^2+y", "--prediction", "2", "--target", "-1"})["loss"], -5.0);
  EXPECT_NEAR(loss({"cross_entropy", "--prediction", "[[0,0],[0,0]]", "--target", labels})["loss"]
                  .get<double>(),
              std::log(2.0), 1e-14);
  const std::string out = place / "g.npy";
  loss({"mse", "--prediction", p, "--target", y, "--gradient-out", out});
  EXPECT_EQ(read_npy(out).to_vector(), (std::vector<double>{0, -2}));
  EXPECT_EQ(read_npy(out).type(), Type::f64);
}

// Logits of 0: cross_entropy is log 3; dice of all shares together, 1/3 each, is 1 - (4/3 + 1) / 5.
TEST(LossCommand, ASumOfLossesThatCountDifferentThings) {
  const auto json = loss({"3*dice:over=pooled+0.5*cross_entropy", "--prediction",
                          "[[0,0,0],[0,0,0]]", "--target", "[0,1]", "--gradient"});
  EXPECT_NEAR(json["loss"].get<double>(), 3 * (1 - (4.0 / 3 + 1) / 5) + 0.5 * std::log(3.0), 1e-14);
  EXPECT_EQ(json["counts"]["cross_entropy"], 2);
  EXPECT_EQ(json["counts"]["dice"], 1);
}

TEST(LossCommand, ForPeople) {
  const auto outcome = run({"loss", "mse", "--prediction", "[1,2]", "--target", "[1,4]"});
  EXPECT_EQ(outcome.out, "loss 2  (mean, total weight 2)\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(LossCommand, RefusesWrongCommands) {
  const std::string million(1 << 16, '(');  // a longer argument the system itself refuses
  expect_refused({
      {{"loss"}, 2, "SPEC is required"},
      {{"loss", "mse", "--weight", "1"}, 2, "--prediction is required with --weight"},
      {{"loss", "mse", "--prediction", "1"}, 2, "--target is required for mse"},
      {{"loss", "mse", "--prediction", "1", "--target"}, 2, "--target needs a value"},
      {{"loss", "mse", "--prediction", "1", "--prediction", "2", "--target", "1"}, 2, "twice"},
      {{"loss", "hubber", "--prediction", "x.npy", "--target", "1"}, 2, "did you mean 'huber'?"},
      {{"loss", "huber:dleta=1", "--prediction", "x.npy", "--target", "1"}, 2, "'delta'?"},
      {{"loss", "huber:delta=0", "--prediction", "x.npy", "--target", "1"}, 2, "outside (0, inf)"},
      {{"loss", "huber:delta=a", "--prediction", "1", "--target", "1"}, 2, "not a number"},
      {{"loss", "huber:delta=1,delta=1", "--prediction", "1", "--target", "1"}, 2, "given twice"},
      {{"loss", "", "--prediction", "x.npy", "--target", "1"}, 2, "empty"},
      {{"loss", "cox_ph", "--prediction", "[1, 2]", "--target", "[1, 2]"}, 2, "takes 2 targets"},
      {{"loss", "p +", "--prediction", "x.npy", "--target", "1"}, 2, "\n     ^"},
      {{"loss", "p > y", "--prediction", "1", "--target", "1"}, 2, "must be a number"},
      {{"loss", "p + z", "--prediction", "1", "--target", "1"}, 2, "unknown name 'z'"},
      {{"loss", million, "--prediction", "1", "--target", "1"}, 2, "column"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--reduction", "meen"}, 2, "'mean'?"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--jsn"}, 2, "'--json'?"},
      {{"loss", "mse", "x", "--prediction", "1", "--target", "1"}, 2, "unexpected argument 'x'"},
      {{"loss", "triplet", "--prediction", "1", "--target", "1"}, 2, "takes no --target"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--threads", "-1"}, 2, "outside"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--threads", "two"}, 2, "whole"},
  });
}

TEST(LossCommand, RefusesValuesThatDoNotFit) {
  const std::string deep(100000, '[');
  expect_refused({
      {{"loss", "mse", "--prediction", "[[1,2],[3]]", "--target", "1"}, 3, "ragged"},
      {{"loss", "mse", "--prediction", "[[1,2],3]", "--target", "1"}, 3, "ragged"},
      {{"loss", "mse", "--prediction", "[1,2", "--target", "1"}, 3, "no JSON at character 5"},
      {{"loss", "mse", "--prediction", "[1] 2", "--target", "1"}, 3, "no JSON"},
      {{"loss", "mse", "--prediction", "", "--target", "1"}, 2, "--prediction is empty"},
      {{"loss", "mse", "--prediction", "1", "--target", "null"}, 3, "neither"},
      {{"loss", "mse", "--prediction", "[null]", "--target", "[1]"}, 3, "null"},
      {{"loss", "mse", "--prediction", "{\"a\":1}", "--target", "1"}, 3, "an object"},
      {{"loss", "mse", "--prediction", "[\"x\"]", "--target", "1"}, 3, "text 'x'"},
      {{"loss", "mse", "--prediction", "[1e999]", "--target", "1"}, 3, "beyond"},
      {{"loss", "mse", "--prediction", deep, "--target", "1"}, 3, "nested deeper than 8"},
      {{"loss", "mse", "--prediction", "[1,2]", "--target", "[1,2,3]"}, 3, "must be equal"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--weight", "[1]"}, 3, "weight"},
      {{"loss", "mse", "--prediction", "1", "--target", "1", "--weight", "-1"}, 3, "negative"},
      {{"loss", "cross_entropy", "--prediction", "[[1,2]]", "--target", "[2]"},
       3,
       "outside [0, 2)"},
      {{"loss", "cross_entropy", "--prediction", "[[1,2]]", "--target", "[0.5]"},
       3,
       "whole numbers"},
      {{"loss", "gaussian_nll", "--prediction", "[1,2,3]", "--target", "1"}, 3, "2 predictions"},
  });
}

TEST(LossCommand, RefusesFiles) {
  const Directory place;
  const auto refused = [&](const std::string& name, const std::string& bytes,
                           const std::string& message) {
    if (!bytes.empty()) put(place / name, bytes);
    expect_refused(
        {{{"loss", "mse", "--prediction", place / name, "--target", "[1]"}, 3, message}});
  };
  std::filesystem::create_directory(place / "directory.npy");
  refused("missing.npy", "", "No such file");
  refused("missing.csv", "", "No such file");
  refused("missing.txt", "", "neither");
  refused("directory.npy", "", "is a directory");
  refused("wrong.npy", "hello, this is no array", "'\\x93NUMPY'");
  refused("short.npy", "\x93NUMPY", "at least 10");
  refused("ragged.csv", "1,2\n3\n", ":2:1:");
  refused("text.csv", "a,b\n1,x\n", ":2:3:");
  refused("nul.csv", std::string("1,\0002\n", 5), "NUL");
  refused("missing_value.csv", "1,2\n3,\n", "missing");
  expect_refused(
      {{{"loss", "mse", "--prediction", "1", "--target", "2", "--gradient-out", "/dev/full"},
        5,
        "No space left"},
       {{"loss", "mse", "--prediction", "1", "--target", "2", "--gradient-out",
         place / "none" / "g.npy"},
        5,
        "No such file"}});
}

}  // namespace
}  // namespace downhill
