#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// What a loss of probabilities is given: they themselves, log odds (it takes their sigmoid), or
/// one logit for each class (it takes their softmax over the class axis).
enum class From { probability, logit, class_logits };
constexpr std::array<const char*, 3> words_of(From) {
  return {"probability", "logit", "class_logits"};
}
constexpr Takes takes_of(From from) {
  return from == From::probability ? Takes::probability
         : from == From::logit     ? Takes::logit
                                   : Takes::class_logits;
}
inline constexpr Words kFrom{"from", kFinite,
                             "what the prediction is: probability, logit or class_logits"};

}  // namespace downhill
