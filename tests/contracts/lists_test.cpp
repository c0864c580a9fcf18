// Every method of a folder stands in the folder's list, and every one of the list in the folder.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "downhill/doctor/list.h"
#include "downhill/losses/list.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/list.h"
#include "downhill/train/observers.h"

namespace downhill {
namespace {

using Files = std::map<std::string, std::string>;  // of each method's name

/// The names that the headers of a folder give to methods, and where.
Files named_in(const std::string& folder) {
  Files found;
  const std::regex name("static constexpr (BuiltIn|const char\\*) name = \"(\\w+)\"");
  for (const auto& entry : std::filesystem::directory_iterator(DOWNHILL_SOURCE_DIR "/" + folder)) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    for (std::sregex_iterator at(all.begin(), all.end(), name), end; at != end; ++at)
      found[(*at)[2]] = folder + "/" + entry.path().filename().string();
  }
  return found;
}

void expect_same(const std::string& folder, const std::string& list,
                 const std::vector<std::string>& names) {
  Files files = named_in(folder);
  EXPECT_FALSE(files.empty()) << folder;
  for (const std::string& name : names)
    EXPECT_EQ(files.erase(name), 1U) << list << " has '" << name << "', which no header of "
                                     << folder << " has (or it has it twice)";
  for (const auto& [name, file] : files)
    ADD_FAILURE() << file << " has '" << name << "', which " << list << " lacks: add its line";
}

TEST(Lists, HoldWhatTheirFoldersHold) {
  expect_same("downhill/losses", "downhill/losses/list.h", Losses::names());
  expect_same("downhill/optim", "downhill/optim/list.h", Optimizers::names());
  expect_same("downhill/optim/links", "downhill/optim/links/list.h", Links::names());
  expect_same("downhill/schedules", "downhill/schedules/list.h", Schedules::names());
  expect_same("downhill/train", "downhill/train/observers.h", Observers::names());
  expect_same("downhill/doctor", "downhill/doctor/list.h", Symptoms::names());
}

TEST(Lists, LossesAndSymptomsHaveAFileOfTheirName) {
  for (const std::string folder : {"downhill/losses", "downhill/doctor"})
    for (const auto& [name, file] : named_in(folder))
      EXPECT_EQ(file, folder + "/" + name + ".h") << "a thing has one name everywhere";
}

}  // namespace
}  // namespace downhill
