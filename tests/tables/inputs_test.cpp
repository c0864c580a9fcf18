#include "downhill/tables/inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/io/json_reader.h"
#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_tables::all_rows;
using testing_tables::learn;
using testing_tables::repeat;
using testing_tables::rows_of;
using testing_tables::TableFile;
using Names = std::vector<std::string>;
using Numbers = std::vector<double>;

std::vector<float> row(const Tensor& x, std::int64_t at) {
  const auto width = static_cast<std::size_t>(x.size(1));
  const float* begin = x.data<float>() + static_cast<std::size_t>(at) * width;
  return {begin, begin + width};
}

std::string json_of(const InputColumns& inputs) {
  JsonWriter json;
  inputs.write(json);
  return json.take();
}

InputColumns from_json(const std::string& text) {
  const JsonDocument document = JsonDocument::parse(text);
  return InputColumns::read(document.root());
}

// Mean 3, deviation sqrt(2); of the missing cell the median 3 and the indicator 1.
TEST(InputColumns, NumbersByHand) {
  const TableFile file("a,b\n1,x\n2,x\n3,y\n4,y\n5,x\n,y\n");
  const InputColumns inputs = learn(file.table, {}, {1});
  EXPECT_EQ(inputs.feature_names(), (Names{"a", "a missing"}));
  EXPECT_EQ(inputs.columns[0].sentence(), "number, 1 to 5; 1 missing: median 3 and an indicator");
  const Tensor x = inputs.encode(file.table);
  ASSERT_EQ(x.shape(), (Shape{6, 2}));
  const auto z = static_cast<float>(1 / std::sqrt(2.0));
  EXPECT_EQ(row(x, 0), (std::vector<float>{-2 * z, 0}));
  EXPECT_EQ(row(x, 3), (std::vector<float>{z, 0}));
  EXPECT_EQ(row(x, 5), (std::vector<float>{0, 1}));
}

TEST(InputColumns, StatisticsAreOfTheTrainingRowsOnly) {
  const TableFile file("a,b,c\n1,5,7\n3,5,8\n100,6,\n");
  const std::vector<std::int64_t> train = {0, 1};
  const InputColumns inputs = InputColumns::learn(file.table, {}, {}, train);
  EXPECT_EQ(inputs.feature_names(), (Names{"a", "c"})) << "no training row misses c";
  EXPECT_EQ(inputs.columns[1].sentence(), "left out: constant (5) in the training rows");
  EncodeReport report;
  const Tensor x = inputs.encode(file.table, &report);
  EXPECT_EQ(row(x, 2), (std::vector<float>{98, 0})) << "(100 - 2) / 1, and the median of c";
  ASSERT_EQ(report.missing.size(), 1u);
  EXPECT_EQ(report.missing[0], (std::pair<std::string, std::int64_t>{"c", 1}));
}

TEST(InputColumns, Booleans) {
  const TableFile file("a,b\nYes,1\nno,2\nNO,3\nyes,4\n");
  const InputColumns inputs = learn(file.table);
  EXPECT_EQ(inputs.columns[0].kind, ColumnKind::boolean);
  const Tensor x = inputs.encode(file.table);
  EXPECT_EQ(x.at(0), 1) << "(1 - 1/2) / (1/2)";
  EXPECT_EQ(x.at(2), -1);
}

// red 6 rows, blue 5, green 2 (rare), missing 2.
std::string colours() {
  return "colour,x\n" + repeat("red,1\n", 6) + repeat("blue,2\n", 5) + repeat("green,3\n", 2) +
         repeat(",4\n", 2);
}

TEST(InputColumns, NumbersFarOutsideOfTheTrainingRowsAreCounted) {
  const TableFile file(rows_of("age,y", 41, [](int i) { return std::to_string(20 + i) + ",1"; }));
  const InputColumns inputs = learn(file.table, {}, {1});
  EncodeReport report;
  inputs.encode(TableFile("age,y\n-19.9,0\n60,0\n99,0\n101,0\n#N/A,0\n<NA>,1\n-500,1\n").table,
                &report);
  EXPECT_EQ(report.outside, (decltype(report.outside){{"age", 2}}));
  EXPECT_EQ(report.missing, (decltype(report.missing){{"age", 2}}));

  const TableFile dates(rows_of("day,y", 28, [](int i) {
    return "2024-02-" + std::string(i < 9 ? "0" : "") + std::to_string(i + 1) + ",1";
  }));
  EncodeReport of_dates;
  learn(dates.table, {}, {1})
      .encode(TableFile("day,y\n2024-02-20,0\n2024-03-10,1\n2099-01-01,0\n").table, &of_dates);
  EXPECT_EQ(of_dates.outside, (decltype(of_dates.outside){{"day", 1}}));
}

