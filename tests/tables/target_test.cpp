#include "downhill/tables/target.h"

#include <cmath>

#include "downhill/tables/row_columns.h"
#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_files::message_of;
using testing_tables::message;
using testing_tables::repeat;
using testing_tables::rows_of;
using testing_tables::TableFile;
using Kind = TargetColumn::Kind;
using Labels = std::vector<std::string>;
using Codes = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

TargetColumn target(const std::string& text, const std::string& decimal = "",
                    bool as_text = false) {
  const TableFile file(text, {.decimal_comma = decimal == "comma"});
  return read_target(file.table, find_column(file.table, "y"), decimal, as_text);
}

std::string refused(const std::string& text, const std::string& decimal = "") {
  const TableFile file(text);
  return message(file.path(),
                 [&] { read_target(file.table, find_column(file.table, "y"), decimal); });
}

TEST(TargetColumn, Numbers) {
  const TargetColumn y = target("a,y\n1,2.5\n2,-1\n3,2.5\n");
  EXPECT_EQ(y.kind, Kind::numbers);
  EXPECT_EQ(y.numbers, (Numbers{2.5, -1, 2.5}));
  EXPECT_EQ(y.sentence, "numbers, -1 to 2.5");
  EXPECT_EQ(y.distinct, 2);
  EXPECT_EQ(y.least_rows, 1);
  EXPECT_FALSE(y.whole);
  EXPECT_TRUE(y.codes.empty());
  EXPECT_TRUE(target("a,y\n1,2\n2,1e9\n").whole);
  EXPECT_FALSE(target("a,y\n1,2\n2,1e17\n").whole) << "beyond 2^53 nothing is known of whole";
}

// Case 05: decimal commas and percent.
TEST(TargetColumn, Notations) {
  const TargetColumn comma = target("a;b;y\n14;7;49,04\n14;3;45,20\n16;9;57,43\n30;4;1.194,03\n");
  EXPECT_EQ(comma.numbers, (Numbers{49.04, 45.2, 57.43, 1194.03}));
  EXPECT_EQ(comma.sentence, "numbers (decimal comma, thousands points), 45.2 to 1194.03");
  const TargetColumn percent = target("a,y\n1,14%\n2,50.3%\n");
  EXPECT_EQ(percent.numbers, (Numbers{14, 50.3}));
  EXPECT_TRUE(percent.notation.percent);
  EXPECT_EQ(target("a,y\n1,\"40,205\"\n2,\"1,300,000\"\n").numbers, (Numbers{40205, 1300000}));
  EXPECT_EQ(target("a,y\n1,\"40,205\"\n2,\"1,300\"\n", "point").numbers, (Numbers{40205, 1300}));
  EXPECT_EQ(target("a,y\n1,\"40,205\"\n2,\"1,300\"\n", "comma").numbers, (Numbers{40.205, 1.3}));
  EXPECT_EQ(target("a;y\n1;40.205\n2;1.300\n", "comma").numbers, (Numbers{40205, 1300}));
  EXPECT_EQ(refused("a,y\n1,\"40,205\"\n2,\"1,300\"\n"),
            "t.csv:2:3: column 'y': '40,205' may have a decimal comma or a mark between thousands, "
            "and no cell of the column tells; expected to be told; give --decimal point or "
            "--decimal comma");
}

// Case 17: one cell of text makes the target text, whatever the order of rows.
TEST(TargetColumn, OneKindWhateverTheOrderOfRows) {
  const TargetColumn first = target("a,b,y\n1,2,1\n2,3,2\n3,1,A\n4,4,2\n7,4,1\n6,2,A\n");
  const TargetColumn second = target("a,b,y\n3,1,A\n1,2,1\n2,3,2\n4,4,2\n7,4,1\n6,2,A\n");
  for (const TargetColumn* y : {&first, &second}) {
    EXPECT_EQ(y->kind, Kind::text);
    EXPECT_EQ(y->labels, (Labels{"1", "2", "A"}));
    EXPECT_EQ(y->least_rows, 2);
  }
  EXPECT_EQ(first.codes, (Codes{0, 1, 2, 1, 0, 2}));
  EXPECT_EQ(second.codes, (Codes{2, 0, 1, 1, 0, 2}));
  for (const char* text : {"a,y\n1,inf\n2,low\n3,inf\n", "a,y\n2,low\n1,inf\n3,inf\n"})
    EXPECT_EQ(target(text).labels, (Labels{"inf", "low"})) << text;
}

TEST(TargetColumn, LabelsAreAsTheFileWritesThem) {
  EXPECT_EQ(target("a,y\n1,01\n2,1\n3,A\n4,1.0\n").labels, (Labels{"01", "1", "1.0", "A"}));
  EXPECT_EQ(target("a,y\n1,01\n2,1\n", "", true).labels, (Labels{"01", "1"})) << "told: text";
}

TEST(TargetColumn, MissingWordsAreClassesInQuotesOnly) {
  const TargetColumn quoted = target("a,y\n1,\"NA\"\n2,\"US\"\n3,\"NA\"\n");
  EXPECT_EQ(quoted.labels, (Labels{"NA", "US"}));
  EXPECT_TRUE(quoted.missing.empty());
  const TargetColumn none = target("a,y\n1,None\n2,High\n3,?\n4,Low\n5,\n");
  EXPECT_EQ(none.labels, (Labels{"High", "Low"}));
  EXPECT_EQ(none.missing, (Codes{0, 2, 4}));
  EXPECT_EQ(none.codes, (Codes{-1, 0, -1, 1, -1}));
  const TargetColumn numbers = target("a,y\n1,\n2,5\n3,nan\n");
  EXPECT_EQ(numbers.missing, (Codes{0, 2}));
  EXPECT_TRUE(std::isnan(numbers.numbers[0]));
  EXPECT_EQ(numbers.distinct, 1);
}

