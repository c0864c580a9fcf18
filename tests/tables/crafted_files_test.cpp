// Longer than 300 lines: a table of files and of what is understood of each.
#include <fmt/format.h>

#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_tables::repeat;
using testing_tables::rows_of;
using testing_tables::understood;

struct Crafted {
  std::string text;      // the file
  std::string expected;  // its columns as they were understood, or the message
  InputOptions options = {};
  std::string target = "";
};

void expect(const std::vector<Crafted>& files) {
  for (const Crafted& file : files)
    EXPECT_EQ(understood(file.text, file.options, file.target), file.expected)
        << file.text.substr(0, 300);
}

TEST(CraftedFiles, Notations) {
  const std::string tell =
      " may have a decimal comma or a mark between thousands, and no cell of the column tells; "
      "expected to be told; give --decimal point or --decimal comma";
  expect({
      {"a\n1\n2.5\n", "a: number, 1 to 2.5\n"},
      {"a;b\n1,5;1\n2,5;2\n", "a: number (decimal comma), 1.5 to 2.5\nb: number, 1 to 2\n"},
      {"a;b\n1,5;1\n2;2\n", "a: number (decimal comma), 1.5 to 2\nb: number, 1 to 2\n"},
      {"a;b\n2;1\n1,5;2\n", "a: number (decimal comma), 1.5 to 2\nb: number, 1 to 2\n"},
      {"a\tb\n1,5\t1\n1.234,5\t2\n",
       "a: number (decimal comma, thousands points), 1.5 to 1234.5\nb: number, 1 to 2\n"},
      {"a\tb\n1.234\t1\n1,5\t2\n",
       "a: number (decimal comma, thousands points), 1.5 to 1234\nb: number, 1 to 2\n"},
      {"a,b\n\"1,234.5\",1\n\"2,345.6\",2\n",
       "a: number (thousands commas), 1234.5 to 2345.6\nb: number, 1 to 2\n"},
      {"a,b\n\"1,234,567\",1\n\"12\",2\n",
       "a: number (thousands commas), 12 to 1.23457e+06\nb: number, 1 to 2\n"},
      {"a,b\n\"1,234\",1\n0.5,2\n",
       "a: number (thousands commas), 0.5 to 1234\nb: number, 1 to 2\n"},
      {"a,b\n\"1,234\",1\n\"5,678\",2\n", "t.csv:2:1: column 'a': '1,234'" + tell},
      {"a;b\n7;1\n1,234;2\n", "t.csv:3:1: column 'a': '1,234'" + tell},
      {"a;b\n1,234;1\n5,678;2\n",
       "a: number (decimal comma), 1.234 to 5.678\nb: number (decimal comma), 1 to 2\n",
       {.decimal = "comma"}},
      {"a;b\n1,234;1\n5,678;2\n",
       "a: number (thousands commas), 1234 to 5678\nb: number, 1 to 2\n",
       {.decimal = "point"}},
      {"a;b\n0,123;1\n0,456;2\n", "a: number (decimal comma), 0.123 to 0.456\nb: number, 1 to 2\n"},
      {"a;b\n1.234;1\n5.678;2\n", "a: number, 1.234 to 5.678\nb: number, 1 to 2\n"},
      {"a;b\n1.234;1\n5.678;2\n",
       "a: number (decimal comma, thousands points), 1234 to 5678\nb: number (decimal comma), 1 to "
       "2\n",
       {.decimal = "comma"}},
      {"a;b\n1.234;1,5\n5.678;2,5\n",
       "t.csv:2:1: column 'a': 1.234 may have a decimal point or a mark between thousands: another "
       "column has decimal commas; expected to be told; give --decimal point or --decimal comma"},
      {"a;b\n1,5;1\n1.5;2\n",
       "t.csv:3:1: column 'a': '1.5' does not fit to the decimal commas of other cells; expected "
       "one "
       "notation in a column; correct one of them"},
      {"a;b\n1,5;1\n2,5;2\n",
       "t.csv:2:1: column 'a': '1,5' is no number with a decimal point; expected --decimal point "
       "to "
       "hold for every cell; correct it or leave the option out",
       {.decimal = "point"}},
      {"a,b\n1'234,1\n5'678.5,2\n",
       "a: number (thousands apostrophes), 1234 to 5678.5\nb: number, 1 to 2\n"},
      {"a,b\n1 234,1\n5 678,2\n",
       "a: number (thousands spaces), 1234 to 5678\nb: number, 1 to 2\n"},
      {"a;b\n1\u00A0234,5;1\n5;2\n",
       "a: number (decimal comma, thousands spaces), 5 to 1234.5\nb: number, 1 to 2\n"},
      {"a,b\n−5,1\n3,2\n", "a: number, -5 to 3\nb: number, 1 to 2\n"},
      {"a,b\n(5),1\n3,2\n", "a: number, -5 to 3\nb: number, 1 to 2\n"},
      {"a;b\n1,5e3;1\n2E-1;2\n", "a: number (decimal comma), 0.2 to 1500\nb: number, 1 to 2\n"},
      {"a,b\n14%,1\n50.3%,2\n", "a: number (percent), 14 to 50.3 %\nb: number, 1 to 2\n"},
      {"a,b\n0,1\n50 %,2\n", "a: number (percent), 0 to 50 %\nb: number, 1 to 2\n"},
      {"a,b\n14%,1\n0.5,2\n",
       "t.csv:2:1: column 'a': '14%' has a percent sign, but other cells have none; expected one "
       "unit in a column; add the sign everywhere or nowhere"},
      {"a,b\n$5,1\n\"$1,200.50\",2\n",
       "a: number (thousands commas, $), 5 to 1200.5\nb: number, 1 to 2\n"},
      {"a;b\n12,50 €;1\n3 €;2\n", "a: number (decimal comma, €), 3 to 12.5\nb: number, 1 to 2\n"},
      {"a,b\nCHF 5,1\n7,2\n", "a: number (CHF), 5 to 7\nb: number, 1 to 2\n"},
      {"a,b\n$5,1\n€7,2\n",
       "t.csv:3:1: column 'a': '€7' is not in $, as other cells are; expected one currency in a "
       "column; convert the amounts"},
      {"a,b\n1e999,1\n2,2\n",
       "t.csv:2:1: column 'a': '1e999' is not a finite number; expected a magnitude below 1.8e308; "
       "correct it, leave it empty or rescale the column"},
  });
}

