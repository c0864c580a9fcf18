#pragma once
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "downhill/core/options.h"
#include "downhill/formula/pointwise_kernel.h"
#include "downhill/optim/detail/link_shape.h"
#include "downhill/optim/detail/wide.h"
#include "downhill/optim/tensor_link.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

template <class L>
LinkPtr compile_link(L link);

template <class L>
class CompiledBlockLink final : public BlockLink {
  using BoundFormula = decltype(lane_detail::formula_of(std::declval<const L&>(), Step(), nullptr));
  static_assert(sizeof(BoundFormula) <= kBound && std::is_trivially_copyable_v<BoundFormula>,
                "what at(step) returns may hold numbers only, at most 16 doubles");
  template <class T>
  using Numbers = std::array<Lanes<T>, lane_detail::state_count<L, Lanes<T>>()>;

 public:
  explicit CompiledBlockLink(L link)
      : BlockLink(lane_detail::traits_of<L>()), link_(std::move(link)) {}

  std::vector<Setting> settings() const override { return settings_of(link_); }
  LinkPtr with(const std::string& setting, const std::string& text) const override {
    return compile_link(lane_detail::changed(link_, setting, text));
  }
  LinkPtr over(std::int64_t steps) const override {
    return compile_link(lane_detail::filled(link_, steps));
  }

  std::span<const char* const> states() const override {
    if constexpr (requires { L::states; }) return L::states;
    else return {};
  }
  bool measures() const override { return lane_detail::Measures<L, Lanes<double>>; }
  bool per_tensor() const override {
    if constexpr (requires { L::per_tensor; }) return L::per_tensor;
    else return false;
  }
  bool evaluates() const override { return lane_detail::Evaluates<L, Lanes<double>>; }

  void next(double* numbers, const Step& step) const override {
    if constexpr (lane_detail::HasNumbers<L>) {
      auto own = lane_detail::unpacked<L>(numbers);
      link_.next(own, step);
      lane_detail::pack<L>(own, numbers);
    }
  }
  bool open(const Step& step, const double* numbers) const override {
    if constexpr (requires { link_.open(step); }) return link_.open(step);
    else if constexpr (lane_detail::HasNumbers<L>) {
      if constexpr (requires { link_.open(step, lane_detail::unpacked<L>(numbers)); })
        return link_.open(step, lane_detail::unpacked<L>(numbers));
    }
    return true;
  }
  void bind(const Step& step, const double* numbers, Bound& bound) const override {
    const BoundFormula formula = lane_detail::formula_of(link_, step, numbers);
    std::memcpy(bound.bytes, &formula, sizeof(formula));
  }

  void run(const Bound& bound, float* d, const float* p, float* const* s,
           std::int64_t n) const override {
    strip(bound, d, p, s, n);
  }
  void run(const Bound& bound, double* d, const double* p, double* const* s,
           std::int64_t n) const override {
    strip(bound, d, p, s, n);
  }
  void measure(const float* g, const float* p, float* const* s, std::int64_t n,
               Sums& sums) const override {
    total(g, p, s, n, sums);
  }
  void measure(const double* g, const double* p, double* const* s, std::int64_t n,
               Sums& sums) const override {
    total(g, p, s, n, sums);
  }
  void evaluated(float* p, float* const* s, std::int64_t n) const override { seen(p, s, n); }
  void evaluated(double* p, double* const* s, std::int64_t n) const override { seen(p, s, n); }

 private:
  template <class T>
  static Numbers<T> loaded(T* const* s, lane_detail::Batch<T> at) {
    Numbers<T> numbers;
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = lane_detail::load(s[k], at);
    return numbers;
  }

  template <class T>
  [[gnu::flatten]] void strip(const Bound& bound, T* d, const T* p, T* const* s,
                              std::int64_t n) const {
    const BoundFormula formula = std::bit_cast<BoundFormula>(
        *reinterpret_cast<const std::array<std::byte, sizeof(BoundFormula)>*>(bound.bytes));
    lane_detail::for_batches<T>(n, [&](lane_detail::Batch<T> at) {
      const Lanes<T> g = lane_detail::load(d, at), x = lane_detail::load(p, at);
      if constexpr (lane_detail::HasState<L, Lanes<T>>) {
        using State = typename L::template State<Lanes<T>>;
        static_assert(Numbers<T>().size() <= kMaxStates,
                      "a link keeps at most 8 numbers per parameter");
        static_assert(Numbers<T>().size() == std::tuple_size_v<decltype(L::states)>,
                      "`states` names each number of State");
        State state = std::bit_cast<State>(loaded<T>(s, at));
        lane_detail::store(Lanes<T>(formula(g, x, state)), d, at);
        const auto numbers = std::bit_cast<Numbers<T>>(state);
        for (std::size_t k = 0; k < numbers.size(); ++k) lane_detail::store(numbers[k], s[k], at);
      } else {
        lane_detail::store(Lanes<T>(formula(g, x)), d, at);
      }
    });
  }

