#pragma once
#include <cstdint>
#include <vector>

#include "downhill/formula/batches.h"
#include "downhill/losses/detail/row_loss.h"

// One row's target, as the formula of a row sees it.

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// Target shares of the classes after smoothing, times class weights.
template <class T>
class SmoothedTarget {
 public:
  SmoothedTarget(const detail::RowTargetData<T>& y, double smoothing,
                 const std::vector<double>& weight)
      : y_(y), smoothing_(smoothing), weight_(weight.empty() ? nullptr : weight.data()) {}

  double share(std::int64_t c) const {
    const double hard =
        y_.soft != nullptr ? static_cast<double>(y_.soft[c]) : (c == *y_.label ? 1.0 : 0.0);
    const double q = (1 - smoothing_) * hard + smoothing_ / static_cast<double>(y_.classes);
    return weight_ != nullptr ? q * weight_[c] : q;
  }
  Lanes<T> at(lane_detail::Batch<T> batch) const {
    if (y_.soft != nullptr && smoothing_ == 0 && weight_ == nullptr)
      return lane_detail::load(y_.soft, batch);
    alignas(64) T q[static_cast<std::size_t>(Lanes<T>::size)] = {};
    for (std::int64_t i = 0; i < batch.live; ++i) q[i] = static_cast<T>(share(batch.index + i));
    return Lanes<T>::load(q);
  }
  double total() const {
    double sum = 0;
    for (std::int64_t c = 0; c < y_.classes; ++c) sum += share(c);
    return sum;
  }

 private:
  detail::RowTargetData<T> y_;
  double smoothing_;
  const double* weight_;
};

/// One row's target.
template <class T>
class RowTarget {
 public:
  explicit RowTarget(const detail::RowTargetData<T>& data) : data_(data) {}
  bool has_label() const { return data_.label != nullptr; }
  std::int64_t label() const { return data_.label != nullptr ? *data_.label : -1; }
  SmoothedTarget<T> smoothed(double smoothing, const std::vector<double>& weight) const {
    return {data_, smoothing, weight};
  }
  /// sum_c target_c values_c.
  double average(const std::vector<double>& values) const {
    if (has_label()) return values[static_cast<std::size_t>(label())];
    double sum = 0;
    for (std::int64_t c = 0; c < data_.classes; ++c)
      sum += static_cast<double>(data_.soft[c]) * values[static_cast<std::size_t>(c)];
    return sum;
  }

 private:
  detail::RowTargetData<T> data_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
