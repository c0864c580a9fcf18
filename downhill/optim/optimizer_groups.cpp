// Which parameters run through which chain, and in what order the groups' links run.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "downhill/core/error.h"
#include "downhill/core/wildcard.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

std::string text_of(const Chain& chain) {
  std::string text;
  for (const LinkPtr& link : chain) text += (text.empty() ? "" : " | ") + link->text();
  return text;
}

// What the last link hands on is added to the parameters: a learning rate turns it downhill, once. Links
// that are not of the library may do that in their own way.
void check_goes_down(const Method& method, const Chain& chain) {
  const auto rates = std::ranges::count_if(
      chain, [](const LinkPtr& link) { return link->traits().rate != nullptr; });
  if (rates > 1)
    throw_usage(method.name(),
                fmt::format("{} of its links have a learning rate, and each turns the direction "
                            "round ({}); keep one",
                            rates, text_of(chain)));
  const bool ours = std::ranges::all_of(chain, [](const LinkPtr& link) {
    return !link->traits().moves && Links::with(link->name(), []<class>() {});
  });
  if (rates == 0 && ours)
    throw_usage(method.name(),
                fmt::format("none of its links has a learning rate, so that its steps "
                            "would go uphill ({}); end it with an optimizer, or with "
                            "scale_by_learning_rate:lr=0.01",
                            chain.empty() ? "it is empty" : text_of(chain)));
}

// A mean of weights takes the step as it is made: nothing but other means may follow. A search around the
// point takes the gradient.
void check_order(const Method& method, const Chain& chain) {
  const Link* turned = nullptr;  // the link whose rate, or search, makes a step of the gradient
  const Link* mean = nullptr;
  const auto refuse = [&](const Link& link, const char* place, const Link& other) {
    throw_usage(method.name(), fmt::format("{} must stand {} {} ({})", link.name(), place,
                                           other.name(), text_of(chain)));
  };
  for (const LinkPtr& link : chain) {
    const Link::Traits& traits = link->traits();
    if (traits.of_gradient && turned != nullptr) refuse(*link, "before", *turned);
    if (mean != nullptr && !traits.of_step) refuse(*mean, "behind", *link);
    if (traits.rate != nullptr || traits.moves) turned = link.get();
    if (traits.of_step) mean = link.get();
  }
}

// Where the groups must wait for each other: a sum over all of them, a link on all at once.
bool together(const Chain& chain, const detail::Stage& stage) {
  if (stage.tensor) return detail::tensor(chain[stage.first])->joint();
  return stage.measures && !detail::block(chain[stage.first])->per_tensor();
}

}  // namespace

// New groups of this method; a chain that depends on the shape makes one for each that it has.
void Optimizer::assign(const Method& method, const std::vector<std::size_t>& slots) {
  std::map<std::string, std::size_t> made;
  for (const std::size_t i : slots) {
    const Shape& shape = parameters_[i].tensor.shape();
    const std::string key = made.empty() || method.by_shape() ? text_of(method.chain(shape)) : "";
    const auto [found, fresh] = made.try_emplace(method.by_shape() ? key : "", groups_.size());
    if (fresh) {
      groups_.emplace_back(method, shape, length_);
      check_goes_down(method, groups_.back().chain);
      check_order(method, groups_.back().chain);
    }
    slots_[i].group = found->second;
    slots_[i].t.assign(groups_[found->second].sections(), 0);
    slots_[i].t_before.reserve(groups_[found->second].sections());
  }
}

Optimizer& Optimizer::group(const std::string& pattern, std::initializer_list<Setting> settings) {
  Method method = groups_[0].method;
  for (const Setting& setting : settings) method = method.with(setting.name, setting.text);
  return group(pattern, std::move(method));
}

Optimizer& Optimizer::group(const std::string& pattern, Method method) {
  if (std::any_of(slots_.begin(), slots_.end(),
                  [](const detail::Slot& slot) { return slot.t[0] > 0; }))
    throw_usage("optimizer", "groups must be made before the first step");
  if (lr_factor_) check_takes_schedule(method);
  std::vector<std::size_t> matching;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (matches(parameters_[i].name, pattern)) matching.push_back(i);
  if (matching.empty()) throw_usage("optimizer", fmt::format("no parameter matches '{}'", pattern));
  Optimizer next = *this;  // a refusal changes nothing
  next.assign(method, matching);
  for (detail::Group& known : next.groups_) known.pieces.clear();
  next.plan();
  *this = std::move(next);
  return *this;
}

// Which groups have a parameter; a later group may have taken all of one.
std::vector<bool> Optimizer::used() const {
  std::vector<bool> some(groups_.size(), false);
  for (const detail::Slot& slot : slots_) some[slot.group] = true;
  return some;
}

