#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "downhill/train/minimize.h"

// Nonlinear regressions of NIST's Statistical Reference Datasets: a model, data, two starts,
// certified values of 11 digits. `scipy_lbfgsb_solves`: whether L-BFGS-B of SciPy 1.10 (exact
// gradients, ftol = gtol = 0) comes to 6 digits of them.

namespace downhill {
namespace {

using nlohmann::json;

json problems() {
  std::ifstream in(DOWNHILL_SOURCE_DIR "/tests/train/nist.json");
  return json::parse(in);
}

/// The sum of squared residuals, with the data written into it.
std::shared_ptr<const TextFormula> sum_of_squares(const json& problem) {
  static const std::regex variable("\\bx\\b");
  std::string text;
  for (std::size_t i = 0; i < problem["x"].size(); ++i) {
    const std::string x = "(" + problem["x"][i].dump() + ")";
    text += (i > 0 ? " + (" : "(") +
            std::regex_replace(problem["model"].get<std::string>(), variable, x) + " - (" +
            problem["y"][i].dump() + "))^2";
  }
  const auto names = problem["variables"].get<std::vector<std::string>>();
  return TextFormula::parse(text, names, static_cast<int>(names.size()));
}

/// The largest relative error of a value.
double worst(const std::vector<double>& found, const json& certified) {
  double most = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double right = certified[i].get<double>();
    most = std::max(most, std::abs(found[i] - right) / std::abs(right));
  }
  return most;
}

TEST(Nist, LbfgsSolvesWhatScipySolves) {
  int solved = 0;
  for (const json& problem : problems()) {
    const auto formula = sum_of_squares(problem);
    for (const int start : {1, 2}) {
      SCOPED_TRACE(problem["name"].get<std::string>() + " from start " + std::to_string(start));
      const auto from = problem["start_" + std::to_string(start)].get<std::vector<double>>();
      const MinimizeResult result =
          minimize(formula, from, Method::parse("lbfgs"), {.steps = 3000});
      const double error = worst(result.path.back().x, problem["certified"]);
      solved += error < 1e-6 ? 1 : 0;
      if (!problem["scipy_lbfgsb_solves"][static_cast<std::size_t>(start) - 1].get<bool>())
        continue;
      EXPECT_LT(error, 1e-6) << text_of(result.ended) << " after " << result.path.back().step
                             << " steps";
      EXPECT_EQ(result.ended, Ended::converged) << result.path.back().step;
    }
  }
  EXPECT_GE(solved, 27) << "SciPy solves 22 of 28";
}

TEST(Nist, NewtonCgSolvesChwirut2) {
  for (const json& problem : problems()) {
    if (problem["name"] != "Chwirut2") continue;
    for (const char* start : {"start_1", "start_2"}) {
      const MinimizeResult result =
          minimize(sum_of_squares(problem), problem[start].get<std::vector<double>>(),
                   Method::parse("newton_cg"));
      EXPECT_NEAR(result.path.back().value, 513.04802941, 1e-6);
      EXPECT_LT(worst(result.path.back().x, problem["certified"]), 1e-6);
    }
  }
}

}  // namespace
}  // namespace downhill
