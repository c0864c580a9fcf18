#pragma once
#include <string_view>
#include <vector>

#include "downhill/catalog/entries.h"
#include "downhill/core/method_list.h"
#include "downhill/train/reduce_on_plateau.h"

namespace downhill {

/// Every observer that ships: a struct of options with an `observer()`.
using Observers = MethodList<ReduceOnPlateau>;
static_assert(Observers::built_in());

/// An observer from "reduce_on_plateau:factor=0.5"; UsageError with the nearest known name.
ObserverPtr observer_from(std::string_view spec);
/// Several, with | between them; none from an empty text.
std::vector<ObserverPtr> observers_from(std::string_view specs);
std::vector<CatalogEntry> list_observers();

}  // namespace downhill
