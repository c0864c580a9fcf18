// Longer than 300 lines: the tables of texts and what becomes of each.
#include "downhill/data/csv.h"

#include <chrono>
#include <clocale>
#include <cmath>

#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::message_of;
using testing_files::put;
using testing_files::refusal;
using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

CsvTable table(const std::string& text, const CsvOptions& options = {}) {
  const Directory dir;
  put(dir / "t.csv", text);
  return read_csv(dir / "t.csv", options);
}

std::string refused(const std::string& text, const CsvOptions& options = {}) {
  const Directory dir;
  put(dir / "t.csv", text);
  return refusal(dir / "t.csv", FileError::Kind::data, [&] { read_csv(dir / "t.csv", options); });
}

TEST(Csv, ReadsTheBundledFiles) {
  const std::string data = std::string(DOWNHILL_SOURCE_DIR) + "/data/";
  const CsvTable digits = read_csv(data + "digits.csv");
  EXPECT_EQ(digits.description, "1797 rows, 65 columns, separator ',', header: yes");
  EXPECT_EQ(digits.numbers.shape(), (Shape{1797, 65}));
  EXPECT_EQ(find_column(digits, "digit"), 64);
  EXPECT_EQ(find_column(digits, "65"), 64);
  EXPECT_EQ(find_column(digits, "1"), 0);
  EXPECT_EQ(read_csv(data + "diabetes.csv").description,
            "442 rows, 11 columns, separator ',', header: yes");
}

struct Good {
  std::string text;
  Names names;
  Numbers numbers;
};

TEST(Csv, ReadsAllOrdinaryForms) {
  const Names ab = {"a", "b"}, none = {"column_1", "column_2"};
  const Numbers four = {1, 2, 3, 4};
  const std::vector<Good> cases = {
      {"a,b\n1,2\n3,4\n", ab, four},
      {"a,b\n1,2\n3,4", ab, four},
      {"a,b\r\n1,2\r\n3,4\r\n", ab, four},
      {"a,b\r1,2\r3,4\r", ab, four},
      {"a,b\n1,2\r\n3,4\r", ab, four},
      {"a;b\n1;2\n3;4\n", ab, four},
      {"a\tb\n1\t2\n3\t4\n", ab, four},
      {"\xEF\xBB\xBF"
       "a,b\n1,2\n3,4\n",
       ab, four},
      {"\n\na,b\n\n1,2\n\n3,4\n\n\n", ab, four},
      {"1,2\n3,4\n", none, four},
      {"1;2\n3;4", none, four},
      {"\"a\",\"b\"\n\"1\",\"2\"\n3,\"4\"\n", ab, four},
      {"\"a,\n\"\"x\"\"\",b\n1,2\n", {}, {}},
      {" a , b \n 1 ,\t2\n3, 4 \n", ab, four},
      {"a;b,c\n1;2\n3;4\n", {"a", "b,c"}, four},
      {"\"a;b\",c\n1,2\n3,4\n", {"a;b", "c"}, four},
      {"<script>,\xC3\xA9\n1,2\n", {"<script>", "\xC3\xA9"}, {1, 2}},
      {"a,2020\n1,2\n3,4\n", {"a", "2020"}, four},
      {"a\n1\n2\n", {"a"}, {1, 2}},
      {"a\n1\n2\n\n\n", {"a"}, {1, 2}},
      {"5", {"column_1"}, {5}},
      {"1\n", {"column_1"}, {1}},
      {"a,b\n+1,-0\n00012,.5\n5.,1E+2\n", ab, {1, -0.0, 12, .5, 5, 100}},
      {"a,b\n1e-400,-1e-99999999999999999999\n1e-310,0e999999\n", ab, {0, -0.0, 1e-310, 0}},
      {"a,b\n9007199254740993,1.7976931348623157e308\n",
       ab,
       {9007199254740992, 1.7976931348623157e308}},
      {"a,b\n0." + std::string(400, '3') + ",1" + std::string(300, '0') + "\n",
       ab,
       {1.0 / 3, 1e300}},
  };
  for (const Good& good : cases) {
    if (good.names.empty()) continue;
    const CsvTable t = table(good.text);
    EXPECT_EQ(t.names, good.names) << good.text;
    EXPECT_EQ(t.numbers.to_vector(), good.numbers) << good.text;
    EXPECT_EQ(t.numbers.shape(), (Shape{t.rows, static_cast<std::int64_t>(good.names.size())}));
  }
  EXPECT_EQ(table("a,b\n1e-400,2\n").underflows, 1);
  EXPECT_TRUE(std::signbit(table("-0\n").numbers.item()));
}