TEST(CraftedFiles, InfiniteNumbersAmongMany) {
  expect({{rows_of("a,b", 40, [](int i) { return (i == 7 ? "inf" : std::to_string(i)) + ",1"; }),
           "t.csv:9:1: column 'a': 'inf' is not a finite number; expected a magnitude below "
           "1.8e308; correct it, leave it empty or rescale the column"}});
}

TEST(CraftedFiles, MissingValues) {
  const auto with = [](const std::vector<std::string>& words, int numbers) {
    std::string text = "a,b\n";
    for (const std::string& word : words) text += word + ",1\n";
    for (int i = 0; i < numbers; ++i) text += std::to_string(i) + ",2\n";
    return text;
  };
  const std::string b = "b: number, 1 to 2\n";
  expect({
      {"a,b\n1,1\n,2\n3,1\n", "a: number, 1 to 3; 1 missing: median 2 and an indicator\n" + b},
      {"a,b\n1,1\nNA,2\nn/a,2\nNULL,2\nNaN,2\nnone,2\n?,2\n3,1\n",
       "a: number, 1 to 3; 6 missing: median 2 and an indicator\n" + b},
      {with({"unknown"}, 19),
       "a: number, 0 to 18; 'unknown' is missing; 1 missing: median 9 and an indicator\n" + b},
      {with({"x", "y", "z"}, 57),
       "a: number, 0 to 56; 'x', 'y', 'z' are missing; 3 missing: median 28 and an indicator\n" +
           b},
      {with({"#N/A", "\"NA\""}, 38),
       "a: number, 0 to 37; 'NA' is missing; 2 missing: median 18.5 and an indicator\n" + b},
      // 56 of 59 cells are less than 95 %, but of 56 different numbers 80 % are enough.
      {with({"u", "u", "u"}, 57),
       "a: number, 0 to 56; 'u' is missing; 3 missing: median 28 and an indicator\n" + b},
      {with({"u", "u", "u"}, 56),
       "a: number, 0 to 55; 'u' is missing; 3 missing: median 27.5 and an indicator\n" + b},
      {with({"t", "u", "v", "w"}, 100),
       "a: left out: 100 of 104 cells are numbers, but 4 are words: 't' (1), 'u' (1), 'v' (1) and "
       "1 more; --number makes these missing values\n" +
           b},
      {"a,b\n,1\nNA,2\n", "a: left out: no value in any row\n" + b},
      {"a,b\n5,1\n,2\n5,1\n",
       "a: number, 5 to 5; 1 missing: an indicator alone, the rest is constant\n" + b},
      {"a,b\n" + repeat("red,1\nblue,2\n,1\n", 5),
       "a: category, 2 levels ('blue', 'red'); one-hot; 5 missing: a level of their own\n" + b},
      {"a,b\n" + repeat("\"NA\",1\nUS,2\n", 5),
       "a: category, 2 levels ('NA', 'US'); one-hot\n" + b},
      {"a,b\nyes,1\n,2\nno,1\n",
       "a: boolean, no 0, yes 1; 1 missing: median 0.5 and an indicator\n" + b},
      {"a,b\n2024-01-31,1\n,2\n2024-02-01,1\n",
       "a: date (ymd), 2024-01-31 to 2024-02-01; month, day, weekday, day of year, elapsed; 1 "
       "missing: medians and an indicator\n" +
           b},
  });
}

