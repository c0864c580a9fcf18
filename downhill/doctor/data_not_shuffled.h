#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The batches come in the same order in every epoch, neighbours alike: sorted data.
struct DataNotShuffled {
  static constexpr const char* name = "data_not_shuffled";
  static constexpr const char* rule =
      "the loss of a step depends on its place in the epoch, with the same long waves in "
      "every epoch, or hardly on anything else";
  static constexpr const char* source = "own measurements (docs/doctor.md)";
  double explained = 0.3;
  double waves = 0.2;
  double same = 0.8;

  static constexpr auto options() {
    return std::array{
        option<&DataNotShuffled::explained>(
            "explained", kFraction,
            "share of the variance within epochs that the place in the epoch explains"),
        option<&DataNotShuffled::waves>("waves", kFraction, "correlation of neighbouring places"),
        option<&DataNotShuffled::same>(
            "same", kFraction,
            "the first of these that is enough alone: the same batches in every epoch")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