TEST(Csv, StatesWhatItFound) {
  EXPECT_EQ(table("1;2\n3;4\n").description, "2 rows, 2 columns, separator ';', header: no");
  EXPECT_EQ(table("a\tb\n1\t2\n").description, "1 rows, 2 columns, separator tab, header: yes");
  EXPECT_EQ(table("a\n1\n").description, "1 rows, 1 columns, separator none, header: yes");
  EXPECT_EQ(table("1,2\n3,4\n", {.separator = '\0', .header = true, .text_columns = {}}).names,
            (Names{"1", "2"}));
  EXPECT_EQ(table("1|2\n3|4\n", {.separator = '|', .header = {}, .text_columns = {}}).rows, 2);
}

TEST(Csv, TextColumnsBecomeSortedClasses) {
  const CsvOptions species{.text_columns = {"kind"}};
  const CsvTable t = table("x,kind\n1,pear\n2,\"apple, red\"\n3,pear\n4,7\n", species);
  EXPECT_EQ(t.classes.at(1), (Names{"7", "apple, red", "pear"}));
  EXPECT_EQ(t.numbers.to_vector(), (Numbers{1, 2, 2, 1, 3, 2, 4, 0}));
  EXPECT_EQ(labels(t, 1), (Names{"pear", "apple, red", "pear", "7"}));
  EXPECT_THROW(labels(t, 0), UsageError);
  EXPECT_TRUE(table("x,kind\n1,5\n2,6\n", species).classes.empty()) << "numbers stay numbers";
  const CsvOptions second{.separator = '\0', .header = {}, .text_columns = {"2"}};
  EXPECT_EQ(table("5.1,setosa\n6,virginica\n", second).classes.at(1),
            (Names{"setosa", "virginica"}));
  EXPECT_EQ(refused("x,kind\n1,a\n2,\n", species),
            ":3:3: field 2 ('kind'): the value is missing (''); expected a number; fill it in or "
            "remove the row");
  EXPECT_EQ(
      refused("x,kind\n1,1\n2,1O\n", species).find(":3:3: field 2 ('kind'): '1O' is not a number"),
      0u);
  EXPECT_EQ(refused("x,kind\n1,a\n2,\xFF\n", species).find(":3:3: the label '\\xff' is not UTF-8"),
            0u);
  EXPECT_NE(message_of<UsageError>([&] {
              table("x,kinds\n1,2\n", species);
            }).find("there is no column 'kind'; did you mean 'kinds'?"),
            std::string::npos);
}

TEST(Csv, ColumnsThatAreNotAskedForMayHoldAnything) {
  CsvOptions options;
  options.only = {"b", "none"};
  const CsvTable t = table("a,b,c\nx,1,\n,2,nan\n", options);
  EXPECT_EQ(t.numbers.at(1), 1);
  EXPECT_EQ(t.numbers.at(4), 2);
  for (const std::int64_t i : {0, 2, 3, 5}) EXPECT_TRUE(std::isnan(t.numbers.at(i))) << i;
  EXPECT_NE(refused("a,b,c\nx,,\n", options).find("the value is missing"), std::string::npos);
}

TEST(Csv, ColumnsHaveNamesAndNumbers) {
  const CsvTable t = table("age,2,target\n1,2,3\n");
  EXPECT_EQ(find_column(t, "2"), 1) << "a name comes before a number";
  EXPECT_EQ(find_column(t, "3"), 2);
  for (const char* bad : {"0", "4", "targte", "", "-1", "99999999999999999999999", "1.0"})
    EXPECT_THROW(find_column(t, bad), UsageError) << bad;
  EXPECT_EQ(message_of<UsageError>([&] { find_column(t, "targte"); }),
            "[column] there is no column 'targte'; did you mean 'target'? the table has age, 2, "
            "target, and a number from 1 to 3 will do");
}

struct Bad {
  std::string text, message;
};

void expect_refused(const std::vector<Bad>& cases) {
  for (const Bad& bad : cases)
    EXPECT_EQ(refused(bad.text).find(bad.message), 0u)
        << bad.text.substr(0, 60) << "\nis:       " << refused(bad.text)
        << "\nexpected: " << bad.message;
}