TEST(InputColumns, CategoriesAreOneHot) {
  const TableFile file(colours());
  const InputColumns inputs = learn(file.table, {}, {1});
  EXPECT_EQ(inputs.feature_names(),
            (Names{"colour=blue", "colour=red", "colour=other", "colour missing"}));
  const Tensor x = inputs.encode(file.table);
  EXPECT_EQ(row(x, 0), (std::vector<float>{0, 1, 0, 0}));
  EXPECT_EQ(row(x, 6), (std::vector<float>{1, 0, 0, 0}));
  EXPECT_EQ(row(x, 11), (std::vector<float>{0, 0, 1, 0}));
  EXPECT_EQ(row(x, 14), (std::vector<float>{0, 0, 0, 1}));
  const TableFile raw("more,colour\n1,purple\n2,red\n3,green\n");
  EncodeReport report;
  const Tensor y = inputs.encode(raw.table, &report);
  EXPECT_EQ(row(y, 0), (std::vector<float>{0, 0, 1, 0}));
  EXPECT_EQ(row(y, 1), (std::vector<float>{0, 1, 0, 0}));
  EXPECT_EQ(report.unseen, (decltype(report.unseen){{"colour", 2}}));
}

// Nothing was learnt for unseen levels: they are the mean of the training rows.
TEST(InputColumns, UnseenLevelsWithoutASlotAreTheMean) {
  const TableFile file("colour,x\n" + repeat("red,1\n", 15) + repeat("blue,2\n", 5));
  const InputColumns inputs = learn(file.table, {}, {1});
  const TableFile raw("colour,x\ngreen,1\n,1\nred,1\n");
  const Tensor x = inputs.encode(raw.table);
  EXPECT_EQ(row(x, 0), (std::vector<float>{0.25f, 0.75f}));
  EXPECT_EQ(row(x, 1), (std::vector<float>{0.25f, 0.75f}));
  EXPECT_EQ(row(x, 2), (std::vector<float>{0, 1}));
}

TEST(InputColumns, ManyLevelsAreCodesOfAnEmbedding) {
  const auto text = [](int levels, const std::string& more) {
    return rows_of("c,x", 5 * levels,
                   [&](int i) {
                     return "l" + std::to_string(10 + i % levels) + "," + std::to_string(i);
                   }) +
           more;
  };
  const TableFile nine(text(9, "")), ten(text(10, "rare,1\n")), forty(text(40, ""));
  const InputOptions embed{.embed = true};
  EXPECT_EQ(learn(nine.table, embed, {1}).dense(), 9);
  EXPECT_EQ(learn(ten.table, {}, {1}).dense(), 11) << "linear: always one-hot";

  const InputColumns inputs = learn(ten.table, embed);
  EXPECT_EQ(inputs.width(), 2);
  EXPECT_EQ(inputs.dense(), 1);
  EXPECT_EQ(inputs.feature_names(), (Names{"x", "c"})) << "codes stand behind the numbers";
  const auto tables = inputs.embedded();
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0].levels, 11);
  EXPECT_EQ(tables[0].width, 6);
  EXPECT_EQ(tables[0].untrained, -1);
  const Tensor x = inputs.encode(ten.table);
  EXPECT_EQ(x.at(1), 0);
  EXPECT_EQ(x.at(2 * 9 + 1), 9);
  EXPECT_EQ(x.at(2 * 50 + 1), 10) << "the shared slot";

  const auto large = learn(forty.table, embed, {1}).embedded();
  EXPECT_EQ(large[0].levels, 41);
  EXPECT_EQ(large[0].untrained, 40) << "no training row has an unseen level";
  EXPECT_EQ(large[0].width, 8);
}

TEST(InputColumns, NumbersAsCategories) {
  const TableFile file("zip,x\n" + repeat("10115,1\n80331,2\n", 5));
  EXPECT_EQ(learn(file.table, {.category = {"zip"}}, {1}).feature_names(),
            (Names{"zip=10115", "zip=80331"}));
  EXPECT_EQ(learn(file.table, {}, {1}).feature_names(), Names{"zip"});
}

// 2024-01-01 is a Monday, 2024-01-02 a Tuesday: mean 1.5 and deviation 0.5 of day, weekday, day
// of the year and elapsed days; year, month and seconds are constant.
TEST(InputColumns, DatesBecomeTheirParts) {
  const TableFile file("when,x\n2024-01-01,1\n2024-01-02,2\n");
  const InputColumns inputs = learn(file.table, {}, {1});
  EXPECT_EQ(inputs.feature_names(),
            (Names{"when.day", "when.weekday", "when.day of year", "when.elapsed"}));
  const Tensor x = inputs.encode(file.table);
  EXPECT_EQ(row(x, 0), (std::vector<float>{-1, -1, -1, -1}));
  EXPECT_EQ(row(x, 1), (std::vector<float>{1, 1, 1, 1}));
  const TableFile raw("when\n2024-01-03\n");
  EXPECT_EQ(row(inputs.encode(raw.table), 0), (std::vector<float>{3, 3, 3, 3}));
}

