#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "downhill/cli/commands.h"
#include "downhill/core/options.h"

namespace downhill::cli {

/// The arguments of one command: positional ones, options and flags, their defaults and help.
/// Beside those of the command there are always --threads, --quiet and --help.
class Arguments {
 public:
  /// `example` is one command line that works.
  Arguments(std::string_view command, std::string_view summary, std::string_view example);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  void positional(const std::string& name, std::string& value, const std::string& doc,
                  bool required = true);
  /// `value` holds the default, shown unless it is empty.
  void text(const std::string& name, const std::string& placeholder, std::string& value,
            const std::string& doc);
  void required_text(const std::string& name, const std::string& placeholder, std::string& value,
                     const std::string& doc);
  /// The name of a picture to write: F.svg or F.png.
  void picture(const std::string& name, std::string& value, const std::string& doc);
  void flag(const std::string& name, bool& value, const std::string& doc);
  template <class T>
  void number(const std::string& name, const std::string& placeholder, T& value, Range range,
              const std::string& doc) {
    const auto read = [name, range, &value](const std::string& given) {
      T number{};
      const std::string expected = read_option(given, number);
      if (!expected.empty()) throw_argument(name, "= '" + given + "' is not " + expected);
      if (!option_kind<T>().valid(&number, range))
        throw_argument(name, "= " + given + " is outside " + range.text());
      value = number;
    };
    option(name, placeholder, with_default(doc, print_option(value)), read);
  }
  /// An option read by a function, which throws UsageError for what it does not understand.
  void option(const std::string& name, const std::string& placeholder, const std::string& doc,
              std::function<void(const std::string& text)> read, bool required = false);
  /// The first positional argument may begin with a minus: a formula.
  void formula_first();

  /// Reads the words, sets the number of threads. False: help was asked for, and printed.
  /// UsageError for anything wrong, with the nearest known option.
  bool parse(const Words& words);
  bool quiet() const;

  static std::string with_default(const std::string& doc, const std::string& value);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace downhill::cli
