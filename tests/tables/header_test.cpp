// First rows of numbers that are names, rows that repeat the names, and lines above the names.
#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_tables::message;
using testing_tables::rows_of;
using testing_tables::TableFile;

std::string fraction(int i, int j) {
  return std::to_string((i * 7 + j * 3) % 9) + "." + std::to_string(100 + (i * 37 + j * 11) % 900);
}
std::string three(int i) { return fraction(i, 0) + "," + fraction(i, 1) + "," + fraction(i, 2); }

bool has_header(const std::string& text, const TableOptions& options = {}) {
  return TableFile(text, options).table.header;
}
std::string notes(const std::string& text, const TableOptions& options = {}) {
  std::string all;
  for (const std::string& note : TableFile(text, options).table.notes) all += note + "\n";
  return all;
}

TEST(Header, OfYearsAboveShares) {
  const std::string years =
      rows_of("country,2019,2020,2021", 40, [](int i) { return "DE," + three(i); });
  EXPECT_TRUE(has_header(years));
  EXPECT_NE(notes(years).find("--no-header"), std::string::npos) << notes(years);
  EXPECT_EQ(TableFile(years).table.names[1], "2019");
  const std::string counts = rows_of("country,1999,2000,2001", 40, [](int i) {
    return "DE," + std::to_string(1900 + i * 7) + "," + std::to_string(2100 - i) + ",2000";
  });
  EXPECT_TRUE(has_header(counts)) << "consecutive years beside a name";
}

TEST(Header, OfPandasWithoutNames) {
  const std::string table =
      rows_of(",0,1,2", 40, [](int i) { return std::to_string(i) + "," + three(i); });
  EXPECT_TRUE(has_header(table));
  EXPECT_TRUE(TableFile(table).table.unnamed[0]);
  EXPECT_EQ(TableFile(table).table.rows, 40);
  EXPECT_TRUE(has_header(rows_of("0,1,2", 40, three)));
}

TEST(Header, IsNotMadeOfDataThatFits) {
  for (const char* first : {"0.5,1,2", "3,1,2", "1,3,5"})
    EXPECT_FALSE(has_header(rows_of(first, 40, three))) << first;
  // Whole numbers among whole numbers: a first row that happens to rise.
  const auto whole = [](int i) {
    return std::to_string(i % 5) + "," + std::to_string(i % 7) + "," + std::to_string(i % 6);
  };
  EXPECT_FALSE(has_header(rows_of("0,1,2", 40, whole)));
  EXPECT_NE(notes(rows_of("0,1,2", 40, whole)).find("--header"), std::string::npos);
  // Two columns that begin with whole numbers.
  EXPECT_FALSE(has_header(rows_of("1,2", 40, [](int i) {
    return "1." + std::to_string(i + 1) + ",2." + std::to_string(i + 3);
  })));
  // Labels beside whole numbers.
  EXPECT_FALSE(has_header(rows_of("Private,39,77516", 40, [](int i) {
    return "State," + std::to_string(20 + i) + "," + std::to_string(30000 + 2000 * i);
  })));
  EXPECT_EQ(notes("a,b\n1,2\n"), "");
}

TEST(Header, IsWhatIsToldAndWhatIsAskedFor) {
  const std::string table = rows_of("7,1962,3", 40, three);
  EXPECT_FALSE(has_header(table));
  EXPECT_TRUE(has_header(table, {.asked = "1962"}));
  EXPECT_FALSE(has_header(table, {.asked = "3"})) << "the number of a column";
  EXPECT_TRUE(has_header(table, {.expected = {"7", "3"}}));
  EXPECT_FALSE(has_header(table, {.expected = {"7", "4"}}));
  EXPECT_TRUE(has_header(table, {.header = true}));
  EXPECT_FALSE(has_header("a,b\n1,2\n", {.header = false}));
}

