#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "downhill/losses/detail/fused.h"
#include "downhill/losses/over.h"

namespace downhill::detail {

/// A formula of regions, ready to run: sums of pointwise statistics, then one value of the sums.
class RegionFormula {
 public:
  static constexpr int kMaxStatistics = 8;
  virtual ~RegionFormula() = default;
  virtual Over over() const = 0;
  virtual int statistics() const = 0;

  /// sums[k] += the k-th statistic over n elements; `moved`, if u is not null, likewise their
  /// derivatives along u.
  virtual void sums(const float* p, const float* y, const float* u, std::int64_t n, double* sums,
                    double* moved) const = 0;
  virtual void sums(const double* p, const double* y, const double* u, std::int64_t n, double* sums,
                    double* moved) const = 0;
  /// The value of the sums; `slope[k]` gets its derivative in each, `moved_slope` the derivative of
  /// the slopes when the sums move by `moved`.
  virtual double value(const double* sums, const double* moved, double* slope,
                       double* moved_slope) const = 0;
  /// out = factor * sum_k slope[k] ds_k/dp.
  virtual void gradient(const float* p, const float* y, const double* slope, double factor,
                        float* out, std::int64_t n) const = 0;
  virtual void gradient(const double* p, const double* y, const double* slope, double factor,
                        double* out, std::int64_t n) const = 0;
  /// out = factor * sum_k (moved_slope[k] ds_k/dp + slope[k] d2s_k/dp2 u).
  virtual void curvature(const float* p, const float* y, const float* u, const double* slope,
                         const double* moved_slope, double factor, float* out,
                         std::int64_t n) const = 0;
  virtual void curvature(const double* p, const double* y, const double* u, const double* slope,
                         const double* moved_slope, double factor, double* out,
                         std::int64_t n) const = 0;
};

std::shared_ptr<const AnyLoss> region_loss(std::shared_ptr<const RegionFormula> formula,
                                           Declaration declared);

}  // namespace downhill::detail
