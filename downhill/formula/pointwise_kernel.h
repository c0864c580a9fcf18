#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "downhill/formula/batches.h"
#include "downhill/formula/dual_math.h"
#include "downhill/formula/pointwise.h"

// From one scalar formula: the value over lanes, the gradient over dual numbers of lanes, and the
// Hessian times a direction over duals of duals. Nothing is written by hand for any of them.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {

template <class T, std::size_t>
using Repeat = T;

template <class F, class Sequence>
struct Accepts;
template <class F, std::size_t... I>
struct Accepts<F, std::index_sequence<I...>> {
  static constexpr bool value = std::is_invocable_v<const F&, Repeat<Lanes<float>, I>...>;
};
template <class F, class Sequence>
struct ResultOf;
template <class F, std::size_t... I>
struct ResultOf<F, std::index_sequence<I...>> {
  using type = std::remove_cvref_t<std::invoke_result_t<const F&, Repeat<Lanes<float>, I>...>>;
};

/// A formula that states its slope, where the derived one would cost more or lose digits:
/// `value_and_slope(prediction, target)` returns the pair, generic in the number; of several moving
/// numbers the slopes are an array.
template <class F, class Sequence>
struct StatesSlope;
template <class F, std::size_t... I>
struct StatesSlope<F, std::index_sequence<I...>> {
  static constexpr bool value = requires(const F& f) {
    f.value_and_slope(Repeat<Lanes<float>, I>()...);
  };
};

/// What a formula returned, as N: it may be a plain constant, or not depend on what moves.
template <class N, class R>
N as_number(const R& result) {
  if constexpr (std::is_same_v<R, N>) return result;
  else if constexpr (std::is_arithmetic_v<R>) return N(static_cast<double>(result));
  else if constexpr (AnyDual<N>) return N(as_number<typename N::Inner>(result));
  else return N(result);
}

}  // namespace lane_detail

/// A formula F of `Inputs` numbers whose first `Moving` arguments carry derivatives.
template <class F, int Inputs, int Moving>
class CompiledFormula final : public Pointwise {
  using Sequence = std::make_index_sequence<static_cast<std::size_t>(Inputs)>;
  static_assert(lane_detail::Accepts<F, Sequence>::value,
                "a formula must be callable with numbers only: (auto prediction, auto target); use "
                "the functions of downhill (abs, exp, where, ...), not those of std");
  using Result = typename lane_detail::ResultOf<F, Sequence>::type;
  static_assert(Number<Result> || std::is_arithmetic_v<Result>,
                "a formula must return a number; a comparison returns a mask: choose with "
                "where(mask, yes, no)");

 public:
  CompiledFormula(std::string name, F f) : name_(std::move(name)), f_(std::move(f)) {}

  const std::string& name() const override { return name_; }
  int inputs() const override { return Inputs; }
  int moving() const override { return Moving; }

  void value(const float* const* in, float* out, std::int64_t n) const override {
    value_of(in, out, n);
  }
  void value(const double* const* in, double* out, std::int64_t n) const override {
    value_of(in, out, n);
  }
  double slopes(const float* const* in, const float* weight, float scale, float* value,
                float* const* out, bool stream, std::int64_t n) const override {
    return slopes_of(in, weight, scale, value, out, stream, n);
  }
  double slopes(const double* const* in, const double* weight, double scale, double* value,
                double* const* out, bool stream, std::int64_t n) const override {
    return slopes_of(in, weight, scale, value, out, stream, n);
  }
  void curvature(const float* const* in, const float* weight, float scale, const float* const* u,
                 float* const* out, float* along, std::int64_t n) const override {
    curvature_of(in, weight, scale, u, out, along, n);
  }
  void curvature(const double* const* in, const double* weight, double scale,
                 const double* const* u, double* const* out, double* along,
                 std::int64_t n) const override {
    curvature_of(in, weight, scale, u, out, along, n);
  }

 private:
  template <class T>
  [[gnu::flatten]] void value_of(const T* const* in, T* out, std::int64_t n) const {
    lane_detail::each_batch<T>(n, [&](lane_detail::Batch<T> at) {
      lane_detail::store(call<T>(in, at, Sequence()), out, at);
    });
  }

  template <class T, std::size_t... I>
  Lanes<T> call(const T* const* in, lane_detail::Batch<T> at, std::index_sequence<I...>) const {
    return lane_detail::as_number<Lanes<T>>(f_(lane_detail::load(in[I], at)...));
  }

  template <class T>
  [[gnu::flatten]] double slopes_of(const T* const* in, const T* weight, T scale, T* value,
                                    T* const* out, bool stream, std::int64_t n) const {
    using L = Lanes<T>;
    if (weight == nullptr && value == nullptr && n % (4 * L::size) == 0 &&
        std::find(out, out + Moving, nullptr) == out + Moving)
      return stream ? unweighted<true>(in, scale, out, n) : unweighted<false>(in, scale, out, n);
    const L factor(static_cast<double>(scale));
    return lane_detail::sum_of_batches<T>(n, [&](lane_detail::Batch<T> at) {
      const auto r = with_slopes<T>(in, at, Sequence());
      L c = factor, counted = r.v;
      if (weight != nullptr) {
        const L w = lane_detail::load(weight, at);
        c = c * w;
        counted = counted * w;
      }
      if (value != nullptr) lane_detail::store(r.v, value, at);
      for (std::size_t k = 0; k < static_cast<std::size_t>(Moving); ++k) {
        if (out[k] == nullptr) continue;
        const L slope = c * r.d[k];
        if (stream && at.live == L::size) slope.stream(out[k] + at.index);
        else lane_detail::store(slope, out[k], at);
      }
      return lane_detail::only_live(counted, at);
    });
  }

