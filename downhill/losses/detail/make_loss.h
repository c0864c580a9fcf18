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

/// Predictions of a pointwise loss: `static constexpr int predictions`, else 1.
template <class L>
constexpr int predictions_of() {
  if constexpr (requires { L::predictions; }) return L::predictions;
  else return 1;
}
template <class L>
std::string name_of_loss() {
  if constexpr (requires { L::name; }) return std::string(L::name);
  else return "loss";
}

/// Recognises the shape of a loss and compiles it.
template <class L>
std::shared_ptr<const detail::AnyLoss> make_loss(L loss) {
  if constexpr (requires { L::options(); }) check_options(name_of_loss<L>(), loss);
  if constexpr (GraphShaped<L>) {
    constexpr std::size_t n = L::inputs.size();
    return detail::graph_loss({name_of_loss<L>(),
                               {L::inputs.begin(), L::inputs.end()},
                               [loss = std::move(loss)]<class Span>(Span x) {
                                 return [&]<std::size_t... I>(std::index_sequence<I...>) {
                                   return loss(x[I]...);
                                 }
                                 (std::make_index_sequence<n>());
                               }});
  } else if constexpr (RowShaped<L>) {
    return detail::row_loss(std::make_shared<CompiledRow<L>>(std::move(loss)));
  } else if constexpr (RegionShaped<L>) {
    return detail::region_loss(std::make_shared<CompiledRegion<L>>(std::move(loss)));
  } else {
    constexpr int n = predictions_of<L>();
    return detail::pointwise_loss(compile_formula<n + 1, n>(name_of_loss<L>(), std::move(loss)));
  }
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
