#pragma once
#include <array>

namespace downhill {

/// What a loss takes for a prediction. A loss states it, one for each prediction, or, where an
/// element has several columns, one for all or one for each of them:
///
///     static constexpr std::array takes = {Takes::number, Takes::positive};
///
/// or, where it depends on the options, as a member function `takes()` that returns an array or a
/// vector. A loss that states nothing takes numbers. From it follow the width of a model's last
/// layer, the function that turns its outputs into predictions, and what a target may be.
enum class Takes {
  number,                   ///< any number
  positive,                 ///< above 0: softplus of an output
  log_rate,                 ///< the logarithm of a positive number, of which e^x is shown
  logarithm,                ///< a number on the scale of the target's logarithm
  log_odds,                 ///< the log odds of a share, of a target that is no class
  probability,              ///< in [0, 1]: sigmoid of an output
  logit,                    ///< the log odds of a probability
  class_logits,             ///< one number for each class; softmax gives the probabilities
  class_log_probabilities,  ///< the logarithms of the classes' probabilities: log softmax
  cumulative_logits,        ///< of ordered classes, one fewer than classes: see ordinal_logit
  continuation_logits,      ///< of ordered classes, one fewer than classes: see corn
  class_cosines,            ///< in [-1, 1], one for each class: of an nn::CosineClassifier
  distance,                 ///< of a pair, at least 0: near is alike
  embedding,                ///< a row of numbers whose distances and angles count
  box                       ///< x1, y1, x2, y2
};
constexpr std::array<const char*, 15> words_of(Takes) {
  return {"number",
          "positive",
          "log_rate",
          "logarithm",
          "log_odds",
          "probability",
          "logit",
          "class_logits",
          "class_log_probabilities",
          "cumulative_logits",
          "continuation_logits",
          "class_cosines",
          "distance",
          "embedding",
          "box"};
}

/// The option below which a positive parameter of a distribution is not taken: smaller ones count as
/// that, and those below 0 are refused. Of a table's run it is a share of the target's variance (power
/// 2) or deviation (1).
///
///     static constexpr Floor floor{"eps", 2};
struct Floor {
  const char* option = "";
  int power = 0;  ///< of the target's unit; 0: it has none
};

}  // namespace downhill
