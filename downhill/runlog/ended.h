#pragma once
#include <array>
#include <string_view>

#include "downhill/core/options.h"

namespace downhill {

/// How a run ended: of training, of `minimize`, of anything that takes steps. The words are those
/// of run logs, of `--json` and of the screen; `text_of(ended)` gives them.
enum class Ended {
  steps_done,      ///< all steps or epochs that were asked for
  target_reached,  ///< a value or gradient norm that was asked for, or what an observer waited for
  patience,        ///< no better validation loss for so many epochs
  converged,       ///< the gradient is at rounding: no step can be told from none
  search_failed,   ///< no step falls, though the gradient is not at rounding
  unbounded,       ///< the value falls without end
  non_finite,      ///< a loss or gradient is not finite
  diverging,       ///< the loss grew far above its first value
  interrupted      ///< stopped from outside
};
constexpr std::array<const char*, 9> words_of(Ended) {
  return {"steps_done", "target_reached", "patience",  "converged",  "search_failed",
          "unbounded",  "non_finite",     "diverging", "interrupted"};
}

/// Whether a run that ended so leaves no weights: no file holds them.
constexpr bool delivers_nothing(Ended ended) {
  return ended == Ended::non_finite || ended == Ended::diverging;
}

/// Logs of version 0.1 had other words for four of them.
constexpr std::string_view current_word(Ended, std::string_view word) {
  if (word == "epochs done") return "steps_done";
  if (word == "early stopping") return "patience";
  if (word == "non-finite loss") return "non_finite";
  if (word == "stopped") return "interrupted";
  return word;
}

/// Where on the landscape a point stands, as measured there.
enum class State {
  descending,  ///< a gradient or a negative curvature leads down
  ravine,      ///< it falls along a flat direction between steep walls
  plateau,     ///< nearly flat down the gradient, and yet it falls farther on
  saddle,      ///< no gradient, and a direction of negative curvature
  minimum,     ///< no gradient to tolerance, and no direction down was found
  unknown      ///< it could not be told; the reason says why
};
constexpr std::array<const char*, 6> words_of(State) {
  return {"descending", "ravine", "plateau", "saddle", "minimum", "unknown"};
}

/// Rows that a loss was computed on.
enum class Split { train, validation, test };
constexpr std::array<const char*, 3> words_of(Split) { return {"train", "validation", "test"}; }

}  // namespace downhill
