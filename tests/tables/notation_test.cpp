#include "downhill/tables/notation.h"

#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

Notation notation(char decimal, char group, const char* currency = "", bool percent = false) {
  return {decimal, group, percent, currency};
}
const Notation kC, kGerman = notation(',', '.'), kEnglish = notation('.', ','),
                   kSwiss = notation('.', '\''), kFrench = notation(',', ' '),
                   kPercent = notation('.', '\0', "", true), kDollar = notation('.', ',', "$"),
                   kEuro = notation(',', '\0', "€");

struct Good {
  std::string text;
  Notation notation;
  double value;
};

TEST(Notation, ReadsNumbersAsTheyAreWritten) {
  const std::vector<Good> cases = {{"-1.5e3", kC, -1500},
                                   {"+7", kC, 7},
                                   {"−2.5", kC, -2.5},  // U+2212
                                   {"(12)", kC, -12},
                                   {"1.234,5", kGerman, 1234.5},
                                   {"1.234.567", kGerman, 1234567},
                                   {"-0,5", kGerman, -0.5},
                                   {"1,5e-2", kGerman, 0.015},
                                   {"1234,5", kGerman, 1234.5},
                                   {"12", kGerman, 12},
                                   {"1,234,567.89", kEnglish, 1234567.89},
                                   {"999", kEnglish, 999},
                                   {"1'234.5", kSwiss, 1234.5},
                                   {"1’234", kSwiss, 1234},
                                   {"1 234,5", kFrench, 1234.5},
                                   {"1\u00A0234,5", kFrench, 1234.5},
                                   {"−1\u202F234", kFrench, -1234},
                                   {"50.3%", kPercent, 50.3},
                                   {"50.3 %", kPercent, 50.3},
                                   {"-3%", kPercent, -3},
                                   {"0", kPercent, 0},
                                   {"$1,234.50", kDollar, 1234.5},
                                   {"-$5", kDollar, -5},
                                   {"$-5", kDollar, -5},
                                   {"($5)", kDollar, -5},
                                   {"7", kDollar, 7},
                                   {"12,50 €", kEuro, 12.5},
                                   {"€ 12", kEuro, 12},
                                   {"12 US$", notation('.', '\0', "US$"), 12}};
  for (const Good& good : cases) {
    double value = 0;
    EXPECT_TRUE(read_number(good.text, good.notation, value)) << good.text;
    EXPECT_EQ(value, good.value) << good.text;
  }
}

TEST(Notation, RefusesWhatIsNone) {
  const std::vector<std::pair<std::string, Notation>> cases = {{"", kC},
                                                               {"1,5", kC},
                                                               {"1.5", kFrench},
                                                               {"1.5", kGerman},
                                                               {"12.34", kGerman},
                                                               {"1,23", kEnglish},
                                                               {"1,2345", kEnglish},
                                                               {"1234,567", kEnglish},
                                                               {"0,123", kEnglish},
                                                               {"50.3", kPercent},
                                                               {"50%", kC},
                                                               {"€5", kDollar},
                                                               {"$5", kC},
                                                               {"--5", kC},
                                                               {"-(5)", kC},
                                                               {"5-", kC},
                                                               {"1e999", kC},
                                                               {"1 2", kFrench},
                                                               {"5 kg", kC},
                                                               {"1'23", kSwiss},
                                                               {",", kEuro},
                                                               {"1,", kEnglish},
                                                               {"e5", kC},
                                                               {"1e", kC},
                                                               {"$", kDollar},
                                                               {"%", kPercent},
                                                               {"1,234.5.6", kEnglish}};
  for (const auto& [text, notation] : cases) {
    double value = 0;
    EXPECT_FALSE(read_number(text, notation, value)) << text << " is " << value;
  }
}

TEST(Notation, IsDescribed) {
  EXPECT_EQ(describe(kC), "");
  EXPECT_EQ(describe(kGerman), "decimal comma, thousands points");
  EXPECT_EQ(describe(kDollar), "thousands commas, $");
  EXPECT_EQ(describe(kFrench), "decimal comma, thousands spaces");
  EXPECT_EQ(describe(kSwiss), "thousands apostrophes");
  EXPECT_EQ(describe(kPercent), "percent");
}

}  // namespace
}  // namespace downhill
