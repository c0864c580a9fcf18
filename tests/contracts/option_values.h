#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/loss.h"
#include "downhill/losses/per_class.h"
#include "downhill/optim/method.h"
#include "downhill/schedules/hyper.h"

// What an option can be set to, from its kind and its range: a new option needs no row here.

namespace downhill {
namespace contract {

inline bool is_number(const Option& option) {
  const OptionKind* kind = &option.kind();
  return kind == &option_kind<double>() || kind == &option_kind<PerClass>() ||
         kind == &option_kind<Hyper>();
}

/// Those of these numbers that lie in the option's range.
inline std::vector<double> within(const Option& option, std::vector<double> numbers) {
  std::erase_if(numbers, [&](double x) { return !option.range.contains(x); });
  return numbers;
}

/// Two lists each of 1 to 10 numbers that rise from 0 to 1, for options of one number per class.
inline std::vector<std::string> lists() {
  std::vector<std::string> all;
  for (int n = 1; n <= 10; ++n)
    for (const double power : {1.0, 2.0}) {
      std::string list;
      for (int i = 1; i <= n; ++i)
        list += (i > 1 ? ";" : "") + print_option(std::pow(i / (n + 1.0), power));
      all.push_back(list);
    }
  return all;
}

/// The words of an option that has such: "a, b or c", which it says it expects.
inline std::vector<std::string> words(const Option& option) {
  std::vector<std::string> all;
  std::istringstream expected(option.kind().read("?", nullptr));
  for (std::string word; expected >> word;) {
    if (word == "or") continue;
    if (word.back() == ',') word.pop_back();
    all.push_back(word);
  }
  return all;
}

/// Values to try for an option, as text.
inline std::vector<std::string> texts(const Option& option) {
  const OptionKind* kind = &option.kind();
  std::vector<std::string> all;
  if (kind == &option_kind<bool>()) return {"true", "false"};
  if (kind == &option_kind<std::vector<double>>()) return lists();
  if (kind == &option_kind<PerClass>()) all = lists();
  if (kind == &option_kind<std::string>()) return {"other"};
  if (kind == &option_kind<Loss>()) return {"(mae)", "(mse)"};
  if (kind == &option_kind<Method>()) return {"(sgd:lr=0.03)", "(adam:lr=0.03)"};
  if (kind == &option_kind<Schedule>()) return {"(linear:start=0.7,end=0.2,steps=4)"};
  const bool whole = kind == &option_kind<std::int64_t>();
  if (!whole && !is_number(option)) return words(option);
  std::vector<double> numbers = {0, 1, 2, 3, 4, 5, -1};
  if (!whole)
    for (const double x : {0.5, 0.9, 0.1, 1.3, 0.01, 1e-3, 10.0, 100.0}) numbers.push_back(x);
  for (const double x : within(option, numbers)) all.push_back(print_option(x));
  return all;
}

/// What a method gives with these options on each sample; nothing where it refuses one.
using Results = std::vector<std::optional<std::vector<double>>>;
/// From the method's text.
using Outcome = std::function<Results(const std::string& spec)>;

/// Runs `body`; nothing if it refuses the options. A NaN becomes a number, which is equal to itself.
template <class Body>
std::optional<std::vector<double>> unless_refused(Body&& body) {
  try {
    std::vector<double> all = body();
    for (double& x : all)
      if (std::isnan(x)) x = 1e300;
    return all;
  } catch (const UsageError&) {
    return {};
  }
}

/// Whether two settings give different results on a sample that takes both.
inline bool differ(const Results& a, const Results& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (a[i] && b[i] && *a[i] != *b[i]) return true;
  return false;
}

/// Whether two values of the option, or its default and one, give different results: alone or beside
/// a value of another option that it presupposes (nesterov a momentum).
inline bool changes(const std::string& name, Options options, const Option& one,
                    const Outcome& outcome) {
  const auto beside = [&](const std::string& rest) {
    std::vector<Results> before = {outcome(name + (rest.empty() ? "" : ":") + rest)};
    for (const std::string& text : texts(one)) {
      before.push_back(
          outcome(name + ":" + rest + (rest.empty() ? "" : ",") + one.name + "=" + text));
      for (const Results& earlier : before)
        if (differ(earlier, before.back())) return true;
    }
    return false;
  };
  if (beside("")) return true;
  for (const Option& other : options)
    if (std::string(other.name) != one.name)
      for (const std::string& text : texts(other))
        if (beside(std::string(other.name) + "=" + text)) return true;
  return false;
}

/// Options whose effect no sample shows, each with the reason why not: "method.option".
using Silent = std::map<std::string, std::string>;

/// The options of a list that change nothing, and those that `silent` names in vain; "" if none.
template <class List>
std::string without_effect(const Outcome& outcome, const Silent& silent) {
  std::string wrong;
  List::for_each([&]<class M>() {
    const auto options = M::options();
    for (const Option& option : options) {
      const std::string name = std::string(M::name) + "." + option.name;
      const bool effect = changes(std::string(M::name), Options(options), option, outcome);
      if (effect == silent.contains(name))
        wrong += name + (effect ? ": has an effect, and needs no reason here\n"
                                : ": no value of it changes a result\n");
    }
  });
  return wrong;
}

}  // namespace contract
}  // namespace downhill
