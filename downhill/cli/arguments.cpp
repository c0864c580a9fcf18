#include "downhill/cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <utility>

#include "downhill/cli/exit_code.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill::cli {
namespace {

/// Options that other programs have, and how they are written here.
struct Elsewhere {
  std::string_view option, here, written;
};
constexpr std::array<Elsewhere, 10> kElsewhere = {
    {{"--lr", "--optimizer", "--optimizer adamw:lr=0.01"},
     {"--learning-rate", "--optimizer", "--optimizer adamw:lr=0.01"},
     {"--momentum", "--optimizer", "--optimizer sgd:lr=0.1,momentum=0.9"},
     {"--weight-decay", "--optimizer", "--optimizer adamw:weight_decay=0.01"},
     {"--batch-size", "--batch", "--batch 32"},
     {"--hidden", "--model", "--model mlp:128,64"},
     {"--dropout", "--model", "--model mlp:128,64,dropout=0.2"},
     {"--activation", "--model", "--model mlp:128,64,activation=silu"},
     {"--val", "--validation", "--validation 0.2"},
     {"--test-size", "--test", "--test 0.2"}}};

}  // namespace

struct Arguments::Parser {
  Parser(const std::string& summary, const std::string& name) : app(summary, name) {}

  /// Names of options that take a value, or of all.
  std::vector<std::string> names(bool with_value_only) const {
    std::vector<std::string> all;
    for (const CLI::Option* option :
         app.get_options([](const CLI::Option* o) { return o->nonpositional(); }))
      if (!with_value_only || option->get_expected_min() > 0)
        for (const std::string& name : option->get_lnames()) all.push_back("--" + name);
    return all;
  }

  /// "-x^2" in front is a formula, no option: it is moved behind "--".
  Words formula_behind_dashes(const Words& words) const {
    const Words valued = names(true);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (std::ranges::find(valued, word) != valued.end()) {
        ++i;
        continue;
      }
      if (word.starts_with("--")) continue;
      if (!word.starts_with('-') || word == "-h") break;
      Words moved = words;
      moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(i));
      moved.push_back("--");
      moved.push_back(word);
      return moved;
    }
    return words;
  }

  [[noreturn]] void refuse_extra() const {
    const Words words = app.remaining();
    const auto dashed = std::ranges::find_if(words, [](auto& w) { return w.starts_with('-'); });
    const std::string word = dashed != words.end() ? *dashed : words.front();
    if (!word.starts_with('-'))
      throw_argument("unexpected argument", fmt::format("'{}'", word.substr(0, 80)));
    const std::string name = word.substr(0, word.find('='));
    const Words known = names(false);
    for (const Elsewhere& one : kElsewhere)
      if (name == one.option && std::ranges::find(known, one.here) != known.end())
        throw UsageError(fmt::format("unknown option '{}'; it is written {}", name, one.written));
    throw_unknown("option", name, known);
  }

  [[noreturn]] void refuse_count(const Words& words, const char* message) const {
    for (const CLI::Option* option : app.get_options())
      if (option->count() > 1) throw_argument(option->get_name(), "is given twice");
    if (!words.empty() && words.back().starts_with("--"))
      throw_argument(words.back(), "needs a value");
    throw_argument(app.get_name() + ":", message);
  }

  CLI::App app;
  std::int64_t threads = 0;
  bool quiet = false, formula = false;
};

Arguments::Arguments(std::string_view command, std::string_view summary, std::string_view example)
    : parser_(std::make_unique<Parser>(std::string(summary), fmt::format("downhill {}", command))) {
  CLI::App& app = parser_->app;
  app.set_help_flag("-h,--help", "this text");
  app.get_formatter()->column_width(32);
  app.get_formatter()->label("REQUIRED", "(required)");
  app.footer(
      fmt::format("Example:\n  {}\n\n{}", example,
                  std::string_view(kExitCodes).substr(0, std::string_view(kExitCodes).size() - 1)));
}

Arguments::~Arguments() = default;

std::string Arguments::with_default(const std::string& doc, const std::string& value) {
  return value.empty() ? doc : fmt::format("{} [default: {}]", doc, value);
}

void Arguments::positional(const std::string& name, std::string& value, const std::string& doc,
                           bool required) {
  parser_->app.add_option(name, value, doc)->required(required)->type_name("");
}

void Arguments::option(const std::string& name, const std::string& placeholder,
                       const std::string& doc, std::function<void(const std::string&)> read,
                       bool required) {
  parser_->app.add_option_function<std::string>(name, std::move(read), doc)
      ->type_name(placeholder)
      ->required(required);
}

void Arguments::text(const std::string& name, const std::string& placeholder, std::string& value,
                     const std::string& doc) {
  option(name, placeholder, with_default(doc, value), [name, &value](const std::string& given) {
    if (given.empty()) throw_argument(name, "is empty");
    value = given;
  });
}

void Arguments::required_text(const std::string& name, const std::string& placeholder,
                              std::string& value, const std::string& doc) {
  option(
      name, placeholder, doc, [&value](const std::string& given) { value = given; }, true);
}

void Arguments::picture(const std::string& name, std::string& value, const std::string& doc) {
  option(name, "F.svg|F.png", doc, [name, &value](const std::string& given) {
    if (given.empty()) throw_argument(name, "is empty");
    check_picture_name(name, given);
    value = given;
  });
}

void Arguments::flag(const std::string& name, bool& value, const std::string& doc) {
  parser_->app.add_flag(name, value, doc);
}

void Arguments::formula_first() { parser_->formula = true; }

bool Arguments::quiet() const { return parser_->quiet; }

bool Arguments::parse(const Words& words) {
  CLI::App& app = parser_->app;
  number("--threads", "N", parser_->threads, {0, 1024}, "threads; 0: OMP_NUM_THREADS, else all");
  flag("--quiet", parser_->quiet, "no progress and no notes on stderr");
  Words order = parser_->formula ? parser_->formula_behind_dashes(words) : words;
  std::reverse(order.begin(), order.end());  // as CLI11 wants them
  try {
    app.parse(std::move(order));
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return false;
  } catch (const CLI::ExtrasError&) {
    parser_->refuse_extra();
  } catch (const CLI::RequiredError& error) {
    for (const std::string& word : app.remaining())
      if (word.starts_with('-')) parser_->refuse_extra();  // a misspelt option comes first
    throw_argument(app.get_name() + ":", fmt::format("{}; see --help", error.what()));
  } catch (const CLI::ArgumentMismatch& error) {
    parser_->refuse_count(words, error.what());
  } catch (const CLI::ParseError& error) {
    throw_argument(app.get_name() + ":", error.what());
  }
  if (parser_->threads > 0) set_threads(static_cast<int>(parser_->threads));
  return true;
}

}  // namespace downhill::cli
