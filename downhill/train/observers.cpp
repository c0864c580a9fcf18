#include "downhill/train/observers.h"

#include "downhill/core/error.h"

namespace downhill {

ObserverPtr observer_from(std::string_view text) {
  const Spec spec = parse_spec(text, "observer");
  ObserverPtr made;
  const bool known = Observers::with(spec.name, [&]<class M>() {
    M method;
    read_options(M::name, method, spec);
    made = method.observer();
  });
  if (!known) throw_unknown("observer", spec.name, Observers::names());
  return made;
}

std::vector<ObserverPtr> observers_from(std::string_view specs) {
  std::vector<ObserverPtr> all;
  if (specs.empty()) return all;
  for (const std::string_view spec : split_outside(specs, '|')) all.push_back(observer_from(spec));
  return all;
}

std::vector<CatalogEntry> list_observers() { return entries_of<Observers>(); }

}  // namespace downhill
