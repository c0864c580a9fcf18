#include "downhill/tables/detail/date_text.h"

#include <gtest/gtest.h>

#include <vector>

#include "downhill/tables/detail/values.h"

namespace downhill::detail {
namespace {

struct Good {
  const char* text;
  unsigned orders;
  double local, utc;
};

// Seconds by `date -u -d '2024-12-31' +%s` and by hand.
TEST(DateText, CommonForms) {
  const double day = 1735603200, noon = 43200;
  constexpr unsigned kBoth = kDayFirst | kMonthFirst;
  const std::vector<Good> cases = {
      {"2024-12-31", kYearFirst, day, day},
      {"2024/12/31", kYearFirst, day, day},
      {"2024.12.31", kYearFirst, day, day},
      {"31.12.2024", kDayFirst, day, day},
      {"31/12/2024", kDayFirst, day, day},
      {"31-12-2024", kDayFirst, day, day},
      {"31.12.24", kDayFirst, day, day},
      {"12/31/2024", kMonthFirst, day, day},
      {"12/31/24", kMonthFirst, day, day},
      {"31 Dec 2024", kNamedMonth, day, day},
      {"31-Dec-2024", kNamedMonth, day, day},
      {"31. December 2024", kNamedMonth, day, day},
      {"Dec 31, 2024", kNamedMonth, day, day},
      {"december 31 2024", kNamedMonth, day, day},
      {"2024-Dec-31", kNamedMonth, day, day},
      {"2024-12", kYearFirst, 1733011200, 1733011200},
      {"2024-12-31T12:00:00Z", kYearFirst, day + noon, day + noon},
      {"2024-12-31 12:00", kYearFirst, day + noon, day + noon},
      {"2024-12-31T12:00:00+02:00", kYearFirst, day + noon, day + noon - 7200},
      {"2024-12-31 12:00:00.250-0530", kYearFirst, day + noon + 0.25, day + noon + 0.25 + 19800},
      {"2024-12-31 12:00:00 UTC", kYearFirst, day + noon, day + noon},
      {"12/31/2024 12:00 PM", kMonthFirst, day + noon, day + noon},
      {"12/31/2024, 12:00:00 AM", kMonthFirst, day, day},
      {"31.12.2024 7:05", kDayFirst, day + 25500, day + 25500},
      {"1970-01-01", kYearFirst, 0, 0},
      {"1969-12-31 23:59:59", kYearFirst, -1, -1},
      {"2000-02-29", kYearFirst, 951782400, 951782400},
      {"01/02/2024", kBoth, 1706745600, 1706745600},  // as the first of February
      {"01.02.2024", kDayFirst, 1706745600, 1706745600},
      {"12:30", kTimeOnly, 45000, 45000},
      {"00:00:01.5", kTimeOnly, 1.5, 1.5},
      {"1:30 pm", kTimeOnly, 48600, 48600}};
  for (const Good& good : cases) {
    EXPECT_EQ(date_orders(good.text), good.orders) << good.text;
    Moment moment;
    const unsigned order = good.orders == kBoth ? unsigned{kDayFirst} : good.orders;
    ASSERT_TRUE(read_date(good.text, order, moment)) << good.text;
    EXPECT_EQ(moment.local, good.local) << good.text;
    EXPECT_EQ(moment.utc, good.utc) << good.text;
  }
}

TEST(DateText, WhatIsNoDate) {
  for (const char* text : {"",
                           "2024",
                           "2024-13-01",
                           "2023-02-29",
                           "1900-02-29",
                           "31.04.2024",
                           "0/1/2024",
                           "1.2.3",
                           "1.2.3.4",
                           "2024-12-31T",
                           "2024-12-31 ",
                           "2024-12-31 25:00",
                           "2024-12-31 12:60",
                           "2024-12-31 12:00:61",
                           "2024-12-31 12:00 xyz",
                           "31 Foo 2024",
                           "12:5",
                           "24:00",
                           "13:00 pm",
                           "2024-12-31x",
                           "12-31",
                           "1/2",
                           "2024-1",
                           "31/12-2024",
                           "99999-01-01",
                           "+1-2-2000",
                           "Dec",
                           "Dec 2024 31",
                           "2024-12-31T12:00:00+25:00",
                           "1 2 2024",
                           "may be",
                           "123/45/6789"})
    EXPECT_EQ(date_orders(text), text == std::string("2024-12-31 ") ? unsigned{kYearFirst} : 0u)
        << text;
  Moment moment;
  EXPECT_FALSE(read_date("12/31/2024", kDayFirst, moment));
  EXPECT_FALSE(read_date("12:30", kYearFirst, moment));
  EXPECT_FALSE(read_date("2024-12-31", kTimeOnly, moment));
}

// Python: datetime(2024, 12, 31, 7, 5).timetuple(), isoweekday() = 2.
TEST(DateText, Parts) {
  const double local = 1735603200 + 25500, utc = local - 3600;
  const std::vector<double> expected = {2024, 12, 31, 2, 366, 25500, utc};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(date_part(date_parts()[i], local, utc), expected[i]) << date_parts()[i];
  EXPECT_EQ(date_part("weekday", -1, -1), 3) << "1969-12-31 was a Wednesday";
  EXPECT_EQ(date_part("seconds", -1, -1), 86399);
  EXPECT_EQ(date_text(local), "2024-12-31 07:05:00");
  EXPECT_EQ(date_text(0), "1970-01-01");
}

}  // namespace
}  // namespace downhill::detail
