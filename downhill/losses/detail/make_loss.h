#pragma once
#include <array>
#include <utility>

#include "downhill/losses/detail/graph_loss.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/losses/detail/region_kernel.h"
#include "downhill/losses/detail/row_kernel.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A loss whose author listed its inputs and wrote a function of tensors.
template <class L>
concept GraphShaped = requires {
  L::inputs.size();
};

/// Recognises the shape of a loss and compiles it.
template <class L>
std::shared_ptr<const detail::AnyLoss> make_loss(L loss) {
  if constexpr (requires { L::options(); }) check_options(detail::name_of_loss<L>(), loss);
  if constexpr (GraphShaped<L>) {
    constexpr std::size_t n = L::inputs.size();
    auto declared = detail::declaration_of(loss, n, 1);
    return detail::graph_loss({{L::inputs.begin(), L::inputs.end()},
                               [loss = std::move(loss)]<class Span>(Span x) {
                                 return [&]<std::size_t... I>(std::index_sequence<I...>) {
                                   return loss(x[I]...);
                                 }
                                 (std::make_index_sequence<n>());
                               }},
                              std::move(declared));
  } else if constexpr (RowShaped<L>) {
    auto declared = detail::declaration_of(loss, 1, 1);
    return detail::row_loss(std::make_shared<CompiledRow<L>>(std::move(loss)), std::move(declared));
  } else if constexpr (RegionShaped<L>) {
    auto declared = detail::declaration_of(loss, 1, 1);
    return detail::region_loss(std::make_shared<CompiledRegion<L>>(std::move(loss)),
                               std::move(declared));
  } else {
    constexpr int n = detail::predictions_of<L>();
    auto declared = detail::declaration_of(loss, static_cast<std::size_t>(n), n);
    auto formula = compile_formula<n + 1, n>(declared.name, std::move(loss));
    return detail::pointwise_loss(std::move(formula), std::move(declared));
  }
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
