// `downhill loss` without values: what a loss is, drawn; comparisons; the pages of docs/losses/.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "downhill/catalog/catalog.h"
#include "downhill/catalog/loss_curve.h"
#include "downhill/catalog/loss_doc.h"
#include "downhill/cli/loss_pages.h"
#include "downhill/cli/loss_shown.h"
#include "downhill/cli/plot.h"
#include "downhill/losses/list.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using testing_files::get;
using Json = nlohmann::json;

TEST(LossDrawing, SaysWhatALossIs) {
  const auto outcome = run({"loss", "tukey:c=3"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* words :
       {"Tukey's biweight: what lies farther off than c pulls no more.", "r = prediction - target",
        "c=3: from where nothing pulls", "(0, inf)", "(default 4.685)", "takes      number",
        "source     Beaton and Tukey", "differs    Ceres's TukeyLoss", "\nloss\n", "\ngradient\n",
        "\ncurvature\n", "prediction - target"})
    EXPECT_NE(outcome.out.find(words), std::string::npos) << words << "\n" << outcome.out;
}

TEST(LossDrawing, CurvesAreThoseOfTheFormula) {
  const Json json = json_of(run({"loss", "huber:delta=2", "--json"}));
  EXPECT_EQ(json["name"], "huber");
  EXPECT_EQ(json["options"][0]["name"], "delta");
  EXPECT_EQ(json["options"][0]["range"], "(0, inf)");
  EXPECT_EQ(json["axis"], "prediction - target");
  const Json& curve = json["curves"][0];
  ASSERT_GT(json["x"].size(), 100u);
  for (std::size_t i = 0; i < json["x"].size(); ++i) {
    const double r = json["x"][i], a = std::abs(r);
    EXPECT_NEAR(curve["value"][i].get<double>(), a <= 2 ? r * r / 2 : 2 * (a - 1), 1e-12);
    EXPECT_NEAR(curve["gradient"][i].get<double>(), a <= 2 ? r : std::copysign(2, r), 1e-12);
    if (std::abs(a - 2) > 1e-9) {
      EXPECT_NEAR(curve["curvature"][i].get<double>(), a < 2 ? 1 : 0, 1e-12);
    }
  }
  EXPECT_GT(json["x"].back(), 3) << "the bend at 2 is not seen";
  const Json two = json_of(run({"loss", "bce_with_logits", "--json"}));
  ASSERT_EQ(two["curves"].size(), 2u);
  EXPECT_EQ(two["axis"], "logit");
  EXPECT_EQ(two["curves"][0]["name"], "y = 1");
  EXPECT_NEAR(two["curves"][1]["value"].back().get<double>(), std::log1p(std::exp(6.0)), 1e-12);
  EXPECT_NEAR(two["curves"][0]["gradient"].front().get<double>(), -1 / (1 + std::exp(-6.0)), 1e-12);
}

TEST(LossDrawing, EveryLossOfTheListHasALineAndADoc) {
  Losses::for_each([]<class L>() {
    SCOPED_TRACE(L::name);
    const LossDoc doc = loss_doc(L::name);
    EXPECT_GT(doc.summary.size(), 12u);
    EXPECT_NE(doc.formula.find('='), std::string::npos);
    for (const char* part : {"Shapes", "Units", "Throws", "Source", "Differs"})
      EXPECT_FALSE(doc.part(part).empty()) << part;
    const LossSlice slice = slice_of(L{});
    ASSERT_FALSE(slice.lines.empty());
    std::size_t finite = 0, moving = 0;
    const LossCurves curves = curves_of(slice, 41);
    for (const LossCurve& curve : curves.curves)
      for (std::size_t i = 0; i < 41; ++i) {
        finite += std::isfinite(curve.value[i]);
        moving += curve.gradient[i] != 0;
        // The slope is that of the value.
        if (i == 0 || i == 40 || std::string(L::name) == "circle" || std::string(L::name) == "ciou")
          continue;
        const auto& line = slice.lines[static_cast<std::size_t>(&curve - curves.curves.data())];
        const double x = curves.x[i] + 1e-3, h = 1e-6;  // away from kinks at round places
        const LossPoint at = point_of(line, x);
        const double difference =
            (point_of(line, x + h).value - point_of(line, x - h).value) / (2 * h);
        EXPECT_NEAR(at.gradient, difference, 1e-4 * (1 + std::abs(at.gradient))) << x;
      }
    EXPECT_GE(finite, 41 * curves.curves.size() * 9 / 10);
    EXPECT_GE(moving, 10u);
  });
}

TEST(LossDrawing, FormulasAndSumsAreDrawnToo) {
  const Json formula = json_of(run({"loss", "(p-y)^4", "--json"}));
  EXPECT_NEAR(formula["curves"][0]["value"].back().get<double>(),
              std::pow(formula["x"].back().get<double>(), 4), 1e-9);
  EXPECT_EQ(run({"loss", "0.5*mse+mae"}).code, 0);
  EXPECT_EQ(run({"loss", "dice_cross_entropy"}).code, 0);
  const auto sum = run({"loss", "dice+0.5*cross_entropy"});
  EXPECT_EQ(sum.code, 0) << sum.err;
}

TEST(LossDrawing, ComparesLosses) {
  const auto text = run({"loss", "--compare", "huber:delta=2,mse,tukey"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("a huber:delta=2; b mse; c tukey"), std::string::npos) << text.out;
  const Json json = json_of(run({"loss", "--compare", "huber,mse,tukey:c=2", "--json"}));
  ASSERT_EQ(json["losses"].size(), 3u);
  ASSERT_EQ(json["curves"].size(), 3u);
  const double value[3][3] = {{0.005, 0.5, 9.5}, {0.01, 1, 100}, {0, 0, 4.0 / 6}};
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t i = 0; i < 3; ++i) {
      const Json& row = json["losses"][k]["table"][i];
      EXPECT_EQ(row["x"], (std::vector{0.1, 1.0, 10.0})[i]);
      if (k < 2 || i == 2) {
        EXPECT_NEAR(row["value"].get<double>(), value[k][i], 1e-12);
      }
    }
  EXPECT_EQ(json["losses"][2]["table"][2]["gradient"], 0.0);
  EXPECT_EQ(cli::compared_specs("huber:delta=2,mse,barron:alpha=1,c=3").size(), 3u);
  EXPECT_EQ(cli::compared_specs("huber:delta=2,mse,barron:alpha=1,c=3")[2], "barron:alpha=1,c=3");
}

TEST(LossDrawing, PlotsKeepTheirWidth) {
  const std::vector<double> line = {0, 1, 2, 3, std::nan(""), 5};
  for (const std::size_t width : {20U, 40U, 77U}) {
    const std::string text = cli::plot_text({line, line}, width, 5);
    std::size_t longest = 0, at = 0, rows = 0;
    for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1, ++rows)
      longest = std::max(longest, end - at);
    EXPECT_LE(longest, width);
    EXPECT_EQ(rows, 5u);
  }
  const std::string dots = cli::plot_text({{0, 1}}, 20, 3);
  EXPECT_NE(dots.find("\xe2\xa0"), std::string::npos) << "no braille";
}

