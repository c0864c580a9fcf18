#pragma once
#include <vector>

#include "downhill/core/error.h"
#include "downhill/formula/pointwise_kernel.h"
#include "downhill/losses/detail/row_loss.h"

// What the formula of a row computes with. The same text runs on lanes (value and slope) and on
// dual numbers of lanes (Hessian times a vector): there the slope's derivative is the product.

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// The numbers of one row. `N` is lanes, or duals that move along a direction.
template <class N>
class RowNumbers {
 public:
  using T = typename N::Value;
  RowNumbers(const T* values, const T* direction, std::int64_t n)
      : values_(values), direction_(direction), n_(n) {}

  std::int64_t size() const { return n_; }

  N at(lane_detail::Batch<T> batch) const {
    if constexpr (AnyDual<N>) {
      N x(lane_detail::load(values_, batch));
      x.d[0] = lane_detail::load(direction_, batch);
      return x;
    } else {
      return lane_detail::load(values_, batch);
    }
  }
  /// One number of the row, in every lane.
  N operator[](std::int64_t i) const {
    if constexpr (AnyDual<N>) {
      N x(Lanes<T>(static_cast<double>(values_[i])));
      x.d[0] = Lanes<T>(static_cast<double>(direction_[i]));
      return x;
    } else {
      return N(static_cast<double>(values_[i]));
    }
  }
  /// The largest value, as a constant; NaN if there is one.
  Lanes<T> max() const {
    Lanes<T> best(-std::numeric_limits<double>::infinity());
    lane_detail::for_batches<T>(
        n_, [&](auto batch) { best = downhill::max(best, lane_detail::load(values_, batch)); });
    return Lanes<T>(static_cast<double>(best.largest()));
  }
  /// sum of f(x_c, y_c) over a second row y.
  template <class Other, class F>
  N sum(const Other& other, F f) const;

 private:
  const T* values_;
  const T* direction_;
  std::int64_t n_;
};

namespace lane_detail {

/// The sum of all lanes, in every lane.
template <class T>
Lanes<T> across(const Lanes<T>& x) {
  return Lanes<T>(static_cast<double>(x.sum()));
}
template <class N>
Dual<N, 1> across(const Dual<N, 1>& x) {
  return {across(x.v), {across(x.d[0])}};
}

template <class T>
Lanes<T> live(const Lanes<T>& x, Batch<T> at) {
  return only_live(x, at);
}
template <class T>
Dual<Lanes<T>, 1> live(const Dual<Lanes<T>, 1>& x, Batch<T> at) {
  return {only_live(x.v, at), {only_live(x.d[0], at)}};
}

}  // namespace lane_detail

/// The gradient of one row, as it is built. What is stored along the way stays in its place; only
/// `finish` and `add` multiply by the factor that the caller wants.
template <class N>
class RowSlope {
 public:
  using T = typename N::Value;
  /// `values` is always written; `moved` too if N is dual. `result` says which of them is wanted.
  RowSlope(T* values, T* moved, T factor, std::int64_t n)
      : values_(values), moved_(moved), factor_(static_cast<double>(factor)), n_(n) {}

  /// slope_c = f(x_c); returns their sum.
  template <class F>
  N fill(const RowNumbers<N>& x, F f) {
    N sum(0.0);
    lane_detail::for_batches<T>(n_, [&](auto batch) {
      const N y = f(x.at(batch));
      put(y, batch);
      sum = sum + lane_detail::live(y, batch);
    });
    return lane_detail::across(sum);
  }
  /// slope_c = factor * f(slope_c).
  template <class F>
  void finish(F f) {
    lane_detail::for_batches<T>(n_, [&](auto batch) { put(f(get(batch)) * factor_, batch); });
  }
  /// slope_c = factor * f(slope_c, y_c).
  template <class Other, class F>
  void finish(const Other& other, F f) {
    lane_detail::for_batches<T>(
        n_, [&](auto batch) { put(f(get(batch), other.at(batch)) * factor_, batch); });
  }
  /// Adds factor * a constant at one place.
  void add(std::int64_t i, double constant) { values_[i] += static_cast<T>(factor_ * constant); }

 private:
  N get(lane_detail::Batch<T> batch) const {
    if constexpr (AnyDual<N>)
      return {lane_detail::load(values_, batch), {lane_detail::load(moved_, batch)}};
    else return lane_detail::load(values_, batch);
  }
  void put(const N& y, lane_detail::Batch<T> batch) {
    if constexpr (AnyDual<N>) {
      lane_detail::store(y.v, values_, batch);
      lane_detail::store(y.d[0], moved_, batch);
    } else {
      lane_detail::store(y, values_, batch);
    }
  }

  T* values_;
  T* moved_;
  double factor_;
  std::int64_t n_;
};

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

template <class N>
template <class Other, class F>
N RowNumbers<N>::sum(const Other& other, F f) const {
  N total(0.0);
  lane_detail::for_batches<T>(n_, [&](auto batch) {
    total = total + lane_detail::live(N(f(at(batch), other.at(batch))), batch);
  });
  return lane_detail::across(total);
}

/// A loss whose author wrote `row(x, target, slope)` and `row_weight(target)`.
template <class L>
concept RowShaped = requires(const L& loss, const RowNumbers<Lanes<float>>& x,
                             const RowTarget<float>& y, RowSlope<Lanes<float>>& slope) {
  loss.row(x, y, slope);
  loss.row_weight(y);
};

template <class L>
class CompiledRow final : public detail::RowFormula {
 public:
  explicit CompiledRow(L loss) : loss_(std::move(loss)) {}

  double weight(const detail::RowTargetData<float>& y) const override {
    return loss_.row_weight(RowTarget<float>(y));
  }
  double weight(const detail::RowTargetData<double>& y) const override {
    return loss_.row_weight(RowTarget<double>(y));
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
  void check(const detail::LossInputs& in, std::int64_t classes) const override {
    if (in.target.type() == Type::i64) {
      std::optional<std::int64_t> ignored;
      if constexpr (requires { loss_.ignore_index; }) ignored = loss_.ignore_index;
      detail::check_labels(detail::name_of_loss<L>(), in.target, classes, ignored);
    }
    if constexpr (requires { loss_.weight; })
      if (!loss_.weight.empty() && static_cast<std::int64_t>(loss_.weight.size()) != classes)
        throw_usage(detail::name_of_loss<L>(), "weight has " + std::to_string(loss_.weight.size()) +
                                                   " entries but the prediction has " +
                                                   std::to_string(classes) + " classes");
  }

 private:
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

  L loss_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
