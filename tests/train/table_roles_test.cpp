// A column has one role, and what the options say of it is never silently void.
#include <functional>

#include "downhill/core/error.h"
#include "downhill/train/detail/table_task.h"
#include "tests/tables/tables_support.h"
#include "tests/train/table_case.h"

namespace downhill {
namespace {

using testing_tables::rows_of;

class TableRoles : public testing_tables::TableCase {
 protected:
  TableRunOptions table(const std::function<void(TableRunOptions&)>& change) {
    TableRunOptions o = options(rows_of("g,x,y,w,t", 60,
                                        [](int i) {
                                          const std::string g(1, static_cast<char>('A' + i % 3));
                                          return g + "," + std::to_string(i % 7) + "," + g + "," +
                                                 std::to_string(1 + i % 2) + "," +
                                                 std::to_string(i);
                                        }),
                                "y");
    o.epochs = 2;
    change(o);
    return o;
  }
  static std::string refusal(const TableRunOptions& o) {
    try {
      run_table(o);
    } catch (const UsageError& error) {
      return std::string("usage: ") + error.what();
    } catch (const FileError& error) {
      return std::string("data: ") + error.what();
    }
    return "";
  }
  static std::string notes(const TableRunOptions& o) {
    std::string all;
    for (const std::string& note : detail::prepare_table(o).notes) all += note + "\n";
    return all;
  }
};

TEST_F(TableRoles, TheTargetIsNothingElse) {
  using O = TableRunOptions;
  for (std::string O::*const option : {&O::split_by_group, &O::split_by_time, &O::weight}) {
    const std::string by_name = refusal(table([&](O& o) { o.*option = "y"; }));
    EXPECT_TRUE(by_name.starts_with("usage: ")) << by_name;
    EXPECT_NE(by_name.find("'y' is the target and "), std::string::npos) << by_name;
    const std::string by_number = refusal(table([&](O& o) { o.*option = "3"; }));
    EXPECT_NE(by_number.find("'y' is the target and "), std::string::npos) << by_number;
    const std::string check = refusal(table([&](O& o) {
      o.target = "3";
      o.*option = "3";
    }));
    EXPECT_NE(check.find("is the target and "), std::string::npos) << check;
  }
}

TEST_F(TableRoles, NoColumnHasTwo) {
  EXPECT_NE(
      refusal(table([](auto& o) { o.weight = o.split_by_group = "w"; })).find("is the weight and"),
      std::string::npos);
  EXPECT_NE(
      refusal(table([](auto& o) { o.weight = o.split_by_time = "t"; })).find("is the weight and"),
      std::string::npos);
  EXPECT_NE(refusal(table([](auto& o) { o.category = "x,y"; })).find("--task classes"),
            std::string::npos);
  EXPECT_NE(refusal(table([](auto& o) { o.category = "3"; })).find("--task classes"),
            std::string::npos);
}

TEST_F(TableRoles, WhatSaysNothingIsSaid) {
  EXPECT_NE(notes(table([](auto& o) { o.ignore = "y,t"; })).find("--ignore names 'y', the target"),
            std::string::npos);
  EXPECT_NE(notes(table([](auto& o) {
              o.only = "x,w";
              o.weight = "w";
            })).find("--only names 'w', the weight"),
            std::string::npos);
  EXPECT_EQ(notes(table([](auto& o) { o.ignore = "t"; })), "");
  EXPECT_EQ(notes(table([](auto& o) { o.ignore = o.split_by_time = "t"; })), "");
}

TEST_F(TableRoles, TwiceTheSameNameIsOnce) {
  EXPECT_EQ(refusal(table([](auto& o) { o.ignore = "t,t,5"; })), "");
  EXPECT_EQ(refusal(table([](auto& o) { o.only = "x,x"; })), "");
}

}  // namespace
}  // namespace downhill