TEST(LossDrawing, WritesPictures) {
  const Directory directory;
  const std::string one = (directory / "one.svg").string(), two = (directory / "two.svg").string();
  EXPECT_EQ(run({"loss", "focal", "--picture", one}).code, 0);
  EXPECT_EQ(run({"loss", "--compare", "mse,mae", "--picture", two}).code, 0);
  for (const std::string& file : {one, two}) {
    const std::string svg = get(file);
    EXPECT_TRUE(svg.starts_with("<svg "));
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_NE(svg.find("curvature"), std::string::npos);
  }
}

TEST(LossDrawing, RefusesWrongCommands) {
  expect_refused({
      {{"loss"}, 2, "SPEC is required: a loss, or --compare"},
      {{"loss", "hubr"}, 2, "did you mean 'huber'?"},
      {{"loss", "mse", "--compare", "mse,mae"}, 2, "exclude each other"},
      {{"loss", "--compare", "mse,cross_entropy"}, 2, "expected losses of one kind"},
      {{"loss", "--compare", "mse,hubr"}, 2, "did you mean 'huber'?"},
      {{"loss", "--compare", "mse,mae,mse,mae,mse,mae,mse,mae"}, 2, "7 at most"},
      {{"loss", "mse", "--target", "[1]"}, 2, "--prediction is required with --target"},
      {{"loss", "mse", "--gradient"}, 2, "--prediction is required with --gradient"},
      {{"loss", "mse", "--picture", "/nowhere/x.svg"}, 5, "/nowhere"},
      {{"loss", "mse", "--prediction", "[1]", "--target", "[1]", "--picture", "x.svg"},
       2,
       "picture"},
  });
}

/// Whether two texts are alike but for numbers that differ in their last digit, as pictures made on
/// another processor do.
bool alike(const std::string& a, const std::string& b) {
  const char *x = a.c_str(), *y = b.c_str();
  while (*x != 0 && *y != 0) {
    if ((std::isdigit(*x) != 0 || *x == '-') && (std::isdigit(*y) != 0 || *y == '-')) {
      char *x_end = nullptr, *y_end = nullptr;
      const double u = std::strtod(x, &x_end), v = std::strtod(y, &y_end);
      if (x_end != x && y_end != y) {
        if (std::abs(u - v) > 0.21) return false;
        x = x_end, y = y_end;
        continue;
      }
    }
    if (*x++ != *y++) return false;
  }
  return *x == *y;
}

TEST(LossDrawing, ThePagesAreUpToDate) {
  const std::filesystem::path folder =
      std::filesystem::path(DOWNHILL_SOURCE_DIR) / "docs" / "losses";
  const char* remedy = ": write them anew with `downhill list --loss-pages docs/losses`";
  std::size_t files = 1;
  EXPECT_EQ(get(folder / "README.md"), cli::loss_index()) << remedy;
  for (const cli::LossPage& page : cli::loss_pages()) {
    EXPECT_EQ(get(folder / (page.name + ".md")), page.markdown) << page.name << remedy;
    EXPECT_TRUE(alike(get(folder / (page.name + ".svg")), page.picture)) << page.name << remedy;
    files += 2;
  }
  std::size_t there = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++there;
  EXPECT_EQ(there, files) << "a page of a loss that is no more";
  EXPECT_FALSE(alike("M1.0 2", "M1.0 3"));
}

}  // namespace
}  // namespace downhill
