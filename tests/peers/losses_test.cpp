// Every public loss symbol of 28 peers (peers_losses.csv) against ours: a loss of the list, a
// composition of such as text, or a written reason (losses_elsewhere.csv).
#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"

namespace downhill {
namespace {

using Fields = std::vector<std::string>;

/// The rows of a file of comma-separated values, with quotes, below the names of its columns; and in
/// "line" where each stands.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& file) {
  std::ifstream in(std::string(DOWNHILL_SOURCE_DIR) + "/tests/peers/" + file);
  EXPECT_TRUE(in) << file;
  Fields names;
  std::vector<std::map<std::string, std::string>> rows;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    Fields fields(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      else if (c == ',' && !quoted) fields.emplace_back();
      else if (c != '\r') fields.back() += c;
    }
    if (names.empty()) {
      names = fields;
      continue;
    }
    EXPECT_EQ(fields.size(), names.size()) << line;
    auto& row = rows.emplace_back();
    row["line"] = std::to_string(number);
    for (std::size_t k = 0; k < std::min(names.size(), fields.size()); ++k)
      row[names[k]] = fields[k];
  }
  return rows;
}

struct Share {
  int ours = 0, composed = 0, reasons = 0, missing = 0;
  int all() const { return ours + composed + reasons + missing; }
};

TEST(Peers, EverySymbolOfMustAndShouldHasALossACompositionOrAReason) {
  const auto names = Losses::names();
  const std::set<std::string> listed(names.begin(), names.end());
  std::map<std::string, std::string> elsewhere;
  for (auto& row : rows_of("losses_elsewhere.csv")) elsewhere[row["canonical"]] = row["kind"];
  std::map<std::string, Share> shares;
  std::string missing;
  for (auto& row : rows_of("peers_losses.csv")) {
    Share& share = shares[row["set"]];
    const auto other = elsewhere.find(row["canonical"]);
    if (listed.contains(row["canonical"])) ++share.ours;
    else if (other == elsewhere.end()) {
      ++share.missing;
      if (row["set"] != "exotic") missing += row["peer"] + " " + row["symbol"] + "\n";
    } else if (other->second == "composition") ++share.composed;
    else ++share.reasons;
  }
  for (const auto& [set, s] : shares)
    std::printf(
        "  %-6s %3d symbols: %3d a loss of ours, %3d a composition, %3d a reason, %3d missing "
        "(%.1f %% covered)\n",
        set.c_str(), s.all(), s.ours, s.composed, s.reasons, s.missing,
        100.0 * (s.ours + s.composed) / s.all());
  const Share& must = shares["must"];
  EXPECT_EQ(missing, "") << "add a loss of the name in the column canonical, or a line to "
                            "tests/peers/losses_elsewhere.csv";
  EXPECT_GE(must.all(), 300);
  EXPECT_GE(must.ours + must.composed, 0.95 * must.all());
  const Share& should = shares["should"];
  EXPECT_GE(should.ours + should.composed, 0.62 * should.all());
}

TEST(Peers, WhatStandsElsewhereIsNotInTheListAndItsCompositionsAreLosses) {
  const auto names = Losses::names();
  const std::set<std::string> listed(names.begin(), names.end());
  for (auto& row : rows_of("losses_elsewhere.csv")) {
    SCOPED_TRACE(row["canonical"]);
    EXPECT_FALSE(listed.contains(row["canonical"]))
        << "tests/peers/losses_elsewhere.csv:" << row["line"] << ": '" << row["canonical"]
        << "' is a loss of the list now, so that peers have it in ours: delete this line";
    EXPECT_FALSE(row["text"].empty());
    if (row["kind"] == "composition") {
      EXPECT_NO_THROW(Loss::parse(row["text"]));
    } else {
      EXPECT_EQ(row["kind"], "reason") << "tests/peers/losses_elsewhere.csv:" << row["line"]
                                       << ": the kind is composition or reason";
    }
  }
}

std::string short_name(const std::string& symbol) {
  const std::size_t bracket = std::min(symbol.find('('), symbol.size());
  const std::size_t begin = symbol.rfind('.', bracket) + 1;
  return symbol.substr(begin, bracket - begin);
}

TEST(Peers, ThePageOfOtherLibrariesNamesTheirLosses) {
  std::ifstream in(std::string(DOWNHILL_SOURCE_DIR) + "/docs/losses-from-other-libraries.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string page = text.str();
  int asked = 0;
  for (auto& row : rows_of("peers_losses.csv")) {
    const std::string name = short_name(row["symbol"]);
    const bool function = std::islower(static_cast<unsigned char>(name[0])) != 0;
    const bool of_page = (row["peer"] == "PyTorch" && !function) ||
                         (row["peer"] == "Keras 3" && !function) || row["peer"] == "Optax" ||
                         (row["peer"] == "MONAI" && !function);
    if (!of_page || row["set"] != "must" || name == "NLLLoss2d" || name == "smooth_labels")
      continue;
    ++asked;
    EXPECT_NE(page.find("`" + name), std::string::npos) << row["peer"] << " " << name;
  }
  EXPECT_GE(asked, 50);
}

TEST(Peers, WhatThePageOfOtherLibrariesSaysIsALoss) {
  std::ifstream in(std::string(DOWNHILL_SOURCE_DIR) + "/docs/losses-from-other-libraries.md");
  int parsed = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| ") || line.starts_with("| there")) continue;
    const std::size_t begin = line.find(" | ") + 3, end = line.find(" | ", begin);
    for (std::size_t at = begin; (at = line.find('`', at)) < end;) {
      const std::size_t close = line.find('`', at + 1);
      const std::string spec = line.substr(at + 1, close - at - 1);
      SCOPED_TRACE(spec);
      if (!spec.starts_with("nn::")) {
        EXPECT_NO_THROW(Loss::parse(spec));
      }
      ++parsed;
      at = close + 1;
    }
  }
  EXPECT_GE(parsed, 70);
}

}  // namespace
}  // namespace downhill
