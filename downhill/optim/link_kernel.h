#pragma once
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "downhill/core/options.h"
#include "downhill/formula/pointwise_kernel.h"
#include "downhill/optim/link.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {

template <class L>
concept HasState = requires {
  typename L::template State<Lanes<float>>;
};
template <class L>
concept Measures = requires(Lanes<float> x) {
  L::measure(x, x);
};
template <class L>
concept BlockShaped = requires(const L& link, const Step& step) {
  link.at(step);
};
template <class L>
concept MatrixShaped = requires(const L& link, const Tensor& t, std::span<Tensor> s,
                                const Step& step) {
  link.matrix(t, t, s, step);
};

template <class L>
constexpr std::span<const char* const> states_of() {
  if constexpr (requires { L::states; }) return L::states;
  else return {};
}

}  // namespace lane_detail

template <class L>
LinkPtr compile_link(L link);

template <class L>
LinkPtr changed(L link, const std::string& setting, const std::string& text) {
  if constexpr (requires { L::options(); })
    read_options(L::name, link, Spec{std::string(L::name), {{setting, text}}});
  return compile_link(std::move(link));
}

template <class L>
class CompiledBlockLink final : public BlockLink {
  using BoundFormula = decltype(std::declval<const L&>().at(std::declval<const Step&>()));
  static_assert(sizeof(BoundFormula) <= kBound && std::is_trivially_copyable_v<BoundFormula>,
                "what at(step) returns may capture numbers only, at most 16 doubles");

 public:
  explicit CompiledBlockLink(L link) : name_(L::name), link_(std::move(link)) {}

  const std::string& name() const override { return name_; }
  std::vector<Setting> settings() const override { return settings_of(link_); }
  LinkPtr with(const std::string& setting, const std::string& text) const override {
    return changed(link_, setting, text);
  }
  std::span<const char* const> states() const override { return lane_detail::states_of<L>(); }
  bool measures() const override { return lane_detail::Measures<L>; }

  void bind(const Step& step, Bound& bound) const override {
    const BoundFormula formula = link_.at(step);
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
  double measure(const float* g, const float* p, std::int64_t n) const override {
    return total(g, p, n);
  }
  double measure(const double* g, const double* p, std::int64_t n) const override {
    return total(g, p, n);
  }

 private:
  template <class T>
  [[gnu::flatten]] void strip(const Bound& bound, T* d, const T* p, T* const* s,
                              std::int64_t n) const {
    const BoundFormula formula = std::bit_cast<BoundFormula>(
        *reinterpret_cast<const std::array<std::byte, sizeof(BoundFormula)>*>(bound.bytes));
    lane_detail::for_batches<T>(n, [&](lane_detail::Batch<T> at) {
      const Lanes<T> g = lane_detail::load(d, at), x = lane_detail::load(p, at);
      if constexpr (lane_detail::HasState<L>) {
        using State = typename L::template State<Lanes<T>>;
        constexpr std::size_t count = sizeof(State) / sizeof(Lanes<T>);
        static_assert(count <= kMaxStates, "a link keeps at most 8 numbers per parameter");
        static_assert(count == lane_detail::states_of<L>().size(),
                      "`states` names each number of State");
        std::array<Lanes<T>, count> numbers;
        for (std::size_t k = 0; k < count; ++k) numbers[k] = lane_detail::load(s[k], at);
        State state = std::bit_cast<State>(numbers);
        lane_detail::store(Lanes<T>(formula(g, x, state)), d, at);
        numbers = std::bit_cast<std::array<Lanes<T>, count>>(state);
        for (std::size_t k = 0; k < count; ++k) lane_detail::store(numbers[k], s[k], at);
      } else {
        lane_detail::store(Lanes<T>(formula(g, x)), d, at);
      }
    });
  }

  template <class T>
  double total(const T* g, const T* p, std::int64_t n) const {
    if constexpr (lane_detail::Measures<L>) {
      Lanes<T> sum(0.0);
      lane_detail::for_batches<T>(n, [&](lane_detail::Batch<T> at) {
        const Lanes<T> m = L::measure(lane_detail::load(g, at), lane_detail::load(p, at));
        sum = sum + lane_detail::only_live(m, at);
      });
      return static_cast<double>(sum.sum());
    } else {
      return 0;
    }
  }

  std::string name_;
  L link_;
};

template <class L>
class WrappedMatrixLink final : public MatrixLink {
 public:
  explicit WrappedMatrixLink(L link) : name_(L::name), link_(std::move(link)) {}

  const std::string& name() const override { return name_; }
  std::vector<Setting> settings() const override { return settings_of(link_); }
  LinkPtr with(const std::string& setting, const std::string& text) const override {
    return changed(link_, setting, text);
  }
  std::span<const char* const> states() const override { return lane_detail::states_of<L>(); }
  Tensor run(const Tensor& direction, const Tensor& parameter, std::span<Tensor> states,
             const Step& step) const override {
    return link_.matrix(direction, parameter, states, step);
  }

 private:
  std::string name_;
  L link_;
};

/// A flat link written as an aggregate with `void run(Problem&, NamedTensors&) const`.
template <class L>
class WrappedFlatLink final : public FlatLink {
 public:
  explicit WrappedFlatLink(L link) : name_(L::name), link_(std::move(link)) {}

  const std::string& name() const override { return name_; }
  std::vector<Setting> settings() const override { return settings_of(link_); }
  LinkPtr with(const std::string& setting, const std::string& text) const override {
    return changed(link_, setting, text);
  }
  void run(Problem& problem, NamedTensors& memory) const override { link_.run(problem, memory); }
  std::vector<std::string> misfits(const NamedTensors& memory,
                                   std::int64_t elements) const override {
    if constexpr (requires { link_.misfits(memory, elements); })
      return link_.misfits(memory, elements);
    else return {};
  }
  bool needs_closure() const override {
    if constexpr (requires { L::needs_closure; }) return L::needs_closure;
    else return false;
  }
  bool moves() const override {
    if constexpr (requires { L::moves; }) return L::moves;
    else return false;
  }

 private:
  std::string name_;
  L link_;
};

/// Recognises the kind of a link and compiles it.
template <class L>
LinkPtr compile_link(L link) {
  if constexpr (requires { L::options(); }) check_options(L::name, link);
  if constexpr (lane_detail::BlockShaped<L>)
    return std::make_shared<CompiledBlockLink<L>>(std::move(link));
  else if constexpr (lane_detail::MatrixShaped<L>)
    return std::make_shared<WrappedMatrixLink<L>>(std::move(link));
  else return std::make_shared<WrappedFlatLink<L>>(std::move(link));
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