TEST(Csv, RefusesWhatIsNoText) {
  expect_refused(
      {{"", ":1:1: the file is empty"},
       {"\xEF\xBB\xBF", ":1:1: the file is empty"},
       {"\n\n\r\n", ":1:1: the file is empty"},
       {std::string("\xFF\xFE"
                    "a\0,\0",
                    6),
        ":1:1: the file is UTF-16 text; expected CSV text; save it as UTF-8"},
       {std::string("\xFE\xFF\0a", 4), ":1:1: the file is UTF-16 text"},
       {std::string("\xFF\xFE\0\0", 4), ":1:1: the file is UTF-32 text"},
       {"\x1F\x8B\x08", ":1:1: the file is gzip-compressed; expected CSV text; unpack it"},
       {"PK\x03\x04", ":1:1: the file is a zip archive or a spreadsheet"},
       {"\x28\xB5\x2F\xFD", ":1:1: the file is zstd-compressed"},
       {"BZh9", ":1:1: the file is bzip2-compressed"},
       {"\xFD"
        "7zXZ",
        ":1:1: the file is xz-compressed"},
       {"\x93NUMPY", ":1:1: the file is a NumPy array"},
       {"PAR1", ":1:1: the file is a Parquet file"},
       {"%PDF-1.4", ":1:1: the file is a PDF document"},
       {std::string("a\0,\0b\0", 6), ":1:2: a NUL byte; expected text"},
       {std::string("a,b\n1,2\n3,\0\n", 12), ":3:3: a NUL byte; expected text"},
       {std::string("a,b\n1,\"\0\"\n", 10), ":2:4: a NUL byte; expected text"},
       {std::string(3 << 20, 'x'), ":1:1: a field is longer than 1048576 bytes"},
       {"a\n\"" + std::string(3 << 20, 'x'), ":2:1: a field is longer than 1048576 bytes"}});
}

TEST(Csv, RefusesBadStructure) {
  expect_refused(
      {{"a,b\n", ":1:1: there is no row below the header"},
       {"a,b", ":1:1: there is no row below the header"},
       {"a,b\n1,2,3\n", ":2:5: field 3 is one too many; expected 2 fields as in line 1"},
       {"a,b\n1,2\n3,4,\n", ":3:5: field 3 is one too many"},
       {"a,b\n1,2\n3\n", ":3:1: the row ends after field 1; expected 2 fields as in line 1"},
       {"a,b\n1\n", ":2:1: the row ends after field 1"},
       {"a,b,\n1,2,3\n", ":1:5: the name of column 3 is empty"},
       {"a,,c\n1,2,3\n", ":1:3: the name of column 2 is empty"},
       {"a,b,a\n1,2,3\n", ":1:5: the name 'a' is also that of column 1; expected each name once"},
       {"a, a\n1,2\n", ":1:3: the name 'a' is also that of column 1"},
       {"a,\xFF\n1,2\n", ":1:3: the name '\\xff' is not UTF-8 text"},
       {"\"a\nb\",c\n1,2\n", ":1:1: the name 'a\\x0ab' is not UTF-8 text of one line"},
       {"a,b\n1,\"2\n3,4\n", ":2:3: a quote is opened and not closed"},
       {"a,b\n1,2\n3,\"", ":3:3: a quote is opened and not closed"},
       {"a,\"b", ":1:3: a quote is opened and not closed"},
       {"a,b\n\"1\"x,2\n", ":2:4: text after a closing quote"},
       {"a,b\n\"1\" ,2\n", ":2:4: text after a closing quote"},
       {"a,b\n1,2\"\n", ":2:4: a quote inside a field that does not begin with one"},
       {"a,b\n1, \"2\"\n", ":2:4: a quote inside a field"},
       {"a\n1\n\n2\n", ":3:1: an empty line in a table of one column is a missing value"},
       {"a\n\n1\n", ":2:1: an empty line in a table of one column is a missing value"},
       {"\"x\ny\",b\n1,2\n", ":1:1: the name 'x\\x0ay'"},
       {"a,b\n\"1\n\",2\n3,x\n", ":2:1: field 1 ('a'): '1\\x0a' is text"},
       {"a,b\r\n1,2\r\n3,x\r\n", ":3:3: field 2 ('b'): 'x' is not a number"},
       {"a,b\r1,2\r3,x\r", ":3:3: field 2 ('b'): 'x' is not a number"},
       {"\xEF\xBB\xBF"
        "a,b\n1,2\n3,x\n",
        ":3:3: field 2 ('b'): 'x' is not a number"},
       {"a,b\n1,2\n\n\n3,x\n", ":5:3: field 2 ('b'): 'x' is not a number"},
       {"\xEF\xBB\xBF"
        "a,,c\n1,2,3\n",
        ":1:3: the name of column 2 is empty"}});
}