TEST(Header, RepeatedInsideTheDataIsLeftOut) {
  std::string text = "a,b\n";
  for (int i = 0; i < 300; ++i) text += i % 100 == 50 ? "a, b \n" : std::to_string(i) + ",x\n";
  const TableFile file(text);
  EXPECT_EQ(file.table.rows, 297);
  ASSERT_EQ(file.table.notes.size(), 1U);
  EXPECT_EQ(file.table.notes[0], "3 rows repeat the header and are left out, the first in line 52");
  EXPECT_EQ(file.table.line_of(50), 53) << "rows are counted without them";
  EXPECT_EQ(file.table.line_of(296), 301);
  EXPECT_EQ(file.table.cells[0].words().size(), 0U) << "column a is all numbers";
  EXPECT_EQ(file.table.as_text(1).size(), 297);
  // Only a part of it, or a single column's name, is data.
  EXPECT_EQ(TableFile("a,b\nx,1\na,2\na,b2\n").table.rows, 3);
  EXPECT_EQ(TableFile("a\nx\na\n").table.rows, 2);
}

TEST(Header, IsNotMadeOfWordsThatComeAgainBelow) {
  const std::string moods = "bad,rain\nbad,rain\ngood,sun\nbad,sun\ngood,rain\n";
  EXPECT_FALSE(has_header(moods));
  EXPECT_EQ(TableFile(moods).table.rows, 5);
  EXPECT_NE(notes(moods).find("--header"), std::string::npos) << notes(moods);
  EXPECT_TRUE(has_header("mood,weather\n" + moods));
  // Files put together: their names come again, but only together.
  const TableFile twice("mood,weather\n" + moods + "mood,weather\n" + moods);
  EXPECT_TRUE(twice.table.header);
  EXPECT_EQ(twice.table.rows, 10);
}

TEST(Header, BelowAPreambleIsFound) {
  const std::string rows =
      rows_of("a;b;c", 30, [](int i) { return std::to_string(i) + ";1,5;2,5"; });
  for (const auto& [above, line] : {std::pair("Konto:;DE12\nVon:;01.01.2024\n\n", 4),
                                    {"Konto:;DE12\n", 2},
                                    {"Exported by LIMS 3.2\nuser: x\n\n\n", 5},
                                    {"# units\n# m; m; kg\n", 3},
                                    {"\xEF\xBB\xBF\"a title; quoted\"\n", 2},
                                    {"sep=;\ntitle\n", 3}}) {
    SCOPED_TRACE(above);
    const TableFile file(above + rows);
    EXPECT_EQ(file.table.names, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(file.table.rows, 30);
    EXPECT_EQ(file.table.line_of(0), line + 1) << "as the file has it, also when it is read again";
    const std::string said = line == 2 ? "line 1" : "lines 1 to " + std::to_string(line - 1);
    ASSERT_FALSE(file.table.notes.empty());
    EXPECT_EQ(file.table.notes[0].find(said + " above the table "), 0u) << file.table.notes[0];
  }
  // Names that begin with #, as genetics has them.
  std::string genes = "##fileformat=VCF\n##source=x\n#CHROM\tPOS\tQUAL\n";
  for (int i = 0; i < 20; ++i) genes += "chr1\t" + std::to_string(100 + i) + "\t0.5\n";
  EXPECT_EQ(TableFile(genes).table.names[0], "#CHROM");
  EXPECT_EQ(TableFile(genes).table.rows, 20);
}

TEST(Header, LinesOfOtherWidthAboveNoNamesAreRefused) {
  const auto refusal = [](const std::string& text, const TableOptions& options = {}) {
    testing_files::Directory dir;
    testing_files::put(dir / "t.csv", text);
    return message(dir / "t.csv", [&] { read_table(dir / "t.csv", options); });
  };
  const std::string rows =
      rows_of("1;2;3", 30, [](int i) { return std::to_string(i) + ";1,5;2,5"; });
  const std::string bank = refusal("Konto:;DE12\nVon:;01.01.2024\n\n" + rows);
  EXPECT_NE(bank.find("line 4 has the first row of the usual width"), std::string::npos) << bank;
  const std::string told =
      refusal("title\n" + rows_of("a,b", 30, [](int) { return "1,2"; }), {.header = false});
  EXPECT_NE(told.find(":2:"), std::string::npos) << told;
  const std::string end = refusal("a,b\n1,2,\n3,4,\n5,6,\n");
  EXPECT_NE(end.find("a separator at the end"), std::string::npos) << end;
  const std::string odd = refusal("a,b\n1,2\n3,4\n5,6,7\n");
  EXPECT_NE(odd.find("comma in a number"), std::string::npos) << odd;
}

}  // namespace
}  // namespace downhill
