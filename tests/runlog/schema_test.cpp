#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/runlog/sample_log.h"

namespace downhill {
namespace {

using Fields = std::map<std::string, std::set<std::string>>;

std::filesystem::path document() {
  return std::filesystem::path(DOWNHILL_SOURCE_DIR) / "docs" / "run-log.md";
}

// The first column of each table of docs/run-log.md, by the heading above it.
Fields documented() {
  Fields fields;
  std::ifstream in(document());
  std::string heading;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) heading = line.substr(line.find(' ') + 1);
    if (!line.starts_with("| `")) continue;
    fields[heading].insert(line.substr(3, line.find('`', 3) - 3));
  }
  return fields;
}

Fields written() {
  Fields fields;
  const auto note = [&](const std::string& kind, const nlohmann::json& object) {
    for (const auto& [name, value] : object.items()) fields[kind].insert(name);
  };
  std::istringstream in(sample::read_text(sample::write_log(sample::full_log())));
  for (std::string line; std::getline(in, line);) {
    const auto object = nlohmann::json::parse(line);
    note(object.at("record"), object);
    if (object.at("record") == "columns") note("column", object.at("columns").at(0));
    if (object.at("record") == "evaluation") {
      note("interval", object.at("intervals").at(0));
      note("undefined", object.at("undefined").at(0));
      note("class", object.at("classes").at(0));
      note("calibration", object.at("calibration").at(0));
    }
    if (object.contains("layers")) note("layer", object.at("layers").at(0));
    if (object.at("record") != "verdict") continue;
    note("finding", object.at("findings").at(0));
    note("not examined", object.at("not_examined").at(0));
  }
  return fields;
}

TEST(Schema, TheDocumentNamesExactlyTheFieldsThatAreWritten) {
  EXPECT_FALSE(documented().empty()) << document();
  EXPECT_EQ(documented(), written());
}

}  // namespace
}  // namespace downhill
