#include "downhill/runlog/foreign/printed_line.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "downhill/runlog/foreign/log_table.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

constexpr std::size_t kMostWords = 4;  // of a name

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

/// Goes through one line. A number belongs to the words before it since the last number, comma, tab,
/// bar or " - "; so does the first of "3/10". Numbers without words, and with a unit, are left out.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  std::vector<Pair> pairs() {
    if (text_.starts_with('[')) bracket();
    else round();
    while (at_ < text_.size()) step();
    name_learned();
    return std::move(pairs_);
  }

 private:
  // Boosting prints the round as "[12]" in front, others "[epoch, step]"; a time or a level may stand
  // before, "[12:00:33] [12]".
  void bracket() {
    for (std::size_t begin = 0; begin < text_.size() && text_[begin] == '[';) {
      const std::size_t end = text_.find(']', begin);
      if (end == text_.npos) return;
      const std::string_view inside = text_.substr(begin + 1, end - begin - 1);
      const std::size_t comma = std::min(inside.find(','), inside.size());
      const auto first = number_from(inside.substr(0, comma));
      const auto second =
          comma < inside.size() ? number_from(inside.substr(comma + 1)) : std::nullopt;
      if (first && comma < inside.size() && second) {
        pairs_ = {{"epoch", *first}, {"step", *second}};
        at_ = end + 1;
      } else if (first && comma == inside.size()) {
        pairs_ = {{"step", *first}};
        at_ = end + 1;
      }
      if (at_ > 0) return;
      begin = std::min(text_.find_first_not_of(' ', end + 1), text_.size());
    }
  }

  // CatBoost prints "12:\tlearn: 0.41\ttest: 0.52".
  void round() {
    const std::size_t colon = text_.find(':');
    if (colon == text_.npos || colon + 1 >= text_.size()) return;
    const auto value = number_from(text_.substr(0, colon));
    if (!value || (text_[colon + 1] != ' ' && text_[colon + 1] != '\t')) return;
    pairs_ = {{"step", *value}};
    at_ = colon + 1;
  }
  void name_learned() {
    if (std::ranges::find(pairs_, "learn", &Pair::name) == pairs_.end()) return;
    for (Pair& pair : pairs_)
      if (pair.name == "learn" || pair.name == "test") pair.name += "_loss";
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
    const std::string lower = in_small(found);
    if (!words_.empty() && (lower == "nan" || lower == "inf" || lower == "infinity")) {
      const bool negative = begin > 0 && text_[begin - 1] == '-';
      return take(lower == "nan" ? std::nan("") : negative ? -HUGE_VAL : HUGE_VAL);
    }
    if (at_ < text_.size() && text_[at_] == '(' && !words_.empty() && names_a_type(lower)) return;
    if (kValidation.contains(lower) || kTest.contains(lower)) rows_ = lower;
    else if (kTrain.contains(lower)) rows_.clear();
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
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with('#'))
      value = rest.starts_with("#INF") ? std::copysign(HUGE_VAL, value) : std::nan("");  // 1.#QNAN
    const bool share = share_of(rest, value);
    const bool unit = !share && !rest.empty() && (is_letter(rest[0]) || rest[0] == '%');
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || is_digit(text_[at_]) ||
            std::string_view("/%#").find(text_[at_]) != std::string_view::npos))
      ++at_;  // "ms/step", "/10"
    if (error == std::errc() && words_.empty() && behind_epoch(begin)) words_ = {"step"};
    if (error != std::errc() || unit || words_.empty()) return forget();
    take(value);
  }
  // An accuracy as "9830/10000" or "98%" is the share.
  bool share_of(std::string_view rest, double& value) const {
    const Names words = words_in(words_.empty() ? "" : name());
    if (!has(words, "acc") && !has(words, "accuracy") && !has(words, "top1")) return false;
    double of = 0;
    if (rest.starts_with('%')) of = 100;
    else if (rest.starts_with('/')) std::from_chars(rest.data() + 1, rest.data() + rest.size(), of);
    if (of > 0) value /= of;
    return of > 0;
  }
  // "Epoch: [0][ 10/500]"
  bool behind_epoch(std::size_t begin) const {
    if (pairs_.empty() || pairs_.back().name != "epoch") return false;
    const std::size_t before = text_.find_last_not_of(' ', begin - 1);
    return before != text_.npos && before > 0 && text_.substr(before - 1, 2) == "][";
  }

  void take(double value) {
    pairs_.push_back({name(), value});
    forget();
  }
  void forget() {
    words_.clear();
    asked_ = false;
  }

  // Steps and epochs by what they are called anywhere; other names as they are printed, those of
  // validation rows with that word.
  std::string name() const {
    std::string last = in_small(words_.back());
    const bool rows = kTrain.contains(last) || kValidation.contains(last) || kTest.contains(last);
    if (rows && words_.size() > 1)
      last = in_small(words_[words_.size() - 2]);  // "Epoch(train) [1]"
    for (const char* step :
         {"step", "steps", "iter", "iteration", "it", "batch", "global_step", "round", "update"})
      if (last == step) return "step";
    if (last == "epoch" || last == "epochs" || last == "ep") return "epoch";
    std::string name;
    for (const std::string& word : words_) name += (name.empty() ? "" : "_") + word;
    const Names words = words_in(name);
    static const WordSet kOfAllRows = {"step",      "steps", "update", "updates", "iter",
                                       "iteration", "epoch", "lr",     "time"};
    const bool told = any(words, kTrain) || any(words, kValidation) || any(words, kTest) ||
                      any(words, kOfAllRows);
    return rows_.empty() || told ? name : rows_ + "_" + name;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string rows_;    ///< the word for validation or test rows that the line began with
  bool asked_ = false;  // a colon or an equals sign stands after the words
  std::vector<Pair> pairs_;
};

}  // namespace

std::vector<Pair> pairs_in(std::string_view line) { return Line(line).pairs(); }

}  // namespace downhill::foreign
