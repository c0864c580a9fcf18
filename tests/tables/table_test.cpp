#include "downhill/tables/table.h"

#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using detail::Cells;
using testing_files::message_of;
using testing_files::put;
using testing_files::refusal;
using testing_tables::Directory;
using testing_tables::message;
using testing_tables::repeat;
using testing_tables::TableFile;
using Names = std::vector<std::string>;

std::string cell(const Table& table, std::int64_t row, int column) {
  const Cells& cells = table.cells[static_cast<std::size_t>(column)];
  const double value = cells[row];
  if (!Cells::is_text(value)) return "number " + std::to_string(value);
  const std::size_t entry = Cells::entry(value);
  return std::string(cells.words().text(entry)) + (cells.words().quoted(entry) ? " quoted" : "");
}

TEST(Table, KeepsNumbersAndTexts) {
  const TableFile file("a,b,c\n1.5,red,\n-2e3,\"NA\", NA \n3,red,\"7\"\n");
  const Table& t = file.table;
  EXPECT_EQ(t.names, (Names{"a", "b", "c"}));
  EXPECT_EQ(t.rows, 3);
  EXPECT_EQ(t.description, "3 rows, 3 columns, separator ',', header: yes");
  EXPECT_EQ(t.cells[0][0], 1.5);
  EXPECT_EQ(t.cells[0][1], -2000);
  EXPECT_EQ(cell(t, 0, 1), "red");
  EXPECT_EQ(cell(t, 1, 1), "NA quoted");
  EXPECT_EQ(cell(t, 2, 1), "red");
  EXPECT_EQ(cell(t, 0, 2), "");
  EXPECT_EQ(cell(t, 1, 2), "NA");
  EXPECT_EQ(t.cells[2][2], 7) << "a quoted number is a number";
  EXPECT_EQ(t.cells[1].words().size(), 2u);
}