  // The case of whole batches without weights, with nothing in the loop but the formula: what else
  // stands there costs mse half of its speed in the first cache, a fifth of the memory's bandwidth.
  template <bool stream, class T>
  [[gnu::flatten]] double unweighted(const T* const* in, T scale, T* const* out,
                                     std::int64_t n) const {
    using L = Lanes<T>;
    std::array<const T*, static_cast<std::size_t>(Inputs)> from;
    std::copy_n(in, Inputs, from.begin());
    std::array<T*, static_cast<std::size_t>(Moving)> to;
    std::copy_n(out, Moving, to.begin());
    const L factor(static_cast<double>(scale));
    return lane_detail::sum_of_groups<T>(n, [&](std::int64_t i) {
      const auto r = with_slopes<T>(from.data(), {i, L::size}, Sequence());
      for (std::size_t k = 0; k < to.size(); ++k) {
        if constexpr (stream) (factor * r.d[k]).stream(to[k] + i);
        else (factor * r.d[k]).store(to[k] + i);
      }
      return r.v;
    });
  }

  // Value and slopes of one batch, as a dual number with one direction per moving input.
  template <class T, std::size_t... I>
  Dual<Lanes<T>, Moving> with_slopes(const T* const* in, lane_detail::Batch<T> at,
                                     std::index_sequence<I...>) const {
    if constexpr (lane_detail::StatesSlope<F, Sequence>::value) {
      return stated<Lanes<T>>(f_.value_and_slope(lane_detail::load(in[I], at)...));
    } else {
      return lane_detail::as_number<Dual<Lanes<T>, Moving>>(
          f_(seeded<T, I>(lane_detail::load(in[I], at))...));
    }
  }

  template <class N, class V, class D>
  static Dual<N, Moving> stated(const std::pair<V, D>& pair) {
    if constexpr (Moving == 1) return {pair.first, {pair.second}};
    else return {pair.first, pair.second};
  }

  // A moving input as a dual number that moves in its own direction; others stay plain.
  template <class T, std::size_t I>
  static auto seeded(const Lanes<T>& x) {
    if constexpr (static_cast<int>(I) < Moving) {
      Dual<Lanes<T>, Moving> dual(x);
      dual.d[I] = Lanes<T>(1.0);
      return dual;
    } else {
      return x;
    }
  }

  template <class T>
  [[gnu::flatten]] void curvature_of(const T* const* in, const T* weight, T scale,
                                     const T* const* u, T* const* out, T* along,
                                     std::int64_t n) const {
    using L = Lanes<T>;
    const L factor(static_cast<double>(scale));
    lane_detail::each_batch<T>(n, [&](lane_detail::Batch<T> at) {
      const auto r = second<T>(in, u, at, Sequence());
      const L c = weight != nullptr ? factor * lane_detail::load(weight, at) : factor;
      if (along != nullptr) lane_detail::store(r.v.d[0], along, at);
      for (std::size_t k = 0; k < static_cast<std::size_t>(Moving); ++k)
        if (out[k] != nullptr) lane_detail::store(L(c * r.d[k].d[0]), out[k], at);
    });
  }

  template <class T, std::size_t... I>
  Dual<Dual<Lanes<T>>, Moving> second(const T* const* in, const T* const* u,
                                      lane_detail::Batch<T> at, std::index_sequence<I...>) const {
    if constexpr (lane_detail::StatesSlope<F, Sequence>::value) {
      return stated<Dual<Lanes<T>>>(f_.value_and_slope(moved_or_plain<T, I>(in, u, at)...));
    } else {
      return lane_detail::as_number<Dual<Dual<Lanes<T>>, Moving>>(
          f_(seeded_twice<T, I>(in, u, at)...));
    }
  }

  template <class T>
  static Dual<Lanes<T>> moved(const T* const* in, const T* const* u, std::size_t k,
                              lane_detail::Batch<T> at) {
    Dual<Lanes<T>> x(lane_detail::load(in[k], at));
    if (u[k] != nullptr) x.d[0] = lane_detail::load(u[k], at);
    return x;
  }

  template <class T, std::size_t I>
  static auto moved_or_plain(const T* const* in, const T* const* u, lane_detail::Batch<T> at) {
    if constexpr (static_cast<int>(I) < Moving) return moved<T>(in, u, I, at);
    else return lane_detail::load(in[I], at);
  }

  template <class T, std::size_t I>
  static auto seeded_twice(const T* const* in, const T* const* u, lane_detail::Batch<T> at) {
    if constexpr (static_cast<int>(I) < Moving) {
      Dual<Dual<Lanes<T>>, Moving> dual(moved<T>(in, u, I, at));
      dual.d[I] = Dual<Lanes<T>>(1.0);
      return dual;
    } else {
      return lane_detail::load(in[I], at);
    }
  }

  std::string name_;
  F f_;
};

template <int Inputs, int Moving, class F>
std::shared_ptr<const Pointwise> compile_formula(std::string name, F f) {
  return std::make_shared<CompiledFormula<F, Inputs, Moving>>(std::move(name), std::move(f));
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
