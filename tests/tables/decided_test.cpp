// What is decided of columns with words, of codes, and of notations over inputs and target together;
// and what is said of it.
#include "tests/tables/tables_support.h"

namespace downhill {
namespace {

using testing_tables::rows_of;
using testing_tables::TableFile;
using testing_tables::understood;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string notes(const std::string& text, const InputOptions& options = {}) {
  const TableFile file(text);
  std::string all;
  for (const std::string& note : testing_tables::learn(file.table, options).notes)
    all += note + "\n";
  return all;
}

TEST(Decided, PointsMayBeThousandsWhereTheTargetOrAnInputHasDecimalCommas) {
  const auto row = [](int i) {
    return std::to_string(1 + i % 9) + "." + std::to_string(100 + i) + ";" + std::to_string(i) +
           ",5";
  };
  const std::string table = rows_of("price;y", 40, row);
  for (const char* target : {"", "price", "y"}) {
    const std::string text = understood(table, {}, target);
    EXPECT_TRUE(has(text, "--decimal")) << target << text;
    EXPECT_FALSE(has(text, "number, ")) << target << text;
    const std::string told = understood(table, {.decimal = "comma"}, target);
    EXPECT_TRUE(has(told, "thousands points")) << target << told;
  }
  // Without a decimal comma there is nothing to doubt.
  const std::string plain = rows_of("price;y", 40, [](int i) {
    return std::to_string(1 + i % 9) + "." + std::to_string(100 + i) + ";" + std::to_string(i);
  });
  EXPECT_TRUE(has(understood(plain, {}, "price"), "numbers, 1.1"))
      << understood(plain, {}, "price");
  // A point that is none of thousands settles it.
  EXPECT_FALSE(has(understood(table + "1.25;3,5\n", {}, "price"), "--decimal"));
}

std::string ages(const std::string& word, int words, int different) {
  return rows_of("age,x", 100, [&](int i) {
    return (i < words ? word : std::to_string(20 + i % different)) + "," + std::to_string(i % 7);
  });
}

TEST(Decided, FewWordsAmongManyNumbersAreMissingAndNamed) {
  for (const int words : {3, 10, 20}) {
    EXPECT_TRUE(has(understood(ages("unknown", words, 60)), "age: number, 20 to")) << words;
    const std::string said = notes(ages("unknown", words, 60));
    EXPECT_TRUE(has(said, "'age': " + std::to_string(words) + " of 100 cells are words")) << said;
    EXPECT_TRUE(has(said, "'unknown' (" + std::to_string(words) + ")")) << said;
    EXPECT_TRUE(has(said, "--category")) << said;
  }
  EXPECT_EQ(notes(ages("", 10, 60)), "") << "empty cells are missing and no news";
}

TEST(Decided, FewWordsAmongFewNumbersAreLevelsAndNamed) {
  for (const auto& [words, different] : {std::pair(10, 6), std::pair(25, 30)}) {
    const std::string table = ages("unknown", words, different);
    EXPECT_TRUE(has(understood(table), "age: category")) << understood(table);
    EXPECT_TRUE(has(notes(table), "'unknown' (" + std::to_string(words) + "); --number"))
        << notes(table);
    const InputOptions told{.number = {"age"}};
    EXPECT_TRUE(has(understood(table, told), "age: number, 20 to")) << understood(table, told);
    EXPECT_TRUE(has(understood(table, told), "'unknown' is missing"));
  }
  EXPECT_TRUE(has(understood(ages("unknown", 10, 60), {.category = {"age"}}), "age: category"));
}

TEST(Decided, UniqueNumbersAmongWordsAreNoUniqueText) {
  const std::string table = rows_of("x,y", 100, [](int i) {
    return (i % 3 == 0 ? std::string("n.d.") : "0." + std::to_string(1000 + i)) + "," +
           std::to_string(i % 7);
  });
  EXPECT_TRUE(has(understood(table), "x: left out: 66 of 100 cells are numbers"))
      << understood(table);
  EXPECT_TRUE(has(understood(table), "'n.d.' (34); --number")) << understood(table);
}

TEST(Decided, WordsInATargetOfNumbersAreMistakesHoweverMany) {
  const std::string table = rows_of("x,y", 80, [](int i) {
    return std::to_string(i) + "," +
           (i % 20 == 7 ? std::string("pending") : "0." + std::to_string(1000 + i));
  });
  const std::string text = understood(table, {}, "y");
  EXPECT_TRUE(has(text, "'pending' is not a number, as 76 of 80 cells are")) << text;
  EXPECT_TRUE(has(text, "--drop-missing-target")) << text;
}

TEST(Decided, CodesWithZerosInFrontAreNoNumbers) {
  const auto zip = [](const char* first, const char* more) {
    return rows_of("zip,x", 60, [&](int i) {
      return std::string(i % 2 == 0 ? first : more) + "," + std::to_string(i % 7);
    });
  };
  EXPECT_TRUE(has(understood(zip("01234", "90210")), "zip: category, 2 levels ('1234', '90210')"))
      << understood(zip("01234", "90210"));
  EXPECT_TRUE(has(notes(zip("01234", "90210")), "'zip': codes of 5 digits")) << "said";
  EXPECT_TRUE(has(understood(zip("01234", "90210"), {.number = {"zip"}}), "zip: number, 1234"));
  EXPECT_TRUE(has(understood(zip("01234", "9021")), "zip: number")) << "unequal width";
  EXPECT_TRUE(has(understood(zip("11234", "90210")), "zip: number")) << "no zero in front";
  EXPECT_TRUE(has(understood(zip("01", "12")), "zip: number")) << "months";
  EXPECT_TRUE(has(understood(zip("0.234", "0.210")), "zip: number")) << "fractions";
}

TEST(Decided, NumbersWithSomethingAroundThemAreHintedAt) {
  for (const char* form : {"{}.4 cm", "{}.34-", "'{}.5", "=\"\"{}\"\"", "({}.99) USD"}) {
    const std::string table = rows_of("a,y", 60, [&](int i) {
      std::string cell = form;
      cell.replace(cell.find("{}"), 2, std::to_string(100 + i));
      return (cell[0] == '=' ? "\"" + cell + "\"" : cell) + "," + std::to_string(i % 7);
    });
    EXPECT_TRUE(has(understood(table), "each holds a number, as ")) << understood(table);
  }
  for (const char* form : {"street {}", "SKU-{}", "a 1 b {}"}) {
    const std::string table = rows_of("a,y", 60, [&](int i) {
      std::string cell = form;
      cell.replace(cell.find("{}"), 2, std::to_string(100 + i));
      return cell + "," + std::to_string(i % 7);
    });
    EXPECT_FALSE(has(understood(table), "each holds a number")) << understood(table);
  }
}

TEST(Decided, LevelsThatDifferInCaseOnlyAreSaid) {
  const auto sizes = [](const char* more) {
    return rows_of("size,y", 60, [&](int i) {
      return std::string(i % 3 == 0   ? "Low"
                         : i % 3 == 1 ? "High"
                                      : more) +
             "," + std::to_string(i % 7);
    });
  };
  EXPECT_TRUE(has(notes(sizes("low")), "'Low' and 'low' differ in case only"))
      << notes(sizes("low"));
  EXPECT_FALSE(has(notes(sizes("mid")), "differ in case"));
}

TEST(Decided, TelephoneNumbersAreText) {
  const std::string table = rows_of("phone,y", 60, [](int i) {
    return "+49 " + std::to_string(100 + i) + " 456," + std::to_string(i % 7);
  });
  EXPECT_TRUE(has(understood(table), "phone: left out: unique text")) << understood(table);
  EXPECT_TRUE(has(understood(rows_of("a,y", 60,
                                     [](int i) {
                                       return "\"+1," + std::to_string(100 + i) + "\"," +
                                              std::to_string(i % 7);
                                     }),
                             {.decimal = "point"}),
                  "a: number (thousands commas)"));
}

TEST(Decided, MoneyOfMoreCountries) {
  const auto amounts = [](const std::string& before, const std::string& after) {
    return understood(rows_of("a;y", 60, [&](int i) {
      return before + std::to_string(10 + i) + after + ";" + std::to_string(i % 7);
    }));
  };
  EXPECT_TRUE(has(amounts("", " Kč"), "a: number (Kč), 10 to 69"));
  EXPECT_TRUE(has(amounts("", ",25 zł"), "a: number (decimal comma, zł), 10.25 to 69.25"));
  EXPECT_TRUE(
      has(amounts("R$ 4.", "0,96"), "a: number (decimal comma, thousands points, R$), 4100.96"));
  EXPECT_TRUE(has(amounts("₹60,", ",175"), "a: number (thousands commas, ₹), 6.01018e+06"))
      << amounts("₹60,", ",175");
  EXPECT_TRUE(has(amounts("₹1,23,", ",175.50"), "1.23102e+07")) << amounts("₹1,23,", ",175.50");
}

TEST(Decided, LakhsAreReadOnlyWhereTheGroupsAreTwoAndThree) {
  Notation commas;
  commas.group = ',';
  double value = 0;
  EXPECT_TRUE(read_number("12,34,567", commas, value));
  EXPECT_EQ(value, 1234567);
  EXPECT_TRUE(read_number("1,23,45,678.5", commas, value));
  EXPECT_EQ(value, 12345678.5);
  for (const char* text :
       {"12,34", "12,34,56", "1,234,56,789", "0,12,345", "123,45,678", "12,34,5678"})
    EXPECT_FALSE(read_number(text, commas, value)) << text;
}

TEST(Decided, NumbersThatADoubleCannotTellApartAreNamedSo) {
  const std::string text = understood(rows_of("id,x", 60, [](int i) {
    return "10000000000000000" + std::to_string(10 + i % 50) + "," + std::to_string(i % 7);
  }));
  EXPECT_TRUE(has(text, "as far as a double")) << text;
}

TEST(Decided, ATargetOfAnotherTableHasTheNotationOfTheFirst) {
  const auto read = [](const std::string& cell, const Notation& notation) {
    const TableFile file("x;y\n1;" + cell + "\n2;" + cell + "\n");
    return testing_tables::message(file.path(), [&] {
      const TargetColumn target = read_target_as(file.table, 1, notation);
      throw DataError("[is] " + std::to_string(target.numbers[1]));
    });
  };
  Notation continental, percent;
  continental.decimal = ',';
  continental.group = '.';
  percent.percent = true;
  EXPECT_EQ(read("1.234", {}), "[is] 1.234000");
  EXPECT_EQ(read("1.234", continental), "[is] 1234.000000");
  for (const char* cell : {"yes", "5%", "€5", "1,5"})
    EXPECT_TRUE(has(read(cell, {}), "t.csv:2:3: column 'y': '" + std::string(cell) + "' is not"))
        << read(cell, {});
  EXPECT_TRUE(has(read("5", percent), "is not a number (percent)"));
}

}  // namespace
}  // namespace downhill
