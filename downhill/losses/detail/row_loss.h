#pragma once
#include <cstdint>
#include <memory>

#include "downhill/losses/class_rules.h"
#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// One row's target, as the formula of a row sees it.
template <class T>
struct RowTargetData {
  const std::int64_t* label = nullptr;  ///< a class, or
  const T* soft = nullptr;              ///< one number per class
  std::int64_t classes = 0;
};

/// A formula of rows, ready to run (compiled by compiled_row.h). `scratch` holds `classes` numbers.
class RowFormula {
 public:
  virtual ~RowFormula() = default;
  /// How much a row counts in the mean.
  virtual double weight(const RowTargetData<float>& target) const = 0;
  virtual double weight(const RowTargetData<double>& target) const = 0;
  /// The value of a row; `slope`, if not null, gets factor * its gradient.
  virtual float row(const float* x, const RowTargetData<float>& target, float factor, float* slope,
                    float* scratch) const = 0;
  virtual double row(const double* x, const RowTargetData<double>& target, double factor,
                     double* slope, double* scratch) const = 0;
  /// out = factor * (Hessian of the row) u.
  virtual void curvature(const float* x, const RowTargetData<float>& target, float factor,
                         const float* u, float* out, float* scratch) const = 0;
  virtual void curvature(const double* x, const RowTargetData<double>& target, double factor,
                         const double* u, double* out, double* scratch) const = 0;
  virtual const ClassRules& rules() const = 0;
  /// Whether rows with labels of so many classes go side by side, as `rows_of_labels`.
  virtual bool side_by_side(std::int64_t classes) const = 0;
  /// The values of `count` rows of x; `slopes`, if not null, get their gradients, each times its factor. A
  /// label below 0 is of a row that does not count: what is written for it means nothing.
  virtual void rows_of_labels(const float* x, const std::int64_t* labels, const float* factors,
                              std::int64_t count, std::int64_t classes, float* values,
                              float* slopes) const = 0;
  virtual void rows_of_labels(const double* x, const std::int64_t* labels, const double* factors,
                              std::int64_t count, std::int64_t classes, double* values,
                              double* slopes) const = 0;
};

/// prediction (..., C) or (N, C, ...), target int64 labels or soft targets; one value per row.
std::shared_ptr<const AnyLoss> row_loss(std::shared_ptr<const RowFormula> formula,
                                        Declaration declared);

}  // namespace downhill::detail
