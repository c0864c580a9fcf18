#include <gtest/gtest.h>

#include <cmath>

#include "downhill/data/csv.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using testing_files::get;

constexpr const char* kRosenbrock = "(1-x)^2 + 100*(y-x^2)^2";

TEST(MinimizeCommand, FindsTheMinimumOfRosenbrock) {
  const auto outcome = run({"minimize", kRosenbrock, "--start", "x=-1.2,y=1", "--optimizer",
                            "lbfgs", "--steps", "100", "--until", "gradient_norm<1e-8", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto json = json_of(outcome);
  EXPECT_EQ(json["ended"], "target_reached");
  EXPECT_LT(json["steps"], 60);
  EXPECT_LT(json["gradient_norm"].get<double>(), 1e-8);
  EXPECT_NEAR(json["x"]["x"].get<double>(), 1, 1e-6);
  EXPECT_NEAR(json["x"]["y"].get<double>(), 1, 1e-6);
  EXPECT_EQ(json["optimizer"].get<std::string>().substr(0, 6), "lbfgs:");
}

TEST(MinimizeCommand, TraceHasALinePerStepThatReadsBackExactly) {
  const Directory place;
  const std::string trace = place / "t.csv";
  const auto json = json_of(run({"minimize", "x^2 + 3*y^2", "--start", "y=1, x=-2", "--optimizer",
                                 "sgd:lr=0.1", "--steps", "7", "--trace", trace, "--json"}));
  const CsvTable table = read_csv(trace);
  EXPECT_EQ(table.names, (std::vector<std::string>{"step", "value", "gradient_norm", "x", "y"}));
  ASSERT_EQ(table.rows, 8);
  const auto at = [&](std::int64_t row, std::int64_t column) {
    return table.numbers.at(row * 5 + column);
  };
  double x = -2, y = 1;
  for (std::int64_t step = 0; step <= 7; ++step) {
    EXPECT_EQ(at(step, 0), static_cast<double>(step));
    EXPECT_NEAR(at(step, 1), x * x + 3 * y * y, 1e-15);
    EXPECT_NEAR(at(step, 2), std::hypot(2 * x, 6 * y), 1e-15);
    EXPECT_NEAR(at(step, 3), x, 1e-15);
    x -= 0.2 * x;
    y -= 0.6 * y;
  }
  EXPECT_EQ(json["value"].get<double>(), at(7, 1));
  EXPECT_EQ(json["x"]["y"].get<double>(), at(7, 4));
  EXPECT_EQ(json["ended"], "steps_done");
}

TEST(MinimizeCommand, DrawsThePath) {
  const Directory place;
  const std::string two = place / "two.svg", one = place / "one.svg";
  EXPECT_EQ(run({"minimize", kRosenbrock, "--start", "x=-1.2,y=1", "--picture", two}).code, 0);
  EXPECT_EQ(get(two).substr(0, 4), "<svg");
  EXPECT_EQ(run({"minimize", "log(x) + 1/x", "--start", "x=3", "--picture", one}).code, 0);
  EXPECT_EQ(get(one).substr(0, 4), "<svg");
}

TEST(MinimizeCommand, SchedulesStopsAndAFormulaThatBeginsWithMinus) {
  const auto value = json_of(run({"minimize", "x^2", "--start", "x=1", "--optimizer", "sgd:lr=0.1",
                                  "--until", "value < 0.1", "--json"}));
  EXPECT_EQ(value["ended"], "target_reached");
  EXPECT_EQ(value["steps"], 6);
  const auto minus = json_of(run({"minimize", "-cos(x)", "--start", "x=-1", "--optimizer",
                                  "newton_cg", "--json", "--steps", "50"}));
  EXPECT_NEAR(minus["x"]["x"].get<double>(), 0, 1e-6);
  const auto half = json_of(run({"minimize", "x", "--start", "x=0", "--optimizer", "sgd:lr=1",
                                 "--schedule", "linear:start=1,end=0", "--steps", "4", "--json"}));
  EXPECT_DOUBLE_EQ(half["x"]["x"].get<double>(), -(1 + 0.75 + 0.5 + 0.25));
}

TEST(MinimizeCommand, ARunThatIsNotFiniteKeepsItsTrace) {
  const Directory place;
  const std::string trace = place / "t.csv";
  const auto outcome = run({"minimize", kRosenbrock, "--start", "x=-1.2,y=1", "--optimizer",
                            "sgd:lr=0.1", "--trace", trace, "--json"});
  EXPECT_EQ(outcome.code, 6);
  const auto json = json_of(outcome);
  EXPECT_EQ(json["ended"], "non_finite");
  EXPECT_NE(outcome.err.find("downhill: error: the value or gradient is not finite"),
            std::string::npos);
  EXPECT_EQ(get(trace).substr(0, 28), "step,value,gradient_norm,x,y");
}

TEST(MinimizeCommand, SaysHowItEndedAndWhereItStands) {
  const auto saddle = run({"minimize", "x^2 - y^2", "--start", "x=1,y=0", "--json"});
  EXPECT_EQ(saddle.code, 0) << saddle.err;
  EXPECT_EQ(json_of(saddle)["ended"], "converged");
  EXPECT_EQ(json_of(saddle)["state"], "saddle");
  EXPECT_NEAR(json_of(saddle)["eigenvalues"][0].get<double>(), -2, 1e-12);
  EXPECT_NEAR(std::abs(json_of(saddle)["downhill_direction"]["y"].get<double>()), 1, 1e-9);
  const auto endless = run({"minimize", "x", "--start", "x=1", "--json"});
  EXPECT_EQ(endless.code, 6);
  EXPECT_EQ(json_of(endless)["ended"], "unbounded");
  EXPECT_NE(endless.err.find("falls without end"), std::string::npos);
  const auto kink = run({"minimize", "max(x^2, (2-x)^2)", "--start", "x=5", "--json"});
  EXPECT_EQ(kink.code, 0);
  EXPECT_EQ(json_of(kink)["state"], "minimum") << kink.out;
  EXPECT_EQ(kink.err.find("another optimizer"), std::string::npos) << kink.err;
  const auto text = run({"minimize", "x^2 + y^4", "--start", "x=1,y=0"});
  EXPECT_NE(text.out.find("stands at: minimum"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("eigenvalues"), std::string::npos) << text.out;
}

TEST(MinimizeCommand, RefusesWrongCommands) {
  const std::string huge(100000, '(');
  expect_refused({
      {{"minimize"}, 2, "FORMULA is required"},
      {{"minimize", "x^2"}, 2, "--start is required"},
      {{"minimize", "x^2", "--strat", "x=1"}, 2, "did you mean '--start'?"},
      {{"minimize", "", "--start", "x=1"}, 2, "empty"},
      {{"minimize", "1+2", "--start", "x=1"}, 2, "no variable"},
      {{"minimize", "x +", "--start", "x=1"}, 2, "\n     ^"},
      {{"minimize", huge, "--start", "x=1"}, 2, "column"},
      {{"minimize", "x*z", "--start", "x=1"}, 2, "no value for z"},
      {{"minimize", "x", "--start", "x=1,y=2"}, 2, "has y, which is no variable"},
      {{"minimize", "x", "--start", ""}, 2, "--start is empty"},
      {{"minimize", "x", "--starts", "3"}, 2, "no range for x"},
      {{"minimize", "x", "--box", "x=0..1"}, 2, "give N"},
      {{"minimize", "x", "--starts", "3", "--box", "x=1..0"}, 2, "low must be below high"},
      {{"minimize", "x", "--starts", "3", "--box", "y=0..1"}, 2, "no variable of the formula"},
      {{"minimize", "x", "--starts", "3", "--box", "x=0..1", "--start", "x=1"}, 2, "exclude"},
      {{"minimize", "x", "--start", "x"}, 2, "not variable=number"},
      {{"minimize", "x", "--start", "x=one"}, 2, "not variable=number"},
      {{"minimize", "x", "--start", "x=inf"}, 2, "not variable=number"},
      {{"minimize", "x", "--start", "x=1,x=2"}, 2, "given twice"},
      {{"minimize", "x", "--start", "x=1", "--optimizer", "adm"}, 2, "did you mean 'adam'?"},
      {{"minimize", "x", "--start", "x=1", "--optimizer", "adam:rl=1"}, 2, "did you mean 'lr'?"},
      {{"minimize", "x", "--start", "x=1", "--optimizer", "adam:beta1=1"}, 2, "outside [0, 1)"},
      {{"minimize", "x", "--start", "x=1", "--optimizer", "lbfgs:c1=0.9,c2=0.1"}, 2, "c1 < c2"},
      {{"minimize", "x", "--start", "x=1", "--steps", "1.5"}, 2, "not a whole number"},
      {{"minimize", "x", "--start", "x=1", "--steps", "-1"}, 2, "outside"},
      {{"minimize", "x", "--start", "x=1", "--until", "gradnorm"}, 2, "gradient_norm<NUMBER"},
      {{"minimize", "x", "--start", "x=1", "--until", "valu<1"}, 2, "did you mean 'value'?"},
      {{"minimize", "x", "--start", "x=1", "--until", "value<a"}, 2, "not a finite number"},
      {{"minimize", "x", "--start", "x=1", "--schedule", "cosin"}, 2, "did you mean 'cosine'?"},
      {{"minimize", "x+y+z", "--start", "x=1,y=1,z=1", "--picture", "p.svg"}, 2, "has 3: x, y, z"},
      {{"minimize", "x^2", "--start", "x=1", "--trace", "/dev/full"}, 5, "No space left"},
      {{"minimize", "x^2", "--start", "x=1", "--picture", "/no/where.svg"}, 5, "No such file"},
  });
}

}  // namespace
}  // namespace downhill
