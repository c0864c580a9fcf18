#include "downhill/optim/method.h"

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/list.h"

namespace downhill {

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
  Optimizers::with(spec.name, [&]<class M>() {
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

bool Method::searches() const {
  for (const LinkPtr& link : chain()) {
    if (link->kind() != Link::Kind::flat) continue;
    const auto& flat = static_cast<const FlatLink&>(*link);
    if (flat.needs_closure() && flat.moves()) return true;
  }
  return false;
}

bool Method::takes_schedule() const {
  const Chain links = chain();
  double rate = 0;
  return std::any_of(
             links.begin(), links.end(),
             [](const LinkPtr& link) { return link->name() == ScaleByLearningRate::name; }) &&
         read_option(get("lr"), rate).empty();
}

void check_takes_schedule(const Method& method) {
  if (method.takes_schedule()) return;
  throw_usage(method.name(), method.searches()
                                 ? "its steps are chosen by a search; it takes no schedule"
                                 : "lr is already a schedule; give one or the other");
}

}  // namespace downhill
