#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "downhill/formula/batches.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// The numbers of an option as a row beside that of the prediction: one for each class, or one for
/// all of them. Constants.
template <class T>
class OptionRow {
 public:
  explicit OptionRow(const std::vector<double>& values) : values_(values) {}
  double value(std::int64_t c) const {
    return values_[values_.size() == 1 ? 0 : static_cast<std::size_t>(c)];
  }
  Lanes<T> at(lane_detail::Batch<T> batch) const {
    if (values_.size() == 1) return Lanes<T>(values_[0]);
    constexpr auto kLanes = static_cast<std::size_t>(Lanes<T>::size);
    alignas(64) T some[kLanes];
    if (batch.live == Lanes<T>::size) {
      const double* from = values_.data() + batch.index;
      for (std::size_t i = 0; i < kLanes; ++i) some[i] = static_cast<T>(from[i]);
      return Lanes<T>::load(some);
    }
    for (std::int64_t i = 0; i < Lanes<T>::size; ++i)
      some[i] = static_cast<T>(value(batch.index + std::min(i, batch.live - 1)));
    return Lanes<T>::load(some);
  }

 private:
  const std::vector<double>& values_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
