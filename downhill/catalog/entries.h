#pragma once
#include <string>
#include <vector>

#include "downhill/core/options.h"

namespace downhill {

/// What `downhill list` and the reference pages show.
struct CatalogOption {
  std::string name, default_text, range, doc;
};
struct CatalogEntry {
  std::string name;
  std::vector<CatalogOption> options;
};

/// The methods of a `MethodList`.
template <class List>
std::vector<CatalogEntry> entries_of() {
  std::vector<CatalogEntry> all;
  List::for_each([&]<class M>() {
    CatalogEntry entry{std::string(M::name), {}};
    const M defaults{};
    for (const Option& option : M::options())
      entry.options.push_back({option.name, option.print(&defaults),
                               option.range == kFinite ? "" : option.range.text(), option.doc});
    all.push_back(std::move(entry));
  });
  return all;
}

}  // namespace downhill
