#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "downhill/losses/class_rules.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill::detail {

/// What a loss says of itself, apart from its formula.
struct Declaration {
  std::string name = {};
  std::vector<Takes> takes = {};          ///< one for each prediction, or for each column
  int columns = 1;                        ///< numbers of one element, over all predictions
  int target_columns = 1;                 ///< numbers of one element of the target
  std::size_t classes = 0;                ///< how many classes its options speak of; 0: any
  std::optional<Range> target = {};       ///< where a target must lie
  std::vector<std::string> outputs = {};  ///< names of several predictions, for people
  /// What is expected of the target, from all predictions of an element; empty: the first of them.
  std::function<double(std::span<const double>)> expected = {};
  /// Probabilities of a row's classes, from its scores; empty: softmax.
  std::function<void(std::span<const double>, std::span<double>)> probabilities = {};
  Floor floor = {};        ///< below which a parameter is not taken
  double first_class = 0;  ///< the target of the first of two classes; 1: the second
  ClassRules rules = {};
  std::string text = {};  ///< reads back as this loss, where it has a name
};

/// Predictions of a pointwise loss: `static constexpr int predictions`, else 1.
template <class L>
constexpr int predictions_of() {
  if constexpr (requires { static_cast<int>(L::predictions); }) return L::predictions;
  else return 1;
}
template <class L>
std::string name_of_loss() {
  if constexpr (requires { L::name; }) return std::string(L::name);
  else return "loss";
}

/// The largest number of classes that an option speaks of; 0 if none does.
template <class Options>
std::size_t classes_of(const Options& options, const void* loss) {
  std::size_t classes = 0;
  for (const Option& one : options)
    if (&one.kind() == &option_kind<PerClass>())
      classes =
          std::max(classes, static_cast<const PerClass*>(one.at(const_cast<void*>(loss)))->size());
  return classes > 1 ? classes : 0;
}

/// The declaration of a loss with so many predictions.
template <class L>
Declaration declaration_of(const L& loss, std::size_t predictions, int columns) {
  Declaration all{.name = name_of_loss<L>(), .columns = columns};
  if constexpr (requires { L::takes.size(); }) {
    all.takes.assign(L::takes.begin(), L::takes.end());
  } else if constexpr (requires { loss.takes().size(); }) {
    const auto takes = loss.takes();
    all.takes.assign(takes.begin(), takes.end());
  } else {
    all.takes.assign(predictions, Takes::number);
  }
  if constexpr (requires { L::target_range.low; }) all.target = L::target_range;
  else if constexpr (requires { loss.target_range().low; }) all.target = loss.target_range();
  if constexpr (requires { L::outputs.size(); })
    all.outputs.assign(L::outputs.begin(), L::outputs.end());
  else if constexpr (requires { loss.outputs().size(); }) all.outputs = loss.outputs();
  if constexpr (requires { loss.expected(std::span<const double>()); })
    all.expected = [loss](std::span<const double> p) { return loss.expected(p); };
  if constexpr (requires { loss.probabilities(std::span<const double>(), std::span<double>()); })
    all.probabilities = [loss](std::span<const double> scores, std::span<double> to) {
      loss.probabilities(scores, to);
    };
  if constexpr (requires { L::floor.option; }) all.floor = L::floor;
  if constexpr (requires { L::first_class; }) all.first_class = L::first_class;
  all.rules = class_rules_of(loss);
  if constexpr (requires { L::options(); }) {
    all.classes = classes_of(L::options(), &loss);
    all.text = spec_text(all.name, loss);
  } else {
    all.text = all.name;
  }
  return all;
}

}  // namespace downhill::detail
