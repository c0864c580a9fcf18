#pragma once
#include <utility>

#include "downhill/losses/detail/row_kernel.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A loss whose author wrote `row(x, target, slope)`, and `row_weight(target)` or the members of
/// class rules beside it.
template <class L>
concept HasRow = requires(const L& loss, const RowNumbers<Lanes<float>>& x,
                          const RowTarget<float>& y, RowSlope<Lanes<float>>& slope) {
  loss.row(x, y, slope);
};
template <class L>
concept HasRowWeight = requires(const L& loss, const RowTarget<float>& y) {
  loss.row_weight(y);
};
template <class L>
concept HasClassRules = requires(const L& loss) {
  loss.ignore_index;
  loss.weight;
};

template <class L>
class CompiledRow final : public detail::RowFormula {
 public:
  explicit CompiledRow(L loss) : rules_(detail::class_rules_of(loss)), loss_(std::move(loss)) {}

  double weight(const detail::RowTargetData<float>& y) const override {
    return weight_of(RowTarget<float>(y));
  }
  double weight(const detail::RowTargetData<double>& y) const override {
    return weight_of(RowTarget<double>(y));
  }
  float row(const float* x, const detail::RowTargetData<float>& y, float factor, float* slope,
            float* scratch) const override {
    return run(x, y, factor, slope, scratch);
  }
  double row(const double* x, const detail::RowTargetData<double>& y, double factor, double* slope,
             double* scratch) const override {
    return run(x, y, factor, slope, scratch);
  }
  void curvature(const float* x, const detail::RowTargetData<float>& y, float factor,
                 const float* u, float* out, float* scratch) const override {
    second(x, y, factor, u, out, scratch);
  }
  void curvature(const double* x, const detail::RowTargetData<double>& y, double factor,
                 const double* u, double* out, double* scratch) const override {
    second(x, y, factor, u, out, scratch);
  }
  const detail::ClassRules& rules() const override { return rules_; }

 private:
  double weight_of(const auto& target) const {
    if constexpr (HasRowWeight<L>) return loss_.row_weight(target);
    else return detail::row_weight(rules_, target);
  }
  template <class T>
  [[gnu::flatten]] T run(const T* x, const detail::RowTargetData<T>& y, T factor, T* slope,
                         T* scratch) const {
    const RowNumbers<Lanes<T>> numbers(x, nullptr, y.classes);
    RowSlope<Lanes<T>> to(slope != nullptr ? slope : scratch, nullptr, factor, y.classes);
    return loss_.row(numbers, RowTarget<T>(y), to).first();
  }
  template <class T>
  [[gnu::flatten]] void second(const T* x, const detail::RowTargetData<T>& y, T factor, const T* u,
                               T* out, T* scratch) const {
    using N = Dual<Lanes<T>>;
    const RowNumbers<N> numbers(x, u, y.classes);
    RowSlope<N> to(scratch, out, factor, y.classes);
    (void)loss_.row(numbers, RowTarget<T>(y), to);
  }

  detail::ClassRules rules_;
  L loss_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
