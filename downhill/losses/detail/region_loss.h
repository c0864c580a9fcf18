#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "downhill/losses/class_rules.h"
#include "downhill/losses/detail/fused.h"
#include "downhill/losses/over.h"

namespace downhill::detail {

/// A formula of regions, ready to run: sums of pointwise statistics, then one value of the sums.
class RegionFormula {
 public:
  static constexpr int kMaxStatistics = 8;
  virtual ~RegionFormula() = default;
  using Numbers = std::array<double, kMaxStatistics>;
  virtual Over over() const = 0;
  virtual const ClassRules& rules() const = 0;
  /// Whether one value is that of all classes' sums.
  virtual bool joint() const = 0;

  /// sums[k] += the k-th statistic over n elements; `moved`, if u is not null, likewise their
  /// derivatives along u.
  virtual void sums(const float* p, const float* y, const float* u, std::int64_t n, double* sums,
                    double* moved) const = 0;
  virtual void sums(const double* p, const double* y, const double* u, std::int64_t n, double* sums,
                    double* moved) const = 0;
  /// The values of the regions' sums, or, if joint, of every `classes` of them together. slopes[r]
  /// gets the derivative in each sum of region r, `moved_slopes` (if not empty) the derivative of
  /// the slopes when the sums move by `moved`.
  virtual std::vector<double> values(std::span<const Numbers> sums, std::span<const Numbers> moved,
                                     std::int64_t classes, std::span<Numbers> slopes,
                                     std::span<Numbers> moved_slopes) const = 0;
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

/// The same for a final formula of all classes at once, in operations on tensors of the sums, each
/// of shape (items, classes).
std::vector<double> joint_values(const std::function<Tensor(std::span<const Tensor>)>& value,
                                 std::size_t statistics,
                                 std::span<const RegionFormula::Numbers> sums,
                                 std::span<const RegionFormula::Numbers> moved,
                                 std::int64_t classes, std::span<RegionFormula::Numbers> slopes,
                                 std::span<RegionFormula::Numbers> moved_slopes);

std::shared_ptr<const AnyLoss> region_loss(std::shared_ptr<const RegionFormula> formula,
                                           Declaration declared);

}  // namespace downhill::detail