TEST(CraftedFiles, BooleansAndCategories) {
  const std::string b = "b: number, 1 to 2\n";
  expect({
      {"a,b\nTRUE,1\nFALSE,2\n", "a: boolean, false 0, true 1\n" + b},
      {"a,b\nYes,1\nno,2\n", "a: boolean, no 0, yes 1\n" + b},
      {"a,b\nT,1\nf,2\n", "a: boolean, f 0, t 1\n" + b},
      {"a,b\ny,1\nN,2\n", "a: boolean, n 0, y 1\n" + b},
      {"a,b\n-,1\n+,2\n", "a: boolean, - 0, + 1\n" + b},
      {"a,b\n" + repeat("-,1\n0,2\n+,2\n", 5),
       "a: category, 3 levels ('+', '-', '0'); one-hot\n" + b},
      {"a,b\n0,1\n1,2\n", "a: number, 0 to 1\n" + b},
      {"a,b\n" + repeat("true,1\nyes,2\n", 5),
       "a: category, 2 levels ('true', 'yes'); one-hot\n" + b},
      {"a,b\n" + repeat("x,1\ny,2\n", 5) + repeat("z,1\n", 4),
       "a: category, 2 levels ('x', 'y'); one-hot; 4 rows of rarer levels share one slot\n" + b},
      {"a,b\nx,1\ny,2\nz,1\n", "a: left out: none of its 3 levels has 5 training rows\n" + b},
      {"a,b\n" + repeat("5 kg,1\n6 kg,2\n", 5),
       "a: category, 2 levels ('5 kg', '6 kg'); one-hot\n" + b},
      {"a,b\n" + repeat("1,1\n2,2\n", 5),
       "a: category, 2 levels ('1', '2'); one-hot\n" + b,
       {.category = {"a"}}},
      {"a,b\n" + repeat("A,1\n2,2\n2.0,1\n", 5), "a: category, 2 levels ('2', 'A'); one-hot\n" + b},
      {"a,b\n" + repeat("p,1\nq,2\nr,1\ns,1\nt,1\nu,1\n", 5),
       "a: category, 6 levels ('p', 'q', 'r', 's', 't', ...); one-hot\n" + b},
      {rows_of("a,b", 60, [](int i) { return "l" + std::to_string(i % 12) + ",1\n,2"; }),
       "a: category, 12 levels ('l0', 'l1', 'l10', 'l11', 'l2', ...); embedding; 60 missing: a "
       "level of their own\n" +
           b,
       {.embed = true}},
  });
}