  // In double whatever the parameter's type: no square of a float overflows or vanishes there.
  template <class T>
  [[gnu::flatten]] void total(const T* g, const T* p, [[maybe_unused]] T* const* s, std::int64_t n,
                              [[maybe_unused]] Sums& sums) const {
    if constexpr (lane_detail::Measures<L, Lanes<double>>) {
      using Wide = Lanes<double>;
      constexpr std::size_t count = lane_detail::sum_count<L, Wide>();
      const auto add_to = [&](std::array<Wide, count>& sum, lane_detail::Batch<double> at) {
        const Wide d = lane_detail::load_wide(g, at), x = lane_detail::load_wide(p, at);
        std::array<Wide, count> each;
        if constexpr (requires { L::measure(d, x); }) {
          each = lane_detail::as_array(L::measure(d, x));
        } else {
          using State = typename L::template State<Wide>;
          std::array<Wide, lane_detail::state_count<L, Wide>()> numbers;
          for (std::size_t k = 0; k < numbers.size(); ++k)
            numbers[k] = lane_detail::load_wide(static_cast<const T*>(s[k]), at);
          each = lane_detail::as_array(L::measure(d, x, std::bit_cast<State>(numbers)));
        }
        for (std::size_t k = 0; k < count; ++k)
          sum[k] = sum[k] + lane_detail::only_live(each[k], at);
      };
      // Four sums, since one addition after the other takes longer than memory does.
      std::array<Wide, count> a, b, c, d;
      for (auto* sum : {&a, &b, &c, &d}) sum->fill(Wide(0.0));
      constexpr std::int64_t kBatch = Wide::size;
      std::int64_t i = 0;
      for (; i + 4 * kBatch <= n; i += 4 * kBatch) {
        add_to(a, {i, kBatch});
        add_to(b, {i + kBatch, kBatch});
        add_to(c, {i + 2 * kBatch, kBatch});
        add_to(d, {i + 3 * kBatch, kBatch});
      }
      for (; i < n; i += kBatch) add_to(a, {i, n - i < kBatch ? n - i : kBatch});
      for (std::size_t k = 0; k < count; ++k) sums[k] += ((a[k] + c[k]) + (b[k] + d[k])).sum();
    }
  }

  template <class T>
  void seen(T* p, T* const* s, std::int64_t n) const {
    if constexpr (lane_detail::Evaluates<L, Lanes<double>>)
      lane_detail::for_batches<T>(n, [&](lane_detail::Batch<T> at) {
        using State = typename L::template State<Lanes<T>>;
        const State state = std::bit_cast<State>(loaded<T>(s, at));
        lane_detail::store(Lanes<T>(link_.evaluated(lane_detail::load(p, at), state)), p, at);
      });
  }

  L link_;
};

/// Recognises the kind of a link and compiles it.
template <class L>
LinkPtr compile_link(L link) {
  static_assert(lane_detail::BlockShaped<L> || lane_detail::TensorShaped<L>,
                "a link has `at(const Step&)` (with `struct Numbers`: at(step, numbers)) or "
                "`void run(std::span<Part>, Context&) const`");
  constexpr bool block = lane_detail::BlockShaped<L>, tensor = lane_detail::TensorShaped<L>;
  constexpr bool named = requires { L::name; };
  static_assert(named, "a link has a `name`");
  constexpr bool names_states = !lane_detail::HasState<L, Lanes<double>> || requires { L::states; };
  static_assert(names_states,
                "a link with `State` names its numbers, as they are saved: "
                "static constexpr std::array<const char*, n> states = {...}");
  constexpr bool names_numbers = !lane_detail::HasNumbers<L> || requires { L::numbers; };
  static_assert(names_numbers,
                "a link with `Numbers` names them, as they are saved: "
                "static constexpr std::array<const char*, n> numbers = {...}");
  if constexpr ((block || tensor) && named && names_states && names_numbers) {
    if constexpr (requires { L::options(); }) check_options(L::name, link);
    if constexpr (block) return std::make_shared<CompiledBlockLink<L>>(std::move(link));
    else return std::make_shared<WrappedTensorLink<L>>(std::move(link));
  } else {
    return nullptr;
  }
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
