#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "downhill/formula/pointwise_kernel.h"
#include "downhill/losses/per_class.h"

// Formulas whose elements are short rows, and formulas that know the column of their element, as
// the formulas of plain numbers that the pointwise kernel runs.

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// The column of an element, as a formula sees it: `column(option)` is the option's number there.
template <class T>
struct Column {
  Lanes<T> place;

  Lanes<T> operator()(const PerClass& option) const {
    if (option.size() == 1) return Lanes<T>(option.values[0]);
    alignas(64) T all[static_cast<std::size_t>(Lanes<T>::size)];
    place.store(all);
    for (T& x : all) x = static_cast<T>(option.values[static_cast<std::size_t>(x)]);
    return Lanes<T>::load(all);
  }
};
/// The same where all options are one number.
struct OneColumn {
  double operator()(const PerClass& option) const { return option.values[0]; }
};

/// A loss that declares `static constexpr bool by_column = true` and takes (p, y, column).
template <class L>
struct WithColumn {
  L loss;

  template <class T>
  auto operator()(auto p, auto y, Lanes<T> place) const {
    return loss(p, y, Column<T>{place});
  }
  template <class T>
  auto value_and_slope(auto p, auto y, Lanes<T> place) const requires
      requires(const L& l, Lanes<T> x) {
    l.value_and_slope(x, x, Column<T>{});
  }
  { return loss.value_and_slope(p, y, Column<T>{place}); }
};
template <class L>
struct WithoutColumn {
  L loss;

  auto operator()(auto p, auto y) const { return loss(p, y, OneColumn{}); }
  auto value_and_slope(auto p, auto y) const requires requires(const L& l, Lanes<float> x) {
    l.value_and_slope(x, x, OneColumn{});
  }
  { return loss.value_and_slope(p, y, OneColumn{}); }
};

template <class L, int Columns, int TargetColumns>
concept StatesSlopes = TargetColumns >
1 && requires(const L& l, std::array<Lanes<float>, Columns> p,
              std::array<Lanes<float>, TargetColumns> y) {
  l.value_and_slope(p, y);
};

/// A loss that declares `columns` (and `target_columns`) and takes arrays of that many numbers; a
/// target of one column is a plain number.
template <class L, int Columns, int TargetColumns>
struct WithColumns {
  static constexpr std::size_t kColumns = Columns, kTargets = TargetColumns;
  L loss;

  template <class... N>
  auto operator()(const N&... numbers) const {
    const std::tuple<const N&...> all(numbers...);
    const auto p = part<0>(all, std::make_index_sequence<kColumns>());
    if constexpr (TargetColumns == 1) return loss(p, std::get<kColumns>(all));
    else return loss(p, part<kColumns>(all, std::make_index_sequence<kTargets>()));
  }
  template <class... N>
  auto value_and_slope(const N&... numbers) const requires StatesSlopes<L, Columns, TargetColumns> {
    const std::tuple<const N&...> all(numbers...);
    return loss.value_and_slope(part<0>(all, std::make_index_sequence<kColumns>()),
                                part<kColumns>(all, std::make_index_sequence<kTargets>()));
  }

 private:
  template <std::size_t first, class Tuple, std::size_t... I>
  static auto part(const Tuple& all, std::index_sequence<I...>) {
    return std::array{std::get<first + I>(all)...};
  }
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
