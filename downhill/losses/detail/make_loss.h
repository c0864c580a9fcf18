#pragma once
#include <array>
#include <concepts>
#include <utility>
#include <vector>

#include "downhill/losses/detail/column_kernel.h"
#include "downhill/losses/detail/compiled_row.h"
#include "downhill/losses/detail/graph_loss.h"
#include "downhill/losses/detail/link_loss.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/losses/detail/region_kernel.h"
#include "downhill/losses/detail/sum_loss.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A loss whose author named its predictions and wrote a function of tensors.
template <class L>
concept GraphShaped = requires {
  L::predictions.size();
};

/// A weighted sum of losses that has a name: its author wrote `terms()`.
template <class L>
concept SumShaped = requires(const L& loss) {
  { loss.terms() } -> std::same_as<std::vector<detail::Term>>;
};

namespace loss_detail {

template <class L>
inline constexpr bool never = false;

template <class L>
constexpr int columns_of() {
  if constexpr (requires { L::columns; }) return L::columns;
  else return 1;
}
template <class L>
constexpr int target_columns_of() {
  if constexpr (requires { L::target_columns; }) return L::target_columns;
  else return columns_of<L>();
}
template <class L>
constexpr bool by_column() {
  if constexpr (requires { L::by_column; }) return L::by_column;
  else return false;
}
template <class L>
constexpr std::size_t graph_targets() {
  if constexpr (requires { L::targets.size(); }) return L::targets.size();
  else return 0;
}

template <class F, int n>
inline constexpr bool takes_numbers =
    lane_detail::Accepts<F, std::make_index_sequence<static_cast<std::size_t>(n)>>::value;
template <class L, int K, int M>
constexpr bool takes_arrays() {
  using Row = std::array<Lanes<float>, static_cast<std::size_t>(K)>;
  if constexpr (M == 1) return std::is_invocable_v<const L&, const Row&, const Lanes<float>&>;
  else
    return std::is_invocable_v<const L&, const Row&,
                               const std::array<Lanes<float>, static_cast<std::size_t>(M)>&>;
}

template <class L>
detail::LossPtr make_graph(L loss) {
  constexpr std::size_t n = L::predictions.size(), m = graph_targets<L>();
  static_assert(n >= 1, "a loss of tensors needs at least one prediction");
  auto declared = detail::declaration_of(loss, n, 1);
  using Span = std::span<const Tensor>;
  detail::GraphFormula formula;
  formula.predictions.assign(L::predictions.begin(), L::predictions.end());
  if constexpr (m > 0) formula.targets.assign(L::targets.begin(), L::targets.end());
  if constexpr (requires { loss.check(Span(), Span()); })
    formula.check = [loss](Span p, Span y) { loss.check(p, y); };
  formula.each = [loss](Span p, Span y) {
    return [&]<std::size_t... I, std::size_t... J>(std::index_sequence<I...>,
                                                   std::index_sequence<J...>)
        ->Tensor {
      static_assert(std::is_invocable_v<const L&, lane_detail::Repeat<const Tensor&, I>...,
                                        lane_detail::Repeat<const Tensor&, J>...>,
                    "operator() of a loss of tensors must take one const Tensor& for each name in "
                    "`predictions`, then one for each in `targets`");
      return loss(p[I]..., y[J]...);
    }
    (std::make_index_sequence<n>(), std::make_index_sequence<m>());
  };
  return detail::graph_loss(std::move(formula), std::move(declared));
}

template <class L>
detail::LossPtr make_columns(L loss) {
  constexpr int k = columns_of<L>(), m = target_columns_of<L>();
  static_assert(k >= 1 && m >= 1 && k + m <= detail::kMaxNumbers,
                "columns and target_columns must be at least 1 and 16 together at most");
  if constexpr (!takes_arrays<L, k, m>()) {
    static_assert(never<L>,
                  "a loss with `columns` must be callable as (const auto& prediction, "
                  "const auto& target) with arrays of `columns` and `target_columns` "
                  "numbers: p[0], p[1], ...");
    return nullptr;
  } else {
    auto declared = detail::declaration_of(loss, 1, k);
    declared.target_columns = m;
    auto formula = compile_formula<k + m, k>(declared.name, WithColumns<L, k, m>{std::move(loss)});
    return detail::pointwise_loss(std::move(formula), std::move(declared));
  }
}

template <class L>
detail::LossPtr make_by_column(L loss) {
  if constexpr (!std::is_invocable_v<const L&, Lanes<float>, Lanes<float>, OneColumn>) {
    static_assert(never<L>,
                  "a loss with by_column = true must be callable as (auto prediction, "
                  "auto target, auto column)");
    return nullptr;
  } else {
    static_assert(
        requires { L::options(); },
        "a loss with by_column = true names its PerClass members in options(): their "
        "counts are checked there");
    auto declared = detail::declaration_of(loss, 1, 1);
    if (declared.classes == 0) {
      auto formula = compile_formula<2, 1>(declared.name, WithoutColumn<L>{std::move(loss)});
      return detail::pointwise_loss(std::move(formula), std::move(declared));
    }
    auto formula = compile_formula<3, 1>(declared.name, WithColumn<L>{std::move(loss)});
    return detail::pointwise_loss(std::move(formula), std::move(declared), {.by_column = true});
  }
}

template <class L>
detail::LossPtr make_numbers(L loss) {
  constexpr int n = detail::predictions_of<L>();
  static_assert(n >= 1 && n <= static_cast<int>(detail::kMaxTensors),
                "a loss has 1 to 4 predictions");
  if constexpr (!takes_numbers<L, n + 1>) {
    static_assert(
        !takes_numbers<L, n + 2> || takes_numbers<L, n + 1>,
        "the formula takes more numbers than its predictions and one target: declare "
        "`static constexpr int predictions`, or by_column = true if the last is a column");
    static_assert(takes_numbers<L, n + 2>,
                  "a loss needs one of: operator()(auto prediction, auto target) with as many "
                  "predictions as declared, row and row_weight, statistics and value, or the names "
                  "of its tensors in `predictions`; formulas use downhill's functions, not std's");
    return nullptr;
  } else {
    auto declared = detail::declaration_of(loss, static_cast<std::size_t>(n), n);
    auto formula = compile_formula<n + 1, n>(declared.name, std::move(loss));
    return detail::pointwise_loss(std::move(formula), std::move(declared), {.predictions = n});
  }
}

template <class L>
detail::LossPtr make_region(L loss) {
  auto declared = detail::declaration_of(loss, 1, 1);
  From from = From::probability;
  if constexpr (requires { loss.from; }) from = loss.from;
  auto made = detail::region_loss(std::make_shared<CompiledRegion<L>>(std::move(loss)),
                                  std::move(declared));
  return detail::link_loss(std::move(made), from);
}

}  // namespace loss_detail

