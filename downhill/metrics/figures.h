#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "downhill/core/figures.h"

namespace downhill {

/// A metric that these rows do not define, and why: auc where there is one class only.
struct Undefined {
  std::string name = {};
  std::string reason = {};
};

/// Metrics in their order. Each is a number, never NaN, or stands in `undefined`.
struct Figures {
  NamedNumbers metrics = {};
  std::vector<Undefined> undefined = {};
};

/// Whether more of this metric is better (accuracy, auc, r2, ...); log_loss, brier, ece and errors
/// are better when they are less.
bool higher_is_better(std::string_view metric);

/// The metrics that are no better than the baseline's figure of the same name. ece is left out: a
/// constant at the right shares is calibrated and says nothing.
std::vector<std::string> not_better(const NamedNumbers& metrics, const NamedNumbers& baseline);

}  // namespace downhill