TEST(CraftedFiles, Dates) {
  const std::string b = "b: number, 1 to 2\n";
  const std::string parts = "year, month, day, weekday, day of year, elapsed\n";
  const std::string range = "2023-12-31 to 2024-01-15; " + parts + b;
  expect({
      {"a,b\n2023-12-31,1\n2024-01-15,2\n", "a: date (ymd), " + range},
      {"a,b\n2023/12/31,1\n2024/01/15,2\n", "a: date (ymd), " + range},
      {"a,b\n31.12.2023,1\n15.01.2024,2\n", "a: date (dmy), " + range},
      {"a,b\n31/12/2023,1\n15/1/2024,2\n", "a: date (dmy), " + range},
      {"a,b\n12/31/2023,1\n01/15/2024,2\n", "a: date (mdy), " + range},
      {"a,b\n31 Dec 2023,1\n15 Jan 2024,2\n", "a: date (month), " + range},
      {"a,b\n2023-12-31T06:00:00Z,1\n2024-01-15T12:30:00Z,2\n",
       "a: date (ymd), 2023-12-31 06:00:00 to 2024-01-15 12:30:00; year, month, day, weekday, day "
       "of "
       "year, seconds of the day, elapsed\n" +
           b},
      {"a,b\n06:00,1\n12:30,2\n", "a: date (time), 21600 to 45000 s; seconds of the day\n" + b},
      {"a,b\n01/02/2024,1\n03/04/2024,2\n",
       "t.csv:2:1: column 'a': '01/02/2024' may have the day or the month in front, and no cell of "
       "the column tells; expected to be told; give --date-order dmy or mdy"},
      {"a,b\n01/02/2024,1\n03/04/2024,2\n",
       "a: date (dmy), 2024-02-01 to 2024-04-03; month, day, weekday, day of year, elapsed\n" + b,
       {.date_order = "dmy"}},
      {"a,b\n01/02/2024,1\n03/04/2024,2\n",
       "a: date (mdy), 2024-01-02 to 2024-03-04; month, day, weekday, day of year, elapsed\n" + b,
       {.date_order = "mdy"}},
      {"a,b\n01/02/2024,1\n13/02/2024,2\n",
       "a: date (dmy), 2024-02-01 to 2024-02-13; day, weekday, day of year, elapsed\n" + b},
      {"a,b\n13/02/2024,1\n02/13/2024,2\n",
       "t.csv:3:1: column 'a': '02/13/2024' is a date in another order than '13/02/2024'; expected "
       "one order in a column; write dates as 2024-12-31, or give --date-order dmy, mdy or ymd"},
      {"a,b\n13/02/2024,1\n02/13/2024,2\n",
       "t.csv:3:1: column 'a': '02/13/2024' is not a date (dmy); expected what the training rows "
       "held; correct it or leave it empty",
       {.date_order = "dmy"}},
      {rows_of("a,b", 100,
               [](int i) {
                 return fmt::format("24-{:02}-{:02},{}", 1 + i / 28, 1 + i % 28, 1 + i % 2);
               }),
       "a: date (ymd), 2024-01-01 to 2024-04-16; month, day, weekday, day of year, elapsed\n" + b},
      {"a,b\n24/01/05,1\n24/02/06,2\n",
       "t.csv:2:1: column 'a': '24/01/05' may have the day or the year in front, and no cell of "
       "the "
       "column tells; expected to be told; give --date-order dmy or ymd"},
      {"a,b\n24/01/05,1\n24/02/06,2\n",
       "a: date (ymd), 2024-01-05 to 2024-02-06; month, day, weekday, day of year, elapsed\n" + b,
       {.date_order = "ymd"}},
      {"a,b\nDec 2023,1\nJan 2024,2\n",
       "a: date (month), 2023-12-01 to 2024-01-01; year, month, weekday, day of year, elapsed\n" +
           b},
      {"a,b\n\"Sun, 31 Dec 2023\",1\n\"Mon, 15 Jan 2024\",2\n", "a: date (month), " + range},
      {"a,b\n20231231,1\n20240115,2\n", "a: number, 2.02312e+07 to 2.02401e+07\n" + b},
      {"a,b\n" + repeat("2024-01-01,1\n2024-01-02,2\n", 19) + "soon,1\n",
       "a: date (ymd), 2024-01-01 to 2024-01-02; day, weekday, day of year, elapsed; 'soon' is "
       "missing; 1 missing: medians and an indicator\n" +
           b},
  });
}