// The order of all groups' stages. A group goes on until its next link needs the others; then those
// that have a link of this name wait for each other.
void Optimizer::plan() {
  std::vector<std::size_t> at(groups_.size(), 0);
  const std::vector<bool> some = used();
  const auto waits = [&](std::size_t g) { return some[g] && at[g] < groups_[g].stages.size(); };
  const auto next_link = [&](std::size_t g) -> const LinkPtr& {
    return groups_[g].chain[groups_[g].stages[at[g]].first];
  };
  plan_.clear();
  for (bool any = true; any;) {
    any = false;
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (; waits(g) && !together(groups_[g].chain, groups_[g].stages[at[g]]); ++at[g])
        plan_.push_back({{{g, at[g]}}});
    const LinkPtr* stuck = nullptr;
    for (std::size_t g = 0; g < groups_.size() && !any; ++g) {
      if (!waits(g)) continue;
      stuck = &next_link(g);
      Action action;
      bool all = true;
      for (std::size_t other = 0; other < groups_.size(); ++other) {
        if (waits(other) && next_link(other)->name() == (*stuck)->name())
          action.members.push_back({other, at[other]});
        else if (some[other])  // ... all that still have one
          all = all &&
                std::none_of(groups_[other].stages.begin() + static_cast<std::ptrdiff_t>(at[other]),
                             groups_[other].stages.end(), [&](const detail::Stage& later) {
                               return groups_[other].chain[later.first]->name() == (*stuck)->name();
                             });
      }
      if (!all) continue;
      if (detail::tensor(*stuck) != nullptr) check_joint(action);
      for (const Action::Member& member : action.members) ++at[member.group];
      plan_.push_back(std::move(action));
      any = true;
    }
    if (!any && stuck != nullptr)
      throw_usage((*stuck)->name(),
                  "works on all groups together, but stands in another order in their chains");
  }
}

void Optimizer::check_joint(const Action& action) const {
  const auto link = [&](const Action::Member& member) -> const Link& {
    const detail::Group& group = groups_[member.group];
    return *group.chain[group.stages[member.stage].first];
  };
  const std::vector<bool> all = used();
  const auto groups = static_cast<std::size_t>(std::count(all.begin(), all.end(), true));
  const Link& first = link(action.members[0]);
  bool equal = action.members.size() == groups;
  for (const Action::Member& member : action.members)
    equal = equal && link(member).text() == first.text();
  if (!equal)
    throw_usage(first.name(),
                "works on all parameters at once; all groups must have it, with equal settings");
}

void Optimizer::set(const std::string& setting, double value) { set(setting, print_option(value)); }

void Optimizer::set(const std::string& setting, const std::string& text) {
  replace(setting, [&](const std::string&) { return text; });
}

void Optimizer::change(const std::string& setting, const std::function<double(double)>& to) {
  replace(setting, [&](const std::string& text) {
    double number = 0;
    if (!read_option(text, number).empty())
      throw_usage(groups_[0].method.name(),
                  fmt::format("{} = {} is not a number and cannot be changed", setting, text));
    return print_option(to(number));
  });
}

void Optimizer::replace(const std::string& setting,
                        const std::function<std::string(const std::string&)>& to) {
  bool any = false;
  Optimizer next = *this;
  for (detail::Group& group : next.groups_) {
    const auto known = group.method.find(setting);
    if (!known) continue;
    group.become(group.method.with(setting, to(known->text)), length_);
    any = true;
  }
  if (!any) groups_[0].method.get(setting);  // throws, naming the known ones
  next.remake();
  *this = std::move(next);
}

void Optimizer::over(std::int64_t steps) {
  if (steps < 0) throw_usage("optimizer", "the length of a run is not negative");
  Optimizer next = *this;
  next.length_ = std::max<std::int64_t>(steps, 1);
  for (detail::Group& group : next.groups_) group.become(group.method, next.length_);
  if (next.lr_factor_)
    next.lr_factor_ =
        within_range("the factor on lr", *next.lr_factor_, kNonNegative, next.length_);
  next.remake();
  *this = std::move(next);
}

// A changed chain may have a link more or less: states go by name, new ones start at zero.
void Optimizer::remake() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    detail::Slot& slot = slots_[i];
    const std::size_t sections = groups_[slot.group].sections();
    slot.t.resize(sections, slot.t.back());
    if (slot.t[0] == 0) continue;
    std::map<std::string, Tensor> known;
    for (std::size_t k = 0; k < slot.states.size(); ++k)
      known.emplace(slot.state_names[k], slot.states[k]);
    make_states(i);
    for (std::size_t k = 0; k < slot.states.size(); ++k)
      if (const auto found = known.find(slot.state_names[k]);
          found != known.end() && found->second.shape() == slot.states[k].shape())
        slot.states[k] = found->second;
  }
  plan();
  if (steps_ > 0) make_memory();
}

double Optimizer::get(const std::string& setting) const {
  for (const detail::Group& group : groups_) {
    if (!group.method.find(setting)) continue;
    const Method filled = length_ > 0 ? group.method.over(length_) : group.method;
    const Setting found = *filled.find(setting);
    double number = 0;
    if (!found.value)
      return read_option(found.text, number).empty() ? number : found.text == "true" ? 1 : 0;
    const bool rate = std::any_of(group.chain.begin(), group.chain.end(), [&](const LinkPtr& l) {
      return l->traits().rate != nullptr && setting == l->traits().rate;
    });
    return found.value->at(steps_) * (rate ? lr_factor() : 1);
  }
  groups_[0].method.get(setting);  // throws, naming the known ones
  return 0;
}

}  // namespace downhill