// All levels, words and notations of a table with everything.
std::string everything() {
  return rows_of("id;n;price;share;flag;colour;when;note", 60, [](int i) {
    const std::string n = i % 30 == 7 ? "unknown" : i % 10 == 3 ? "" : std::to_string(i * i % 17);
    return std::to_string(i + 1) + ";" + n + ";1.2" + std::to_string(10 + i) + "," +
           std::to_string(i % 10) + " €;" + std::to_string(i % 9) + "%;" +
           (i % 3 == 0 ? "true" : "FALSE") + ";" + (i % 4 == 0 ? "red" : "blue") + ";" +
           std::to_string(1 + i % 28) + ".0" + std::to_string(1 + i % 9) +
           ".2024 12:" + std::to_string(10 + i % 50) + ";text " + std::to_string(i);
  });
}

TEST(InputColumns, TheOrderOfRowsDoesNotMatter) {
  const std::string text = everything();
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const TableFile first(text);
  // Row numbers are so by their order: left out of the comparison.
  const InputColumns expected = learn(first.table, {}, {0});
  for (std::size_t turn = 1; turn < 60; turn += 7) {
    std::rotate(lines.begin() + 1, lines.begin() + static_cast<std::ptrdiff_t>(1 + turn),
                lines.end());
    std::string turned;
    for (const std::string& line : lines) turned += line + "\n";
    const TableFile file(turned);
    const InputColumns inputs = learn(file.table, {}, {0});
    ASSERT_EQ(inputs.feature_names(), expected.feature_names());
    for (std::size_t i = 0; i < inputs.columns.size(); ++i) {
      EXPECT_EQ(inputs.columns[i].sentence(), expected.columns[i].sentence());
      EXPECT_EQ(inputs.columns[i].notation, expected.columns[i].notation);
    }
  }
}

TEST(InputColumns, SavedAndReadAgainTheyEncodeTheSameBits) {
  for (const bool embed : {false, true}) {
    const TableFile file(everything());
    const InputColumns inputs = learn(file.table, {.embed = embed});
    const std::string saved = json_of(inputs);
    const InputColumns again = from_json(saved);
    EXPECT_EQ(json_of(again), saved);
    EXPECT_EQ(again.feature_names(), inputs.feature_names());
    const Table raw = read_table(file.path(), again.table_options());
    const Tensor a = inputs.encode(file.table), b = again.encode(raw);
    ASSERT_EQ(a.shape(), b.shape());
    EXPECT_EQ(std::vector<float>(a.values<float>().begin(), a.values<float>().end()),
              std::vector<float>(b.values<float>().begin(), b.values<float>().end()));
    const Tensor c = again.encode(read_table(file.path()));
    EXPECT_TRUE(
        std::equal(a.values<float>().begin(), a.values<float>().end(), c.values<float>().begin()))
        << "read without the options, and freed on the way";
  }
}

// In a model of decimal commas 1.234 is 1234, also where no other cell of the new file tells.
TEST(InputColumns, NewRowsAreReadInTheNotationOfTheModel) {
  const TableFile file("a;b\n1.000,5;1\n2.000,5;2\n"), raw("a;b\n1.234;1\n");
  const InputColumns inputs = learn(file.table, {}, {1});
  const auto z = static_cast<float>((1234 - 1500.5) / 500);
  EXPECT_EQ(inputs.encode(raw.table).at(0), static_cast<double>(z));
  const Table told = read_table(raw.path(), inputs.table_options());
  EXPECT_TRUE(told.cells[0].all_text);
  EXPECT_EQ(inputs.encode(told).at(0), static_cast<double>(z));
}

// More rows than one piece: rows are encoded and freed piece by piece.
TEST(InputColumns, ManyRows) {
  const int rows = 150'000;
  const TableFile file(rows_of("a,b,c", rows, [](int i) {
    return std::to_string(i % 1000) + "," + (i % 2 == 0 ? "x" : "y") + "," + std::to_string(i);
  }));
  const InputColumns inputs = learn(file.table);
  const Tensor x = inputs.encode(file.table);
  ASSERT_EQ(x.shape(), (Shape{rows, 4}));
  const double mean = (rows - 1) / 2.0;
  for (int i = 0; i < rows; i += 101) {
    ASSERT_EQ(x.at(4 * i + 1), i % 2 == 0 ? 1 : 0);
    ASSERT_NEAR(x.at(4 * i + 3), (i - mean) / (rows / std::sqrt(12.0)), 1e-6);
  }
  const Tensor freed = inputs.encode(read_table(file.path()));
  EXPECT_TRUE(std::equal(x.values<float>().begin(), x.values<float>().end(),
                         freed.values<float>().begin()));
}

}  // namespace
}  // namespace downhill
