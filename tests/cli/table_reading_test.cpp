#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "downhill/io/safetensors.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

// How a table is read, as told on the command line, and models of earlier versions.

namespace downhill {
namespace {

using testing_cli::json_of;
using testing_cli::Outcome;
using testing_cli::run;
using testing_files::Directory;
using testing_files::get;
using testing_files::put;

Outcome train(const Directory& place, const std::string& data,
              const std::vector<std::string>& more) {
  std::vector<std::string> words = {"train",       place / data,  "--out",
                                    place / "run", "--overwrite", "--epochs",
                                    "3",           "--model",     "linear"};
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(TableReading, HeaderAndNoHeaderAreObeyed) {
  const Directory place;
  std::string numbers = "1,2,3\n";
  for (int i = 0; i < 60; ++i)
    numbers +=
        std::to_string(i % 7) + "," + std::to_string(i % 5) + ",0." + std::to_string(i) + "\n";
  put(place / "t.csv", numbers);
  const Outcome with = train(place, "t.csv", {"--target", "3", "--header"});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_TRUE(says(with.err, "60 rows, 3 columns, separator ',', header: yes")) << with.err;
  const Outcome without = train(place, "t.csv", {"--target", "column_3", "--no-header"});
  EXPECT_EQ(without.code, 0) << without.err;
  EXPECT_TRUE(says(without.err, "61 rows, 3 columns, separator ',', header: no")) << without.err;
  const Outcome both = train(place, "t.csv", {"--target", "3", "--header", "--no-header"});
  EXPECT_EQ(both.code, 2);
  EXPECT_TRUE(says(both.err, "exclude each other")) << both.err;
}

TEST(TableReading, NumberMakesWordsMissing) {
  const Directory place;
  std::string table = "dose,y\n";
  for (int i = 0; i < 60; ++i)
    table += (i % 3 == 0 ? std::string("none given") : std::to_string(i) + ".5") + "," +
             std::to_string(i) + ".25\n";
  put(place / "t.csv", table);
  const Outcome words = train(place, "t.csv", {"--target", "y"});
  EXPECT_FALSE(says(words.err, "1 columns as 1 number")) << words.err;
  const Outcome numbers = train(place, "t.csv", {"--target", "y", "--number", "dose"});
  EXPECT_EQ(numbers.code, 0) << numbers.err;
  EXPECT_TRUE(says(numbers.err, "'none given'")) << numbers.err;
  EXPECT_TRUE(says(get(place / "run" / "model.safetensors"), "missing")) << "an indicator";
  EXPECT_EQ(train(place, "t.csv", {"--target", "y", "--number", "does"}).code, 3);
}

TEST(TableReading, LinesAboveTheTableAreLeftOutByEveryCommand) {
  const Directory place;
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    rows += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," +
            std::to_string(2 * (i % 7) - i % 5) + ".5\n";
  put(place / "plain.csv", rows);
  put(place / "export.csv", "# exported by a tool\nuser: x\n\n" + rows);
  const Outcome trained = train(place, "export.csv", {"--target", "y"});
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_TRUE(says(trained.err, "lines 1 to 3 above the table are left out")) << trained.err;
  const auto predicted = [&](const char* data) {
    return run({"predict", place / "run", place / data, "--quiet"}).out;
  };
  EXPECT_EQ(predicted("export.csv"), predicted("plain.csv"));
  EXPECT_NE(predicted("plain.csv"), "");
  const auto evaluated = [&](const char* data) {
    return json_of(run({"evaluate", place / "run", place / data, "--json", "--quiet"}));
  };
  EXPECT_EQ(evaluated("export.csv")["loss"], evaluated("plain.csv")["loss"]);
}

// What later versions added to a model's description is optional: without it the model predicts the
// same.
TEST(TableReading, ModelsOfEarlierVersionsPredict) {
  const Directory place;
  std::string rows = "a,y\n";
  for (int i = 0; i < 60; ++i)
    rows += std::to_string(i % 7) + "." + std::to_string(i) + (i % 7 > 3 ? ",true\n" : ",false\n");
  put(place / "t.csv", rows);
  EXPECT_EQ(train(place, "t.csv", {"--target", "y", "--class-weight", "balanced"}).code, 0);
  const SafeTensors model = read_safetensors(place / "run" / "model.safetensors");
  const auto predicted = [&] {
    return run({"predict", place / "run", place / "t.csv", "--quiet"}).out;
  };
  const std::string before = predicted();
  ASSERT_NE(before, "");
  for (const char* key : {"boolean_target", "shares"}) {
    SafeTensors older = model;
    for (auto& [name, text] : older.metadata) {
      if (name != "downhill.model") continue;
      auto description = nlohmann::json::parse(text);
      EXPECT_EQ(description.erase(key), 1U) << key;
      text = description.dump();
    }
    write_safetensors(place / "run" / "model.safetensors", older);
    EXPECT_EQ(predicted(), before) << "without " << key;
  }
}

// The description of so many columns is longer than a header or a line of the log may be.
TEST(TableReading, HundredThousandColumnsGoThroughModelAndLog) {
  constexpr int kColumns = 110'000;
  const Directory place;
  std::string table;
  for (int row = -1; row < 12; ++row) {
    for (int i = 0; i < kColumns; ++i)
      table +=
          (row < 0 ? "c" + std::to_string(i) : std::to_string((i * 7 + row * 13) % 97 % 10)) + ",";
    table += row < 0 ? "y\n" : std::to_string(row) + ".5\n";
  }
  put(place / "t.csv", table);
  const Outcome trained = train(place, "t.csv", {"--target", "y", "--quiet"});
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_EQ(run({"doctor", place / "run"}).code, 0);
  const Outcome predicted = run({"predict", place / "run", place / "t.csv", "--quiet"});
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_EQ(std::ranges::count(predicted.out, '\n'), 13);
  const SafeTensors model = read_safetensors(place / "run" / "model.safetensors");
  EXPECT_EQ(model.find_metadata("downhill.model"), nullptr);
  ASSERT_NE(model.find("downhill.model"), nullptr);
}

}  // namespace
}  // namespace downhill
