#pragma once
#include <utility>

#include "downhill/core/processor.h"
#include "downhill/optim/link.h"
#include "downhill/optim/link_kernel.h"

namespace downhill {

namespace detail {
/// A link of the list, compiled inside the library for the machine's level and found by its name.
/// UsageError if its options have another size than the program was compiled with.
LinkPtr builtin_link(std::string_view name, std::size_t size, const void* options);
/// The same for one level of processors; null if the size is another.
template <Level level>
LinkPtr level_link(std::string_view name, std::size_t size, const void* options);
}  // namespace detail

/// A link from its aggregate, one of ours or of yours.
template <class L, class Level = LevelTag>
LinkPtr make_link(L link) {
  if constexpr (IsBuiltIn<L>) return detail::builtin_link(L::name, sizeof(L), &link);
  else return compile_link(std::move(link));
}

/// A chain from aggregates: chain(ClipByGlobalNorm{1.0}, ScaleByAdam{}, ScaleByLearningRate{1e-3}).
template <class... Links>
Chain chain(Links... links) {
  return {make_link(std::move(links))...};
}

}  // namespace downhill
