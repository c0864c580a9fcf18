#include "downhill/optim/link.h"

namespace downhill {

std::vector<Setting> settings_of(Options options, const void* owner) {
  std::vector<Setting> all;
  for (const Option& option : options) {
    Setting& setting = all.emplace_back(Setting{option.name, option.print(owner)});
    if (&option.kind() == &option_kind<Hyper>())
      setting.value = *static_cast<const Hyper*>(option.at(const_cast<void*>(owner)));
  }
  return all;
}

std::string Link::text() const {
  std::string text = name();
  char separator = ':';
  for (const Setting& setting : settings()) {
    text += separator + setting.name + "=" + setting.text;
    separator = ',';
  }
  return text;
}

}  // namespace downhill
