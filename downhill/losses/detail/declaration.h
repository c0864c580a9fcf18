#pragma once
#include <string>
#include <vector>

#include "downhill/losses/takes.h"

namespace downhill::detail {

/// What a loss says of itself, apart from its formula.
struct Declaration {
  std::string name;
  std::vector<Takes> takes;  ///< one for each prediction, or for each column
  int columns = 1;           ///< numbers of one element, over all predictions
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

/// The declaration of a loss with so many predictions.
template <class L>
Declaration declaration_of(const L& loss, std::size_t predictions, int columns) {
  Declaration all{name_of_loss<L>(), {}, columns};
  if constexpr (requires { L::takes.size(); }) {
    all.takes.assign(L::takes.begin(), L::takes.end());
  } else if constexpr (requires { loss.takes().size(); }) {
    const auto takes = loss.takes();
    all.takes.assign(takes.begin(), takes.end());
  } else {
    all.takes.assign(predictions, Takes::number);
  }
  return all;
}

}  // namespace downhill::detail
