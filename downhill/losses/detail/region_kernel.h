#pragma once
#include <array>
#include <tuple>
#include <utility>

#include "downhill/formula/pointwise_kernel.h"
#include "downhill/losses/detail/region_loss.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A loss whose author wrote `statistics(p, y)` and `value(sums...)`.
template <class L>
concept RegionShaped = requires(const L& loss, Lanes<float> x) {
  loss.statistics(x, x);
};

template <class L>
class CompiledRegion final : public detail::RegionFormula {
  using Statistics = decltype(std::declval<const L&>().statistics(Lanes<float>(), Lanes<float>()));
  static constexpr int kCount = static_cast<int>(std::tuple_size_v<Statistics>);
  static_assert(kCount <= kMaxStatistics, "a region loss has at most 8 statistics");
  using Sequence = std::make_index_sequence<static_cast<std::size_t>(kCount)>;
  template <class N>
  using Numbers = std::array<N, static_cast<std::size_t>(kCount)>;

 public:
  explicit CompiledRegion(L loss) : loss_(std::move(loss)) {
    if constexpr (requires { loss_.over; }) over_ = loss_.over;
  }

  Over over() const override { return over_; }
  int statistics() const override { return kCount; }

  void sums(const float* p, const float* y, const float* u, std::int64_t n, double* sums,
            double* moved) const override {
    sum(p, y, u, n, sums, moved);
  }
  void sums(const double* p, const double* y, const double* u, std::int64_t n, double* sums,
            double* moved) const override {
    sum(p, y, u, n, sums, moved);
  }
  void gradient(const float* p, const float* y, const double* slope, double factor, float* out,
                std::int64_t n) const override {
    pull(p, y, slope, factor, out, n);
  }
  void gradient(const double* p, const double* y, const double* slope, double factor, double* out,
                std::int64_t n) const override {
    pull(p, y, slope, factor, out, n);
  }
  void curvature(const float* p, const float* y, const float* u, const double* slope,
                 const double* moved_slope, double factor, float* out,
                 std::int64_t n) const override {
    second(p, y, u, slope, moved_slope, factor, out, n);
  }
  void curvature(const double* p, const double* y, const double* u, const double* slope,
                 const double* moved_slope, double factor, double* out,
                 std::int64_t n) const override {
    second(p, y, u, slope, moved_slope, factor, out, n);
  }

  double value(const double* sums, const double* moved, double* slope,
               double* moved_slope) const override {
    using D = Dual<Dual<Lanes<double>>, kCount>;
    Numbers<D> s;
    for (std::size_t k = 0; k < s.size(); ++k) {
      s[k] = D(Dual<Lanes<double>>(Lanes<double>(sums[k])));
      if (moved != nullptr) s[k].v.d[0] = Lanes<double>(moved[k]);
      s[k].d[k] = Dual<Lanes<double>>(1.0);
    }
    const D result = finish(s, Sequence());
    for (std::size_t k = 0; k < s.size(); ++k) {
      slope[k] = result.d[k].v.first();
      if (moved_slope != nullptr) moved_slope[k] = result.d[k].d[0].first();
    }
    return result.v.v.first();
  }

 private:
  template <class D, std::size_t... I>
  D finish(const Numbers<D>& s, std::index_sequence<I...>) const {
    return D(loss_.value(s[I]...));
  }

  // The statistics as numbers of one type: one may not depend on the prediction at all.
  template <class N, class Y, std::size_t... I>
  Numbers<N> all(const N& p, const Y& y, std::index_sequence<I...>) const {
    const auto tuple = loss_.statistics(p, y);
    return {lane_detail::as_number<N>(std::get<I>(tuple))...};
  }

  template <class T>
  [[gnu::flatten]] void sum(const T* p, const T* y, const T* u, std::int64_t n, double* sums,
                            double* moved) const {
    using L1 = Lanes<T>;
    Numbers<L1> total, along;
    total.fill(L1(0.0));
    along.fill(L1(0.0));
    lane_detail::for_batches<T>(n, [&](auto at) {
      Dual<L1> x(lane_detail::load(p, at));
      if (u != nullptr) x.d[0] = lane_detail::load(u, at);
      const auto s = all(x, lane_detail::load(y, at), Sequence());
      for (std::size_t k = 0; k < s.size(); ++k) {
        total[k] = total[k] + lane_detail::only_live(s[k].v, at);
        along[k] = along[k] + lane_detail::only_live(s[k].d[0], at);
      }
    });
    for (std::size_t k = 0; k < total.size(); ++k) {
      sums[k] += static_cast<double>(total[k].sum());
      if (u != nullptr) moved[k] += static_cast<double>(along[k].sum());
    }
  }

  template <class T>
  [[gnu::flatten]] void pull(const T* p, const T* y, const double* slope, double factor, T* out,
                             std::int64_t n) const {
    lane_detail::for_batches<T>(n, [&](auto at) {
      Dual<Lanes<T>> x(lane_detail::load(p, at));
      x.d[0] = Lanes<T>(1.0);
      const auto s = all(x, lane_detail::load(y, at), Sequence());
      Lanes<T> g(0.0);
      for (std::size_t k = 0; k < s.size(); ++k) g = g + s[k].d[0] * (factor * slope[k]);
      lane_detail::store(g, out, at);
    });
  }

  template <class T>
  [[gnu::flatten]] void second(const T* p, const T* y, const T* u, const double* slope,
                               const double* moved_slope, double factor, T* out,
                               std::int64_t n) const {
    using Inner = Dual<Lanes<T>>;
    lane_detail::for_batches<T>(n, [&](auto at) {
      Inner moved(lane_detail::load(p, at));
      moved.d[0] = lane_detail::load(u, at);
      Dual<Inner> x(moved);
      x.d[0] = Inner(1.0);
      const auto s = all(x, lane_detail::load(y, at), Sequence());
      Lanes<T> h(0.0);
      for (std::size_t k = 0; k < s.size(); ++k)
        h = h + s[k].d[0].v * (factor * moved_slope[k]) + s[k].d[0].d[0] * (factor * slope[k]);
      lane_detail::store(h, out, at);
    });
  }

  Over over_ = Over::image_class;
  L loss_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