TEST(Csv, RefusesBadValues) {
  const auto bad = [](const std::string& value, const std::string& message) {
    return Bad{"a,b\n1,2\n3," + value + "\n", ":3:3: field 2 ('b'): " + message};
  };
  expect_refused(
      {bad("", "the value is missing (''); expected a number; fill it in or remove the row"),
       bad("  ", "the value is missing"),
       bad("NA", "the value is missing ('NA')"),
       bad("nan", "the value is missing ('nan')"),
       bad("NaN", "the value is missing"),
       bad("-nan", "the value is missing"),
       bad("null", "the value is missing"),
       bad("None", "the value is missing"),
       bad("?", "the value is missing"),
       bad("\"\"", "the value is missing"),
       bad("inf", "'inf' is not finite; expected a finite number"),
       bad("-Infinity", "'-Infinity' is not finite"),
       bad("1e999", "'1e999' is too large; expected a magnitude below 1.8e308"),
       bad("-1" + std::string(400, '0'), "'-1000"),
       bad("1e99999999999999999999", "'1e99999999999999999999' is too large"),
       bad("nan(0x7)", "'nan(0x7)' is not a number"),
       bad("0x1p3", "'0x1p3' is not a number"),
       bad("1_000", "'1_000' is not a number"),
       bad("1d5", "'1d5' is not a number"),
       bad("1e", "'1e' is not a number"),
       bad("1.2.3", "'1.2.3' is not a number"),
       bad("+-1", "'+-1' is not a number"),
       bad("--1", "'--1' is not a number"),
       bad("-", "'-' is not a number; expected one such as -1.5e3"),
       bad(".", "'.' is not a number"),
       bad("1 2", "'1 2' is not a number"),
       bad("\"1,5\"", "'1,5' is not a number"),
       bad("\xD9\xA1", "'\xD9\xA1' is not a number"),
       bad("1\x1A", "'1\\x1a' is not a number"),
       bad("\xFF", "'\\xff' is not a number"),
       bad("true", "'true' is not a number"),
       bad("2020-01-01", "'2020-01-01' is not a number"),
       {"a;b\n1,5;2\n", ":2:1: field 1 ('a'): '1,5' is not a number; expected a decimal point"},
       {"a;b\nx,5;2\n", ":2:1: field 1 ('a'): 'x,5' is text; expected a number"},
       {"a;b\n1;2\n1,5;2\n",
        ":3:1: field 1 ('a'): '1,5' is not a number; expected a decimal point"},
       {"1,,3\n4,5,6\n", ":1:3: field 2 ('column_2'): the value is missing"},
       {"a,b\n1,red\n2,blue\n", ":2:3: field 2 ('b'): 'red' is text; expected a number"}});
}

TEST(Csv, RefusesBadOptions) {
  for (const char c : {'"', '\n', '\r', '.', '7'})
    EXPECT_THROW(table("1\n", {.separator = c, .header = {}, .text_columns = {}}), UsageError);
}

TEST(Csv, FieldsAndLineEndsMayLieAcrossPieces) {
  // The file is read in pieces of 2^20 bytes: every alignment of the pieces is tried.
  for (std::size_t shift = 0; shift < 12; ++shift) {
    std::string text = "a" + std::string(shift, 'x') + ",b\r\n";
    Numbers expected;
    for (int i = 0; text.size() < (1u << 20) + 100; ++i) {
      text += std::to_string(i) + ",\"" + std::to_string(-i) + "\"\r\n";
      expected.insert(expected.end(), {static_cast<double>(i), static_cast<double>(-i)});
    }
    ASSERT_EQ(table(text).numbers.to_vector(), expected) << shift;
    ASSERT_NE(refused(text + "1,x").find(std::to_string(expected.size() / 2 + 2) + ":3: "),
              std::string::npos);
  }
}

TEST(Csv, ManyColumns) {
  std::string header, row;
  for (int i = 0; i < 100000; ++i) {
    header += (i > 0 ? ",c" : "c") + std::to_string(i);
    row += i > 0 ? ",1" : "1";
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(table(header + "\n" + row + "\n" + row).numbers.shape(), (Shape{2, 100000}));
  EXPECT_EQ(refused(header + ",c7\n" + row + ",1\n")
                .find(":1:688891: the name 'c7' is also that of column 8"),
            0u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Csv, NoTruncationAndNoFlippedBitCrashes) {
  const std::string good = "a,\"b\"\"c\",d\r\n1,-2.5e-3,\"4\"\n5,6,7\n";
  for (std::size_t length = 0; length < good.size(); ++length) refused(good.substr(0, length));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string text = good;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    const std::string message = refused(text);
    EXPECT_TRUE(message.empty() || message[0] == ':') << message;
  }
}

TEST(Csv, DoesNotKnowTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"})
    if (std::setlocale(LC_ALL, locale) != nullptr) {
      EXPECT_EQ(table("a,b\n1.5,2e3\n").numbers.to_vector(), (Numbers{1.5, 2000}));
    }
  std::setlocale(LC_ALL, before.c_str());
}

}  // namespace
}  // namespace downhill