TEST(CraftedFiles, LeftOut) {
  const auto many = [](int rows, const std::function<std::string(int)>& a) {
    return rows_of("a,b", rows, [&](int i) { return a(i) + "," + std::to_string(1 + i % 2); });
  };
  const auto text = [](int i) { return "text " + std::to_string(i); };
  const std::string b = "b: number, 1 to 2\n";
  expect({
      {"a,b\n7,1\n7,2\n", "a: left out: constant (7) in the training rows\n" + b},
      {"a,b\nred,1\nred,2\n", "a: left out: constant ('red') in the training rows\n" + b},
      {"a,b\nyes,1\nYES,2\n", "a: left out: constant (yes) in the training rows\n" + b},
      {"a,b\n2024-01-01,1\n2024-01-01,2\n",
       "a: left out: constant (2024-01-01) in the training rows\n" + b},
      {many(50, text), "a: left out: unique text: more than half of the rows differ\n" + b},
      {many(50, [&](int i) { return text(i % 26); }),
       "a: left out: unique text: more than half of the rows differ\n" + b},
      {many(50, [&](int i) { return text(i % 25); }),
       "a: left out: none of its 25 levels has 5 training rows\n" + b},
      {many(49, text), "a: left out: none of its 49 levels has 5 training rows\n" + b},
      {many(6006, [&](int i) { return text(i % 1001); }),
       "a: left out: more than 1000 different texts\n" + b},
      {many(1001, [](int i) { return std::to_string(i); }),
       "a: left out: more than 1000 different levels\n" + b,
       {.category = {"a"}}},
      {"id,b\n1,1\n2,2\n3,1\n", "id: left out: row numbers: it counts up by 1\n" + b},
      {",b\n0,1\n1,2\n2,1\n", "unnamed: left out: row numbers: it counts up by 1\n" + b},
      {"No,b\n0,1\n1,2\n2,1\n", "No: left out: row numbers: it counts up by 1\n" + b},
      {"1,5\n2,6\n3,5\n",
       "column_1: left out: row numbers: it counts up by 1\ncolumn_2: number, 5 to 6\n"},
      {"id,b\n2,1\n3,2\n4,1\n", "id: number, 2 to 4\n" + b},
      {"id,b\n1,1\n3,2\n2,1\n", "id: number, 1 to 3\n" + b},
      {"x,b\n1,1\n2,2\n3,1\n", "x: number, 1 to 3\n" + b},
      {"id,y\n1,5\n2,6\n3,5\n", "target: numbers, 5 to 6\nid: number, 1 to 3\n", {}, "y"},
      {"id,b\n1,1\n2,2\n",
       "id: number, 1 to 2\nb: left out: not named by --only\n",
       {.only = {"id"}}},
      {"a,b\n1,1\n2,2\n", "a: left out: as told (--ignore)\n" + b, {.ignore = {"a"}}},
      {"a,y\n7,1\n7,2\n",
       "t.csv: there is no input column ('a': constant (7) in the training rows); expected at "
       "least "
       "one beside the target",
       {},
       "y"},
      {"y\n7\n8\n",
       "t.csv: there is no input column; expected at least one beside the target",
       {},
       "y"},
      {"a b y\n1 2 3.5\n2 3 4.5\n",
       "t.csv: [column] there is no column 'y': the table has one column only; separators are "
       "comma, "
       "semicolon, tab",
       {},
       "y"},
  });
}

// The files of ../shared/cases: 04, 05, 06, 21.
TEST(CraftedFiles, FromPractice) {
  expect({
      {"area,age,rooms\n62.8,27.2,3\n132.6,3.3,7\n22.4,41.9,2\n",
       "target: numbers, 2 to 7\narea: number, 22.4 to 132.6\nage: number, 3.3 to 41.9\n",
       {},
       "rooms"},
      {"a,year,y\n2.338166736175902,2024,1233.8166736175901\n-0.6628,2024,933.7145\n",
       "target: numbers, 933.715 to 1233.82\na: number, -0.6628 to 2.33817\nyear: left out: "
       "constant "
       "(2024) in the training rows\n",
       {},
       "y"},
      {"a;b;y\n1,5;2;3,5\n2,5;3;4,5\n3;1;2,5\n4;4;1,5\n",
       "target: numbers (decimal comma), 1.5 to 4.5\na: number (decimal comma), 1.5 to 4\nb: "
       "number, "
       "1 to 4\n",
       {},
       "y"},
      {"y,a,b\n1.5,1,1e200\n2.5,2,-1e200\n3.5,3,1e199\n4.1,5,3e200\n",
       "target: numbers, 1.5 to 4.1\na: number, 1 to 5\nb: number, -1e+200 to 3e+200\n",
       {},
       "y"},
      {"sep=;\na;b;y\n1;2;3.5\n2;3;4.5\n",
       "target: numbers, 3.5 to 4.5\na: number, 1 to 2\nb: number, 2 to 3\n",
       {},
       "y"},
  });
}

}  // namespace
}  // namespace downhill
