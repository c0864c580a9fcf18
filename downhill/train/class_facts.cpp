#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>

#include "downhill/train/detail/class_families.h"

namespace downhill::detail {
namespace {

constexpr double kRare = 0.4;  // of the rows that a class had if all were equally frequent

// Words from the lowest to the highest; one line may have several spellings of a place, with |.
constexpr std::array kScales = std::to_array<std::string_view>({
    "none,minimal|slight|trace,mild|light,moderate|medium,severe|heavy|serious,critical|extreme,"
    "fatal",
    "very low,low,rather low|below average,medium|middle|mid|average|normal,rather high|above "
    "average,"
    "high,very high|extreme",
    "very bad|terrible|awful,bad|poor,mediocre|below "
    "average,ok|okay|fair|average|acceptable|regular,"
    "good|typical,very good|great,excellent|outstanding|ideal|perfect",
    "never,rarely|seldom,sometimes|occasionally,often|frequently,usually|very often,always",
    "strongly disagree,disagree,slightly disagree,neutral|undecided|neither agree nor disagree,"
    "slightly agree,agree,strongly agree",
    "very unlikely,unlikely,neutral|possible,likely,very likely",
    "very dissatisfied,dissatisfied|unsatisfied,neutral,satisfied,very satisfied",
    "very negative,negative,neutral,positive,very positive",
    "xxs,xs,s,m,l,xl,xxl,xxxl",
    "tiny|very small,small,medium|middle,large|big,very large|huge",
    "very slow,slow,medium|normal,fast,very fast",
    "young,middle|middle-aged|adult,old|senior",
    "cold,cool,mild,warm,hot",
    "first,second,third,fourth,fifth,sixth,seventh",
    "i,ii,iii,iv,v,vi,vii,viii",
    "bronze,silver,gold,platinum",
    "beginner|novice,intermediate,advanced,expert",
    "never,monthly,weekly,daily",
    "primary|elementary,secondary|high school,bachelor|bachelors,master|masters,doctorate|phd",
    "unacc|unacceptable,acc|acceptable,good,vgood|very good",
});

std::string plain(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool space = c == ' ' || c == '_' || c == '-';
    if (space && (word.empty() || word.back() == ' ')) continue;
    word += space ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  while (!word.empty() && word.back() == ' ') word.pop_back();
  return word;
}

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    pieces.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

std::optional<double> place_in(std::string_view scale, const std::string& word) {
  const auto steps = cut(scale, ',');
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (const std::string_view spelling : cut(steps[i], '|'))
      if (plain(spelling) == word) return static_cast<double>(i);
  return {};
}

// "3", "3 stars", "level 3".
std::optional<double> number_in(const std::string& name) {
  const std::size_t begin = name.find_first_of("0123456789");
  if (begin == std::string::npos) return {};
  double number = 0;
  const auto [end, error] = std::from_chars(name.data() + begin, name.data() + name.size(), number);
  if (error != std::errc()) return {};
  const bool another =
      std::string_view(end, name.data() + name.size()).find_first_of("0123456789") !=
      std::string_view::npos;
  if (another) return {};
  return begin == 1 && name[0] == '-' ? -number : number;
}

template <class Key>
std::vector<std::int64_t> places_by(const std::vector<std::string>& names, Key key) {
  std::vector<double> keys;
  for (const std::string& name : names) {
    const std::optional<double> value = key(name);
    if (!value) return {};
    keys.push_back(*value);
  }
  std::vector<std::int64_t> places;
  for (const double k : keys) {
    if (std::ranges::count(keys, k) > 1) return {};
    places.push_back(std::ranges::count_if(keys, [&](double other) { return other < k; }));
  }
  return places;
}

std::vector<std::int64_t> places_of(const std::vector<std::string>& names) {
  if (names.size() < 3) return {};
  for (const std::string& name : names)  // --class-order could not name it
    if (name.find(',') != std::string::npos) return {};
  for (const std::string_view scale : kScales) {
    auto places = places_by(names, [&](const std::string& n) { return place_in(scale, plain(n)); });
    if (!places.empty()) return places;
  }
  return places_by(names, number_in);
}

}  // namespace

double ClassFacts::share(std::size_t c) const {
  return counts[c] / std::accumulate(counts.begin(), counts.end(), 0.0);
}

std::size_t ClassFacts::rarest() const {
  return static_cast<std::size_t>(std::ranges::min_element(counts) - counts.begin());
}

bool ClassFacts::imbalanced() const {
  return share(rarest()) * static_cast<double>(size()) < kRare;
}

ClassFacts class_facts(const std::vector<std::string>& names, const Tensor& labels,
                       const Tensor& weight) {
  ClassFacts facts{.names = names, .counts = std::vector<double>(names.size())};
  for (std::int64_t i = 0; i < labels.elements(); ++i)
    facts.counts[static_cast<std::size_t>(labels.data<std::int64_t>()[i])] +=
        weight.data<double>()[i];
  facts.place = places_of(names);
  return facts;
}

}  // namespace downhill::detail
