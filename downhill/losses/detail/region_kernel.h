#pragma once
#include <array>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "downhill/formula/pointwise_kernel.h"
#include "downhill/losses/detail/region_loss.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A loss whose author wrote `statistics(p, y)`, and `value(sums...)` beside it.
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
  using AllSums = detail::RegionFormula::Numbers;
  using SumNumber = Dual<Dual<Lanes<double>>, kCount>;
  template <class N, class S>
  struct Finishes;
  template <class N, std::size_t... I>
  struct Finishes<N, std::index_sequence<I...>> {
    static constexpr bool value =
        requires(const L& loss, const lane_detail::Repeat<N, I>&... sums) {
      loss.value(sums...);
    };
  };
  // One formula of numbers for each region, or one of tensors for all classes.
  static constexpr bool kNumbers = Finishes<SumNumber, Sequence>::value;
  static constexpr bool finishes_tensors() {
    if constexpr (kNumbers) return false;  // a formula of numbers is not tried on tensors
    else return Finishes<Tensor, Sequence>::value;
  }
  static constexpr bool kJoint = finishes_tensors();
  static_assert(kNumbers || kJoint,
                "a loss has `statistics` but no `value` that takes as many sums: (auto...) for one "
                "region, or (const Tensor&...) for all classes");

 public:
  explicit CompiledRegion(L loss) : rules_(detail::class_rules_of(loss)), loss_(std::move(loss)) {
    if constexpr (requires { loss_.over; }) over_ = loss_.over;
  }

  Over over() const override { return over_; }
  const detail::ClassRules& rules() const override { return rules_; }
  bool joint() const override { return kJoint; }

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

  std::vector<double> values(std::span<const AllSums> sums, std::span<const AllSums> moved,
                             std::int64_t classes, std::span<AllSums> slopes,
                             std::span<AllSums> moved_slopes) const override {
    if constexpr (kJoint) {
      const auto value = [this](std::span<const Tensor> s) { return finish(s, Sequence()); };
      return detail::joint_values(value, static_cast<std::size_t>(kCount), sums, moved, classes,
                                  slopes, moved_slopes);
    } else {
      std::vector<double> all;
      for (std::size_t i = 0; i < sums.size(); ++i)
        all.push_back(value(sums[i], moved.empty() ? nullptr : moved[i].data(), slopes[i],
                            moved_slopes.empty() ? nullptr : moved_slopes[i].data()));
      return all;
    }
  }

 private:
  double value(const AllSums& sums, const double* moved, AllSums& slope,
               double* moved_slope) const {
    Numbers<SumNumber> s;
    for (std::size_t k = 0; k < s.size(); ++k) {
      s[k] = SumNumber(Dual<Lanes<double>>(Lanes<double>(sums[k])));
      if (moved != nullptr) s[k].v.d[0] = Lanes<double>(moved[k]);
      s[k].d[k] = Dual<Lanes<double>>(1.0);
    }
    const SumNumber result = finish(s, Sequence());
    for (std::size_t k = 0; k < s.size(); ++k) {
      slope[k] = result.d[k].v.first();
      if (moved_slope != nullptr) moved_slope[k] = result.d[k].d[0].first();
    }
    return result.v.v.first();
  }
  template <std::size_t... I>
  Tensor finish(std::span<const Tensor> s, std::index_sequence<I...>) const {
    return loss_.value(s[I]...);
  }
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
    std::array<lane_detail::LaneSum<T>, static_cast<std::size_t>(kCount)> total, along;
    lane_detail::for_batches<T>(n, [&](auto at) {
      Dual<L1> x(lane_detail::load(p, at));
      if (u != nullptr) x.d[0] = lane_detail::load(u, at);
      const auto s = all(x, lane_detail::load(y, at), Sequence());
      for (std::size_t k = 0; k < s.size(); ++k) {
        total[k].add(lane_detail::only_live(s[k].v, at));
        if (u != nullptr) along[k].add(lane_detail::only_live(s[k].d[0], at));
      }
    });
    for (std::size_t k = 0; k < total.size(); ++k) {
      sums[k] += total[k].total();
      if (u != nullptr) moved[k] += along[k].total();
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
  detail::ClassRules rules_;
  L loss_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
