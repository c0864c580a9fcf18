// What programs print while they train: "iter 10: loss 2.31, time 23ms", "[5]  train-rmse:0.41",
// "Epoch [3/10], Step [100/600], Loss: 0.53", "- loss: 0.31 - val_loss: 0.42".
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>

#include "downhill/core/error.h"
#include "downhill/io/input_file.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {
namespace {

constexpr std::size_t kMostWords = 4;  // of a name

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

std::string small(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// A name and the number after it.
struct Pair {
  std::string name;
  double value;
};

/// Goes through one line. A number belongs to the words before it since the last number, comma, tab,
/// bar or " - "; so does the first of "3/10". Numbers without words, and with a unit, are left out.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  std::vector<Pair> pairs() {
    if (text_.starts_with('[')) bracket();
    while (at_ < text_.size()) step();
    return std::move(pairs_);
  }

 private:
  // Boosting prints the round as "[12]" in front.
  void bracket() {
    const std::size_t end = text_.find(']');
    if (end == text_.npos) return;
    const auto value = number_from(text_.substr(1, end - 1));
    if (!value) return;
    pairs_.push_back({"step", *value});
    at_ = end + 1;
  }

  void step() {
    const char c = text_[at_];
    if (is_letter(c)) return word();
    const bool sign = (c == '-' || c == '+') && (at_ == 0 || !is_digit(text_[at_ - 1]));
    const std::size_t first = at_ + (sign ? 1 : 0);
    const bool point = first < text_.size() && text_[first] == '.';
    if (first + point < text_.size() && is_digit(text_[first + point])) return number();
    if (c == ',' || c == ';' || c == '|' || c == '\t' || (c == '-' && spaced())) words_.clear();
    asked_ = asked_ || c == ':' || c == '=';
    ++at_;
  }
  bool spaced() const {
    return at_ > 0 && text_[at_ - 1] == ' ' && at_ + 1 < text_.size() && text_[at_ + 1] == ' ';
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || is_digit(text_[at_]) ||
            std::string_view("-./'@").find(text_[at_]) != std::string_view::npos))
      ++at_;
    std::string_view found = text_.substr(begin, at_ - begin);
    while (!is_letter(found.back()) && !is_digit(found.back())) found.remove_suffix(1);
    at_ = begin + found.size();
    const std::string lower = small(found);
    if (!words_.empty() && (lower == "nan" || lower == "inf")) {
      const bool negative = begin > 0 && text_[begin - 1] == '-';
      return take(lower == "nan" ? std::nan("") : negative ? -HUGE_VAL : HUGE_VAL);
    }
    if (asked_) words_.clear();  // "INFO: step 5"
    asked_ = false;
    if (words_.size() == kMostWords) words_.erase(words_.begin());
    words_.emplace_back(found);
  }

  void number() {
    const std::size_t begin = at_ + (text_[at_] == '+' ? 1 : 0);
    double value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + begin, text_.data() + text_.size(), value);
    at_ = static_cast<std::size_t>(end - text_.data());
    const bool unit = at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '%');
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) ||
                                  text_[at_] == '/' || text_[at_] == '%'))
      ++at_;  // "ms/step", "/10"
    if (error != std::errc() || unit || words_.empty()) return forget();
    take(value);
  }

  void take(double value) {
    pairs_.push_back({name(), value});
    forget();
  }
  void forget() {
    words_.clear();
    asked_ = false;
  }

  // Steps and epochs by what they are called anywhere; other names as they are printed.
  std::string name() const {
    const std::string last = small(words_.back());
    for (const char* step :
         {"step", "steps", "iter", "iteration", "it", "batch", "global_step", "round", "update"})
      if (last == step) return "step";
    if (last == "epoch" || last == "epochs" || last == "ep") return "epoch";
    std::string name;
    for (const std::string& word : words_) name += (name.empty() ? "" : "_") + word;
    return name;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  bool asked_ = false;  // a colon or an equals sign stands after the words
  std::vector<Pair> pairs_;
};

bool counts(const std::string& name) { return name == "step" || name == "epoch"; }

/// Progress bars write over their own line: what stays is behind the last carriage return.
std::string_view shown(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t last = line.rfind('\r');
  return last == line.npos ? line : line.substr(last + 1);
}

bool tells_a_loss(const std::vector<Pair>& pairs) {
  return std::ranges::any_of(pairs, [](const Pair& pair) {
    const std::string name = small(pair.name);
    return name.find("loss") != name.npos || name.find("rmse") != name.npos ||
           name.find("error") != name.npos || name.find("mae") != name.npos ||
           name.find("nll") != name.npos;
  });
}

}  // namespace

bool is_printed_text(std::string_view beginning) {
  while (!beginning.empty()) {
    const std::size_t end = std::min(beginning.find('\n'), beginning.size());
    if (tells_a_loss(Line(shown(beginning.substr(0, end))).pairs())) return true;
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  return false;
}

LogTable read_text(const std::filesystem::path& path) {
  const std::string text = read_file(path, FileError::Kind::data, kMostTextBytes);
  LogTable table;
  table.file = path.string();
  std::map<std::string, double> before;  // counts of a line of their own, as "Epoch 1/10"
  std::string_view rest = text;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::vector<Pair> pairs = Line(shown(rest.substr(0, end))).pairs();
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool whole = std::ranges::any_of(pairs, [](const Pair& p) { return !counts(p.name); });
    if (!whole) {
      for (const Pair& pair : pairs) before[pair.name] = pair.value;
      continue;
    }
    if (!tells_a_loss(pairs)) continue;
    const std::size_t row = table.add_row(number);
    for (const auto& [name, value] : before) table.set(row, table.column(name), value);
    for (const Pair& pair : pairs) {
      table.set(row, table.column(pair.name), pair.value);
      if (pair.name == "epoch" && before.contains("epoch")) before["epoch"] = pair.value;
    }
  }
  return table;
}

}  // namespace downhill::foreign