// Case 07: the second class is the same, however the two are written.
TEST(TargetColumn, BooleansHaveFalseFirst) {
  for (const char* text : {"a,y\n1,no\n2,yes\n3,no\n", "a,y\n1,False\n2,TRUE\n3,false\n",
                           "a,y\n1,f\n2,T\n3,F\n", "a,y\n1,N\n2,y\n3,n\n"}) {
    const TargetColumn y = target(text);
    EXPECT_EQ(y.kind, Kind::booleans) << text;
    EXPECT_EQ(y.codes, (Codes{0, 1, 0})) << text;
    EXPECT_EQ(y.numbers, (Numbers{0, 1, 0})) << text;
  }
  EXPECT_EQ(target("a,y\n1,False\n2,TRUE\n3,false\n").labels, (Labels{"False", "TRUE"}));
  EXPECT_EQ(target("a,y\n1,true\n2,FALSE\n").labels, (Labels{"FALSE", "true"}));
  EXPECT_EQ(target("a,y\n1,yes\n2,yes\n").numbers, (Numbers{1, 1}));
  EXPECT_EQ(target("a,y\n1,yes\n2,no\n3,maybe\n").kind, Kind::text);
}

// Under 2 % of the cells: 1 of 51 is a mistake, 1 of 50 makes it text.
TEST(TargetColumn, AFewWordsAmongNumbersAreMistakes) {
  const auto text = [](int numbers) {
    return rows_of("a,y", numbers, [](int i) { return "1," + std::to_string(i % 7); }) + "1,x\n";
  };
  EXPECT_EQ(
      refused(text(50)),
      "t.csv:52:3: the target 'y': 'x' is not a number, as 50 of 51 cells are (1 is not); "
      "expected numbers in every row; correct them, remove their rows, or leave them empty and "
      "give --drop-missing-target");
  EXPECT_EQ(target(text(49)).kind, Kind::text);
  EXPECT_EQ(refused(rows_of("a,y", 60, [](int i) { return "1," + std::to_string(i); }) + "1,inf\n")
                .find("t.csv:62:3: the target 'y': 'inf' is not a number"),
            0u);
}

TEST(TargetColumn, TextHasFewLabels) {
  const auto text = [](int rows, int labels) {
    return rows_of("a,y", rows, [&](int i) { return "1,l" + std::to_string(i % labels); });
  };
  EXPECT_EQ(target(text(40, 20)).distinct, 20);
  EXPECT_EQ(target(text(300, 30)).distinct, 30);
  EXPECT_EQ(refused(text(40, 21)),
            "t.csv:2:3: column 'y': the target is text with 21 different labels in 40 rows ('l0', "
            "'l1', 'l10', ...); expected at most 20 classes, or numbers; take units out of the "
            "numbers, merge labels, or name another --target");
  EXPECT_NE(refused(text(300, 31)), "");
  EXPECT_EQ(refused("a,y\n1,\n2,NA\n"),
            "t.csv:2:3: the target 'y' has no value in any row; expected one in every row; name "
            "another --target");
}

TEST(TargetColumn, NumbersBecomeClasses) {
  TargetColumn y = target("a,y\n1,10\n2,9\n3,-0.5\n4,10\n5,\n");
  y.become_classes();
  EXPECT_EQ(y.labels, (Labels{"-0.5", "9", "10"}));
  EXPECT_EQ(y.codes, (Codes{2, 1, 0, 2, -1}));
  TargetColumn many = target(rows_of("a,y", 25, [](int i) { return "1," + std::to_string(i); }));
  EXPECT_EQ(message_of<DataError>([&] { many.become_classes(); }),
            "the target 'y' has 25 different numbers in 25 rows; expected at most 20 classes; use "
            "--task numbers");
}

TEST(RowColumns, WeightsTimesAndGroups) {
  const TableFile file("w;when;g\n1,5;31.12.2024;b\n2;01.01.2025;a\n0;02.01.2025 12:00;b\n");
  EXPECT_EQ(number_of_each_row(file.table, 0, "--weight"), (Numbers{1.5, 2, 0}));
  EXPECT_EQ(time_of_each_row(file.table, 1), (Numbers{1735603200, 1735689600, 1735819200}));
  EXPECT_EQ(time_of_each_row(file.table, 0), (Numbers{1.5, 2, 0}));
  EXPECT_EQ(group_of_each_row(file.table, 2), (Codes{0, 1, 0}));
  const TableFile bad("w,g,t\n1,5,2024-01-01\n,5,2024-01-02\nx,NA,\n4,,2024-01-05\n");
  EXPECT_EQ(message(bad.path(), [&] { number_of_each_row(bad.table, 0, "--weight"); }),
            "t.csv:3:1: --weight 'w': '' is not a number; expected one in every row; correct it or "
            "name another column");
  EXPECT_EQ(group_of_each_row(bad.table, 1), (Codes{0, 0, 1, 2})) << "missing: its own";
  EXPECT_EQ(message(bad.path(), [&] { time_of_each_row(bad.table, 2); }),
            "t.csv:4:6: --split-by-time 't': '' is not a number or a date; expected one in every "
            "row; correct it or name another column");
}

}  // namespace
}  // namespace downhill
