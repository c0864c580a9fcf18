#include "downhill/optim/method.h"

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/core/processor.h"
#include "downhill/optim/links/learning_rate.h"

namespace downhill {

namespace level_base {
Chain level_builtin_chain(std::size_t index, const void* options);
}
namespace level_v3 {
Chain level_builtin_chain(std::size_t index, const void* options);
}

Chain detail::builtin_chain(std::size_t index, const void* options) {
#ifndef DOWNHILL_NO_V3
  if (use_v3()) return level_v3::level_builtin_chain(index, options);
#endif
  return level_base::level_builtin_chain(index, options);
}

struct Method::Raw final : Model {
  explicit Raw(Chain c) : links(std::move(c)) {}
  const std::string& name() const override {
    static const std::string text = "chain";
    return text;
  }
  Chain chain() const override { return links; }
  std::vector<Setting> settings() const override {
    std::vector<Setting> all;
    for (const LinkPtr& link : links)
      for (Setting& setting : link->settings()) all.push_back(std::move(setting));
    return all;
  }
  std::shared_ptr<const Model> with(const std::string& setting,
                                    const std::string& text) const override {
    Chain changed = links;
    for (LinkPtr& link : changed) {
      for (const Setting& known : link->settings()) {
        if (known.name != setting) continue;
        link = link->with(setting, text);
        return std::make_shared<Raw>(std::move(changed));
      }
    }
    return nullptr;
  }
  Chain links;
};

Method::Method(Chain chain) : model_(std::make_shared<Raw>(std::move(chain))) {}

Method Method::parse(std::string_view text) {
  const Spec spec = parse_spec(text, "optimizer");
  std::shared_ptr<const Model> model;
  Optimizers::for_each([&]<class M>() {
    if (spec.name != M::name) return;
    M method;
    read_options(M::name, method, spec);
    model = std::make_shared<Named<M, LevelTag>>(std::move(method));
  });
  if (model == nullptr) throw_unknown("optimizer", spec.name, Optimizers::names());
  return Method(std::move(model));
}

std::string Method::get(const std::string& setting) const {
  std::vector<std::string> known;
  for (const Setting& s : settings()) {
    if (s.name == setting) return s.text;
    known.push_back(s.name);
  }
  throw_unknown(name() + " option", setting, known);
}

Method Method::with(const std::string& setting, const std::string& text) const {
  get(setting);  // refuses unknown names
  return Method(model_->with(setting, text));
}

std::string Method::text() const {
  std::string result = name();
  char separator = ':';
  for (const Setting& s : settings()) {
    result += separator + s.name + "=" + s.text;
    separator = ',';
  }
  return result;
}

void check_takes_schedule(const Method& method) {
  const Chain chain = method.chain();
  if (std::none_of(chain.begin(), chain.end(),
                   [](const LinkPtr& link) { return link->name() == ScaleByLearningRate::name; }))
    throw_usage(method.name(), "its steps are chosen by a search; it takes no schedule");
  if (double rate = 0; !read_option(method.get("lr"), rate).empty())
    throw_usage(method.name(), "lr is already a schedule; give one or the other");
}

}  // namespace downhill
