#pragma once
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>

#include "downhill/formula/lanes.h"
#include "downhill/optim/context.h"
#include "downhill/schedules/hyper.h"

// What a link's struct declares, recognised at compile time.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {

template <class L>
concept HasNumbers = requires {
  typename L::Numbers;
};
template <class L, class N>
concept HasState = requires {
  typename L::template State<N>;
};

template <class L>
using Stored = std::array<double, std::tuple_size_v<decltype(L::numbers)>>;
template <class L>
typename L::Numbers unpacked(const double* stored) {
  static_assert(sizeof(typename L::Numbers) == sizeof(Stored<L>),
                "`numbers` names each double of Numbers");
  Stored<L> own;
  std::memcpy(own.data(), stored, sizeof(own));
  return std::bit_cast<typename L::Numbers>(own);
}
template <class L>
void pack(const typename L::Numbers& own, double* stored) {
  const auto all = std::bit_cast<Stored<L>>(own);
  std::memcpy(stored, all.data(), sizeof(all));
}

template <class L>
auto formula_of(const L& link, const Step& step, const double* numbers) {
  if constexpr (HasNumbers<L>) return link.at(step, unpacked<L>(numbers));
  else return link.at(step);
}

template <class L>
concept BlockShaped = requires(const L& link, const Step& step) {
  link.at(step);
}
|| requires(const L& link, const Step& step) { link.at(step, typename L::Numbers()); };
template <class L>
concept TensorShaped = requires(const L& link, std::span<Part> parts, Context& context) {
  link.run(parts, context);
};
template <class L, class N>
concept Measures = requires(N x) {
  L::measure(x, x);
}
|| requires(N x, typename L::template State<N> s) { L::measure(x, x, s); };
template <class L, class N>
concept Evaluates = requires(const L& link, N x, typename L::template State<N> s) {
  link.evaluated(x, s);
};

template <class L, class N>
constexpr std::size_t state_count() {
  if constexpr (HasState<L, N>) return sizeof(typename L::template State<N>) / sizeof(N);
  else return 0;
}

template <class N>
std::array<N, 1> as_array(const N& one) {
  return {one};
}
template <class N, std::size_t count>
std::array<N, count> as_array(const std::array<N, count>& some) {
  static_assert(count <= 4, "a link measures at most 4 sums");
  return some;
}
template <class L, class N>
constexpr std::size_t sum_count() {
  if constexpr (requires(N x) { L::measure(x, x); })
    return std::tuple_size_v<decltype(as_array(L::measure(std::declval<N>(), std::declval<N>())))>;
  else
    return std::tuple_size_v<decltype(as_array(L::measure(
        std::declval<N>(), std::declval<N>(), std::declval<typename L::template State<N>>())))>;
}

template <class L>
Link::Traits traits_of() {
  Link::Traits traits{.name = std::string(L::name)};
  if constexpr (HasNumbers<L>) {
    traits.numbers = L::numbers;
    traits.first_numbers.resize(L::numbers.size());
    pack<L>(typename L::Numbers(), traits.first_numbers.data());
  }
  if constexpr (requires { L::rate; }) traits.rate = L::rate;
  if constexpr (requires { L::needs_closure; }) traits.needs_closure = L::needs_closure;
  if constexpr (requires { L::moves; }) traits.moves = L::moves;
  if constexpr (requires { L::gate; }) traits.gate = L::gate;
  if constexpr (requires { L::of_gradient; }) traits.of_gradient = L::of_gradient;
  if constexpr (requires { L::of_step; }) traits.of_step = L::of_step;
  if constexpr (requires { L::guards; }) traits.guards = L::guards;
  return traits;
}

template <class L>
L changed(L link, const std::string& setting, const std::string& text) {
  if constexpr (requires { L::options(); })
    read_options(L::name, link, Spec{std::string(L::name), {{setting, text}}});
  return link;
}
/// With every schedule of 0 steps lasting so many.
template <class L>
L filled(L link, std::int64_t steps) {
  if constexpr (requires { L::options(); }) {
    const auto options = L::options();
    fill_schedules(Options(options), &link, steps);
  }
  return link;
}

}  // namespace lane_detail
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