// Every piece and every growth of the dictionary: what went in comes out.
TEST(Table, ManyRowsAndTexts) {
  std::string text = "n,s\n";
  const int rows = 200'000;
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + ",t" + std::to_string(i % 70'001) + "\n";
  const TableFile file(text);
  ASSERT_EQ(file.table.rows, rows);
  EXPECT_EQ(file.table.cells[1].words().size(), 70'001u);
  for (int i = 0; i < rows; i += 97) {
    ASSERT_EQ(file.table.cells[0][i], i);
    ASSERT_EQ(cell(file.table, i, 1), "t" + std::to_string(i % 70'001));
  }
}

struct Head {
  std::string text;
  bool header;
  Names names;
};

TEST(Table, FindsTheHeader) {
  const Names none = {"column_1", "column_2"};
  const std::vector<Head> cases = {
      {"a,b\n1,2\n", true, {"a", "b"}},
      {"1,2\n3,4\n", false, none},
      {"5.1,setosa\n6,virginica\n", false, none},
      {"A,5\n1,6\nA,7\n", false, none},  // a word below: a label, no name
      {"a,2020\n1,2\n3,4\n", true, {"a", "2020"}},
      {"name,city\nbob,rome\n", true, {"name", "city"}},
      {"name,city\nbob,1\n", true, {"name", "city"}},
      {"day,x\n2024-01-31,red\n", true, {"day", "x"}},
      {"2024-01-31,red\n2024-02-01,blue\n", false, none},
      {"1,5;2,5\n3,5;4,5\n", false, none},
      {"14%;red\n20%;blue\n", false, none},
      {"x;y\n14%;red\n", true, {"x", "y"}},
      {"x,y\n,1\nNA,2\n", true, {"x", "y"}},
      {"red,1\nblue,\ngreen,2\n", false, none},
      {",x\n0,red\n1,blue\n", true, {"unnamed", "x"}},
      {"Q1,Q2\nlow,high\n", true, {"Q1", "Q2"}}};
  for (const Head& head : cases) {
    const TableFile file(head.text);
    EXPECT_EQ(file.table.header, head.header) << head.text;
    EXPECT_EQ(file.table.names, head.names) << head.text;
  }
  const TableFile told("a,b\n1,2\n", {.header = false});
  EXPECT_EQ(told.table.rows, 2);
  EXPECT_EQ(TableFile("1,2\n3,4\n", {.header = true}).table.names, (Names{"1", "2"}));
}

TEST(Table, NamesMayBeEmptyButNotTwice) {
  const TableFile file(",a,,\n0,1,2,3\n");
  EXPECT_EQ(file.table.names, (Names{"unnamed", "a", "unnamed_3", "unnamed_4"}));
  EXPECT_EQ(file.table.unnamed, (std::vector<bool>{true, false, true, true}));
  const Directory dir;
  put(dir / "t.csv", "a,b,a\n1,2,3\n");
  EXPECT_EQ(refusal(dir / "t.csv", FileError::Kind::data, [&] { read_table(dir / "t.csv"); }),
            ":1:5: the name 'a' is also that of column 1; expected each name once; rename one");
}

TEST(Table, UnderstandsExcelsFirstLine) {
  for (const char* text :
       {"sep=;\na;b\n1;2\n", "\xEF\xBB\xBFsep=;\r\na;b\r\n1;2\r\n", "\"sep=;\"\na;b\n1;2\n"}) {
    const TableFile file(text);
    EXPECT_EQ(file.table.names, (Names{"a", "b"})) << text;
    EXPECT_EQ(file.table.rows, 1);
    EXPECT_EQ(file.table.line_of(0), 3);
  }
  EXPECT_EQ(TableFile("sep=|\na|b\n1|2\n").table.names, (Names{"a", "b"}));
  EXPECT_EQ(TableFile("sep=;\na,b\n1,2\n", {.separator = ','}).table.names, (Names{"a", "b"}));
}

TEST(Table, OneColumnSaysSo) {
  const std::string note = "one column only; separators are comma, semicolon, tab";
  for (const char* text : {"a b y\n1 2 3.5\n2 3 4.5\n", "a|b|y\n1|2|3\n", "a\nx y\nz w\n"}) {
    const TableFile file(text);
    EXPECT_EQ(file.table.one_column_note(), note) << text;
    EXPECT_EQ(message_of<UsageError>([&] { find_column(file.table, "y"); }),
              file.table.file + ": [column] there is no column 'y': the table has " + note);
  }
  EXPECT_EQ(TableFile("a\n1\n2\n").table.one_column_note(), "");
  EXPECT_EQ(TableFile("a b,c\n1,2\n").table.one_column_note(), "");
  EXPECT_EQ(TableFile("a|b\n1|2\n", {.separator = '|'}).table.names, (Names{"a", "b"}));
}

TEST(Table, TheFingerprintIsOfNamesAndCellsInOrder) {
  const auto of = [](const std::string& text, const TableOptions& options = {}) {
    return TableFile(text, options).table.fingerprint;
  };
  const std::string one = of("a,b\n1,x\n2,y\n");
  EXPECT_EQ(one.size(), 16u);
  EXPECT_EQ(one, "6a8bec12f38ea5ce")
      << "as tables/detail/hash.h, worked in Python; the same on every machine";
  for (const char* same : {"a;b\n1;x\n2;y\n", "a,b\r\n1,x\r\n2,y", "\"a\",b\n\"1\", x\n\n2,y\n"})
    EXPECT_EQ(of(same), one) << same;
  EXPECT_EQ(of("a,b\n1,x\n2,y\n", {.only = {"a"}, .text = {"a"}}), one);
  for (const char* other : {"a,b\n2,y\n1,x\n", "a,c\n1,x\n2,y\n", "a,b\n1,x\n2,z\n", "a,b\n1,x\n",
                            "a,b\nx,1\n2,y\n", "b,a\n1,x\n2,y\n", "a,b\n1,x2\n,y\n"})
    EXPECT_NE(of(other), one) << other;
}

TEST(Table, KnowsWhereARowStands) {
  const TableFile file("\na,b\n1,\"x\ny\"\n\n2,z\n");
  EXPECT_EQ(file.table.line_of(0), 3);
  EXPECT_EQ(file.table.line_of(1), 6);
  EXPECT_EQ(message(file.path(), [&] { file.table.refuse(1, 1, "what"); }), "t.csv:6:3: what");
}

TEST(Table, OptionsChooseWhatIsKept) {
  const TableFile file("a,b,c\n1,2,3\n4,5,6\n", {.only = {"b", "c", "other"}, .text = {"c"}});
  EXPECT_EQ(file.table.cells[0].size(), 0);
  EXPECT_EQ(file.table.cells[1][1], 5);
  EXPECT_EQ(cell(file.table, 1, 2), "6");
  const Cells text = file.table.as_text(1);
  EXPECT_EQ(text.words().text(Cells::entry(text[1])), "5");
  EXPECT_EQ(find_column(file.table, "3"), 2);
}

// 1.234 read as a number of C would be 1.234: only the text can tell that it is 1234.
TEST(Table, ReadsColumnsWithCommasASecondTime) {
  const TableFile file("a;b\n1.234;1.234\n5,5;2.5\n");
  EXPECT_EQ(cell(file.table, 0, 0), "1.234");
  EXPECT_EQ(file.table.cells[1][0], 1.234);
  EXPECT_FALSE(file.table.cells[1].all_text);
}

TEST(Table, RefusesAFileThatChangesInBetween) {
  TableFile file("a,b\n1,x\n2,y\n");
  put(file.path(), "a,b\n1,x\n2,z\n");
  EXPECT_EQ(message(file.path(), [&] { file.table.as_text(1); }),
            "t.csv: the file changed while it was read; expected it to stay; begin again");
}

TEST(Table, RefusesRowsOfUnequalLengthAndWhatIsNoText) {
  const auto refused = [](const std::string& text) {
    const Directory dir;
    put(dir / "t.csv", text);
    return message(dir / "t.csv", [&] { read_table(dir / "t.csv"); });
  };
  EXPECT_EQ(refused("a,b\n1,2\n3\n"),
            "t.csv:3:1: the row ends after field 1; expected 2 fields as in line 1; complete or "
            "remove the row");
  EXPECT_EQ(refused("a,b\n1,2,3\n").find("t.csv:2:5: field 3 is one too many"), 0u);
  EXPECT_EQ(refused("a,b\n1,\xE9\n"),
            "t.csv:2:3: the text '\\xe9' is not UTF-8; expected text; save the file as UTF-8");
  EXPECT_EQ(refused("a,b\n").find("t.csv:1:1: there is no row below the header"), 0u);
  EXPECT_EQ(refused("a\n" + repeat("\n", 300)).find("t.csv:1:1: there is no row below"), 0u);
  EXPECT_EQ(refused("").find("t.csv:1:1: the file is empty"), 0u);
  EXPECT_EQ(refused("a,b\n\"x,2\n").find("t.csv:2:1: a quote is opened and not closed"), 0u);
}

}  // namespace
}  // namespace downhill
