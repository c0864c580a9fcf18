#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace downhill {

/// What the doc comment of a loss's header says: the one place where it stands.
struct LossDoc {
  std::string summary;  ///< what it is, in a sentence or two
  std::string formula;  ///< lines, with what stands between them
  /// Shapes, Units, Gradient, Numerics, Mean, Throws, Source, Differs: those that there are.
  std::vector<std::pair<std::string, std::string>> parts = {};

  const std::string& part(std::string_view name) const;  ///< "" if it has none
};

/// Of a loss of the list; UsageError with the nearest name for another.
LossDoc loss_doc(std::string_view name);

}  // namespace downhill
