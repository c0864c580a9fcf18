#pragma once
#include <utility>

#include "downhill/losses/detail/row_kernel.h"
#include "downhill/losses/detail/side_rows.h"

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
concept HasSideRows = requires(const L& loss, const SideRows<float>& x, const SideLabels<float>& y,
                               SideSlope<float>& slope) {
  loss.row_of_label(x, y, slope);
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
  bool side_by_side(std::int64_t classes) const override {
    return HasSideRows<L> && classes <= kNarrow;
  }
  void rows_of_labels(const float* x, const std::int64_t* labels, const float* factors,
                      std::int64_t count, std::int64_t classes, float* values,
                      float* slopes) const override {
    side(x, labels, factors, count, classes, values, slopes);
  }
  void rows_of_labels(const double* x, const std::int64_t* labels, const double* factors,
                      std::int64_t count, std::int64_t classes, double* values,
                      double* slopes) const override {
    side(x, labels, factors, count, classes, values, slopes);
  }

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
  template <class T>
  [[gnu::flatten]] void side(const T* x, const std::int64_t* labels, const T* factors,
                             std::int64_t count, std::int64_t classes, T* values, T* slopes) const {
    if constexpr (HasSideRows<L>) {
      SideNumbers<T> numbers, slope;
      for (std::int64_t first = 0; first < count; first += Lanes<T>::size) {
        const std::int64_t live = std::min(Lanes<T>::size, count - first);
        turn_in(x + first * classes, live, classes, numbers);
        SideSlope<T> to(slope, some_of(factors + first, live), classes);
        const Lanes<T> value = loss_.row_of_label(SideRows<T>(numbers, classes),
                                                  SideLabels<T>(labels + first, live), to);
        lane_detail::store(value, values, {first, live});
        if (slopes != nullptr) turn_out(slope, live, classes, slopes + first * classes);
      }
    }
  }

  detail::ClassRules rules_;
  L loss_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
