#include "downhill/io/json_reader.h"
#include "downhill/tables/inputs.h"
#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_files::message_of;
using testing_tables::learn;
using testing_tables::message;
using testing_tables::TableFile;

InputColumns from_json(const std::string& text) {
  const JsonDocument document = JsonDocument::parse(text);
  return InputColumns::read(document.root());
}

TEST(InputColumns, RawRowsThatDoNotFitAreRefused) {
  const TableFile file("n;when;flag;p\n1;2024-01-01;yes;5%\n2;2024-01-02;no;6%\n");
  const InputColumns inputs = learn(file.table);
  const auto refused = [&](const std::string& text) {
    const TableFile raw(text);
    return message(raw.path(), [&] { inputs.encode(raw.table); });
  };
  EXPECT_EQ(refused("n;when;flag;p\n1;2024-01-01;yes;5%\nx;2024-01-02;no;6%\n"),
            "t.csv:3:1: column 'n': 'x' is not a number such as -1.5e3; expected what the training "
            "rows held; correct it or leave it empty");
  EXPECT_EQ(
      refused("n;when;flag;p\n1;01.01.2024;yes;5%\n"),
      "t.csv:2:3: column 'when': '01.01.2024' is not a date (ymd); expected what the training "
      "rows held; correct it or leave it empty");
  EXPECT_EQ(
      refused("n;when;flag;p\n1;2024-01-01;perhaps;5%\n"),
      "t.csv:2:14: column 'flag': 'perhaps' is not no or yes; expected what the training rows "
      "held; correct it or leave it empty");
  EXPECT_EQ(refused("n;when;flag;p\n1;2024-01-01;yes;0.5\n"),
            "t.csv:2:18: column 'p': '0.5' is not a number (percent); expected what the training "
            "rows held; correct it or leave it empty");
  EXPECT_EQ(refused("n;when;flag;p\n1;2024-01-01;1;5%\n").find("t.csv:2:14: column 'flag': '1' is"),
            0u);
  EXPECT_EQ(refused("n;x\n1;2\n"),
            "t.csv: 3 of the columns that the model was trained on are missing: 'when', 'flag', "
            "'p'; expected all of them by name; rename or add columns of the file");
  EXPECT_EQ(refused("n|when|flag|p\n1|2024-01-01|yes|5%\n")
                .find("t.csv: 4 of the columns that the model was trained on are missing"),
            0u);
  EXPECT_NE(refused("n|when|flag|p\n1|2024-01-01|yes|5%\n").find("one column only"),
            std::string::npos);
  EXPECT_EQ(refused("n;when;flag;p\n1e300;2024-01-01;yes;5%\n"),
            "t.csv:2:1: column 'n': the value is more than 3e38 deviations from the training rows; "
            "expected values like theirs; correct it or leave it empty");
}

TEST(InputColumns, OptionsThatDoNotFit) {
  const TableFile file("a,b\n1,2\n2,3\n");
  const auto refused = [&](const InputOptions& options) {
    return message_of<UsageError>([&] { learn(file.table, options); });
  };
  EXPECT_EQ(refused({.ignore = {"c"}}), file.table.file +
                                            ": [column] there is no column 'c'; the table has a, "
                                            "b, and a number from 1 to 2 will do");
  EXPECT_EQ(refused({.ignore = {"a"}, .only = {"1"}}),
            "--ignore names 'a', and so does --only; expected one of them");
  EXPECT_EQ(refused({.decimal = "dot"}), "--decimal is 'dot'; expected point or comma");
  EXPECT_EQ(refused({.date_order = "dym"}), "--date-order is 'dym'; expected dmy, mdy or ymd");
  EXPECT_THROW(InputColumns::learn(file.table, {}, {}, {}), UsageError);
  const std::vector<std::int64_t> beyond = {2};
  EXPECT_THROW(InputColumns::learn(file.table, {}, {}, beyond), UsageError);
}

TEST(InputColumns, HostileModelFilesAreRefused) {
  const std::string number =
      R"({"name":"a","kind":"number","parts":[{"center":0,"scale":1,"median":0}]})";
  const std::string category =
      R"({"name":"c","kind":"category","levels":["a","b"],"counts":[5,6]})";
  EXPECT_EQ(from_json("[" + number + "," + category + "]").width(), 3);
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return "[" + text.replace(at, from.size(), to) + "]";
  };
  for (const std::string& bad :
       {std::string("{}"),
        std::string("[]"),
        std::string("[1]"),
        "[" + number + "," + number + "]",
        with(number, "\"scale\":1", "\"scale\":0"),
        with(number, "\"scale\":1", "\"scale\":-1"),
        with(number, "\"scale\":1", "\"scale\":\"nan\""),
        with(number, "\"center\":0", "\"center\":\"inf\""),
        with(number, "\"median\":0", "\"median\":\"nan\""),
        with(number, "\"number\"", "\"boolean\""),
        with(number, "\"number\"", "\"date\""),
        with(number, "\"number\"", "\"left out\""),
        with(number, "\"number\"", "\"x\""),
        with(number, "\"number\"", "\"category\""),
        with(number, "\"kind\"", "\"levels\":[\"a\"],\"counts\":[5],\"kind\""),
        with(number, "\"kind\"", "\"low\":2,\"high\":1,\"kind\""),
        with(number, "\"kind\"", "\"notation\":{\"decimal\":\"x\"},\"kind\""),
        with(number, "\"kind\"", "\"notation\":{\"decimal\":\"comma\",\"group\":\",\"},\"kind\""),
        with(number, "\"kind\"", "\"notation\":{\"decimal\":\"point\",\"group\":\"5\"},\"kind\""),
        with(number, "\"kind\"", "\"embedded\":true,\"kind\""),
        with(number, "\"kind\"", "\"other\":1,\"kind\""),
        with(number, "\"parts\":[{\"center\":0,\"scale\":1,\"median\":0}]", "\"low\":0"),
        with(category, "[\"a\",\"b\"]", "[\"b\",\"a\"]"),
        with(category, "[\"a\",\"b\"]", "[\"a\",\"a\"]"),
        with(category, "[5,6]", "[5]"),
        with(category, "[5,6]", "[5,0]"),
        with(category, "[5,6]", "[5,-1]"),
        with(category, "\"levels\":[\"a\",\"b\"],\"counts\":[5,6]", "\"others\":5")})
    EXPECT_THROW(from_json(bad), JsonError) << bad;
}

}  // namespace
}  // namespace downhill
