#pragma once
#include <algorithm>
#include <limits>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/formula/pointwise_kernel.h"
#include "downhill/losses/detail/option_row.h"
#include "downhill/losses/detail/row_target.h"

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
  /// The largest value; NaN if there is one. It moves as the first place that holds it does: what is
  /// shifted by it keeps the digits of its second derivative where one class is all but sure.
  N max() const {
    Lanes<T> best(-std::numeric_limits<double>::infinity());
    lane_detail::for_batches<T>(
        n_, [&](auto batch) { best = downhill::max(best, lane_detail::load(values_, batch)); });
    const T top = best.largest();
    N result(Lanes<T>(static_cast<double>(top)));
    if constexpr (AnyDual<N>) {
      const T* place = std::find(values_, values_ + n_, top);
      if (place != values_ + n_)
        result.d[0] = Lanes<T>(static_cast<double>(direction_[place - values_]));
    }
    return result;
  }
  /// The largest f(x_c, y_c) over a second row y, as a constant.
  template <class Other, class F>
  Lanes<T> largest(const Other& other, F f) const {
    Lanes<T> best(-std::numeric_limits<double>::infinity());
    lane_detail::for_batches<T>(n_, [&](auto batch) {
      best = downhill::max(best, Lanes<T>(f(lane_detail::load(values_, batch), other.at(batch))));
    });
    return Lanes<T>(static_cast<double>(best.largest()));
  }
  /// An option of one number per class, or one for all, as a row.
  OptionRow<T> row_of(const std::vector<double>& values) const { return OptionRow<T>(values); }
  /// The value at one place, without derivatives.
  double value(std::int64_t i) const { return static_cast<double>(values_[i]); }
  /// sum of f(x_c).
  template <class F>
  N sum(F f) const;
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

/// The number with one lane set to 0.
template <class T>
Lanes<T> without_lane(const Lanes<T>& x, std::int64_t lane) {
  alignas(64) T all[static_cast<std::size_t>(Lanes<T>::size)];
  x.store(all);
  all[lane] = 0;
  return Lanes<T>::load(all);
}
template <class T>
Dual<Lanes<T>, 1> without_lane(const Dual<Lanes<T>, 1>& x, std::int64_t lane) {
  return {without_lane(x.v, lane), {without_lane(x.d[0], lane)}};
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
    return fill_with([&](auto batch) -> N { return f(x.at(batch)); });
  }
  /// slope_c = f(x_c, y_c) over a second row y; returns their sum.
  template <class Other, class F>
  N fill(const RowNumbers<N>& x, const Other& other, F f) {
    return fill_with([&](auto batch) -> N { return f(x.at(batch), other.at(batch)); });
  }
  /// The same, but the sum leaves out the number at `place`: no difference of sums, so that it
  /// keeps its digits where that number is by far the largest.
  template <class F>
  N fill_around(std::int64_t place, const RowNumbers<N>& x, F f) {
    return fill_with([&](auto batch) -> N { return f(x.at(batch)); }, place);
  }
  template <class Other, class F>
  N fill_around(std::int64_t place, const RowNumbers<N>& x, const Other& other, F f) {
    return fill_with([&](auto batch) -> N { return f(x.at(batch), other.at(batch)); }, place);
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
  /// slope_c = slope_0 + ... + slope_c, in double; returns the last. `suffix_sums` goes from the
  /// other end: slope_c + ... + slope_(n-1), which is its derivative the other way.
  N prefix_sums() { return running_sums(0, 1); }
  N suffix_sums() { return running_sums(n_ - 1, -1); }
  /// sum of f(slope_c).
  template <class F>
  N sum(F f) const {
    N total(0.0);
    lane_detail::for_batches<T>(
        n_, [&](auto batch) { total = total + lane_detail::live(N(f(get(batch))), batch); });
    return lane_detail::across(total);
  }
  /// sum of f(slope_c, y_c) over a second row y.
  template <class Other, class F>
  N sum(const Other& other, F f) const {
    N total(0.0);
    lane_detail::for_batches<T>(n_, [&](auto batch) {
      total = total + lane_detail::live(N(f(get(batch), other.at(batch))), batch);
    });
    return lane_detail::across(total);
  }
  /// Adds factor * a number at one place.
  void add(std::int64_t i, const N& number) { change(i, number, true); }
  /// Sets one place to factor * a number.
  void set(std::int64_t i, const N& number) { change(i, number, false); }

 private:
  static constexpr std::int64_t kNowhere = -1;
  // Stores f(batch); the sum of all but the number at `apart`.
  template <class F>
  N fill_with(F f, std::int64_t apart = kNowhere) {
    N sum(0.0);
    lane_detail::for_batches<T>(n_, [&](auto batch) {
      const N y = f(batch);
      put(y, batch);
      const std::int64_t lane = apart - batch.index;
      sum = sum + (apart == kNowhere || lane < 0 || lane >= Lanes<T>::size
                       ? lane_detail::live(y, batch)
                       : lane_detail::without_lane(lane_detail::live(y, batch), lane));
    });
    return lane_detail::across(sum);
  }
  N running_sums(std::int64_t first, std::int64_t step) {
    const auto run = [&](T* numbers) {
      double sum = 0;
      T* to = numbers + first;
      for (std::int64_t i = 0; i < n_; ++i, to += step)
        *to = static_cast<T>(sum += static_cast<double>(*to));
      return Lanes<T>(sum);
    };
    if constexpr (AnyDual<N>) {
      const Lanes<T> last = run(values_);
      return {last, {run(moved_)}};
    } else {
      return run(values_);
    }
  }
  N get(lane_detail::Batch<T> batch) const {
    if constexpr (AnyDual<N>)
      return {lane_detail::load(values_, batch), {lane_detail::load(moved_, batch)}};
    else return lane_detail::load(values_, batch);
  }
  void change(std::int64_t i, const N& number, bool add) {
    const auto factor = static_cast<T>(factor_);
    if constexpr (AnyDual<N>) {
      values_[i] = (add ? values_[i] : T(0)) + factor * number.v.first();
      moved_[i] = (add ? moved_[i] : T(0)) + factor * number.d[0].first();
    } else {
      values_[i] = (add ? values_[i] : T(0)) + factor * number.first();
    }
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

template <class N>
template <class F>
N RowNumbers<N>::sum(F f) const {
  N total(0.0);
  lane_detail::for_batches<T>(
      n_, [&](auto batch) { total = total + lane_detail::live(N(f(at(batch))), batch); });
  return lane_detail::across(total);
}
template <class N>
template <class Other, class F>
N RowNumbers<N>::sum(const Other& other, F f) const {
  N total(0.0);
  lane_detail::for_batches<T>(n_, [&](auto batch) {
    total = total + lane_detail::live(N(f(at(batch), other.at(batch))), batch);
  });
  return lane_detail::across(total);
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
