#include <gtest/gtest.h>

#include "downhill/catalog/catalog.h"
#include "downhill/doctor/symptom.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;

TEST(ListCommand, ShowsTheWholeCatalog) {
  const auto json = json_of(run({"list", "--json"}));
  EXPECT_EQ(json["losses"].size(), list_losses().size());
  EXPECT_EQ(json["optimizers"].size(), list_optimizers().size());
  EXPECT_EQ(json["links"].size(), list_links().size());
  EXPECT_EQ(json["schedules"].size(), list_schedules().size());
  EXPECT_EQ(json["symptoms"].size(), symptoms().size());
  for (const auto& loss : json["losses"])
    if (loss["name"] == "huber") {
      EXPECT_EQ(loss["options"][0]["name"], "delta");
      EXPECT_EQ(loss["options"][0]["default"], "1");
      EXPECT_EQ(loss["options"][0]["range"], "(0, inf)");
    }
  const std::string text = run({"list"}).out;
  for (const CatalogEntry& entry : list_optimizers())
    EXPECT_NE(text.find("\n  " + entry.name + "\n"), std::string::npos) << entry.name;
}

TEST(ListCommand, ShowsOnePart) {
  const auto json = json_of(run({"list", "symptoms", "--json"}));
  EXPECT_EQ(json.size(), 1u);
  EXPECT_TRUE(json["symptoms"][0].contains("rule"));
  EXPECT_EQ(run({"list", "losses"}).out.find("adamw"), std::string::npos);
}

TEST(ListCommand, TheReferencePageIsUpToDate) {
  const auto outcome = run({"list", "--markdown"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            testing_files::get(std::filesystem::path(DOWNHILL_SOURCE_DIR) / "docs/reference.md"))
      << "docs/reference.md: write it anew with `downhill list --markdown`";
}

TEST(ListCommand, RefusesWrongCommands) {
  expect_refused({
      {{"list", "lossess"}, 2, "did you mean 'losses'?"},
      {{"list", ""}, 2, "unknown part of the list"},
      {{"list", "mse"}, 2, "known: losses, optimizers"},
      {{"list", "losses", "optimizers"}, 2, "unexpected argument 'optimizers'"},
      {{"list", "--josn"}, 2, "did you mean '--json'?"},
      {{"list", "--json", "--markdown"}, 2, "exclude each other"},
      {{"list", "-j"}, 2, "unknown option '-j'"},
      {{"list", "--threads", "0x2"}, 2, "not a whole number"},
      {{"list", "--threads", ""}, 2, "not a whole number"},
      {{"list", "--threads", "1", "--threads", "2"}, 2, "given twice"},
      {{"list", std::string(100000, 'x')}, 2, "unknown"},
  });
}

}  // namespace
}  // namespace downhill