/// Recognises the shape of a loss and compiles it.
template <class L>
detail::LossPtr make_loss(L loss) {
  if constexpr (requires { L::options(); }) check_options(detail::name_of_loss<L>(), loss);
  static_assert(!HasRow<L> || HasRowWeight<L> || HasClassRules<L>,
                "a loss has `row` but not `row_weight(target)`: what a row counts in the mean");
  static_assert(!HasRowWeight<L> || HasRow<L>,
                "a loss has `row_weight` but not `row(x, target, slope)`");
  if constexpr (SumShaped<L>) {
    return detail::named_sum(detail::name_of_loss<L>(), spec_text(L::name, loss), loss.terms());
  } else if constexpr (GraphShaped<L>) {
    return loss_detail::make_graph(std::move(loss));
  } else if constexpr (HasRow<L> && (HasRowWeight<L> || HasClassRules<L>)) {
    auto declared = detail::declaration_of(loss, 1, 1);
    return detail::row_loss(std::make_shared<CompiledRow<L>>(std::move(loss)), std::move(declared));
  } else if constexpr (HasRow<L> || HasRowWeight<L>) {
    return nullptr;
  } else if constexpr (RegionShaped<L>) {
    return loss_detail::make_region(std::move(loss));
  } else if constexpr (loss_detail::columns_of<L>() > 1 || requires { L::target_columns; }) {
    return loss_detail::make_columns(std::move(loss));
  } else if constexpr (loss_detail::by_column<L>()) {
    return loss_detail::make_by_column(std::move(loss));
  } else {
    return loss_detail::make_numbers(std::move(loss));
  }
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
