#include "downhill/optim/detail/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "downhill/core/error.h"

namespace downhill::detail {
namespace {

Chain chain_for(const Method& method, const Shape& shape, std::int64_t length) {
  Chain chain = (length > 0 ? method.over(length) : method).chain(shape);
  for (const LinkPtr& link : chain)
    if (link->traits().moves && link != chain.back())
      throw_usage(link->name(), "moves the parameters itself; it must be the last of its chain");
  return chain;
}

std::vector<Stage> stages_of(const Chain& chain) {
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const bool measures = block(chain[i]) != nullptr && block(chain[i])->measures();
    if (block(chain[i]) != nullptr && !measures && !stages.empty() && !stages.back().tensor)
      stages.back().last = i + 1;
    else stages.push_back({i, i + 1, tensor(chain[i]) != nullptr, measures});
  }
  return stages;
}

}  // namespace

std::string label_of(const Chain& chain, std::size_t link) {
  const auto number =
      std::count_if(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(link) + 1,
                    [&](const LinkPtr& other) { return other->name() == chain[link]->name(); });
  return number > 1 ? fmt::format("{}#{}", chain[link]->name(), number) : chain[link]->name();
}

Group::Group(Method of, const Shape& example, std::int64_t length)
    : method(std::move(of)), shape(example) {
  become(method, length);
}

void Group::become(Method of, std::int64_t length) {
  Chain next = chain_for(of, shape, length);
  std::vector<std::size_t> sections = {0}, firsts;
  std::vector<double> all;
  std::vector<std::vector<Tensor>> kept(next.size());
  for (std::size_t i = 0; i < next.size(); ++i) {
    const Link::Traits& traits = next[i]->traits();
    sections.push_back(sections.back() + (traits.gate ? 1 : 0));
    firsts.push_back(all.size());
    all.insert(all.end(), traits.first_numbers.begin(), traits.first_numbers.end());
    for (std::size_t k = 0; k < chain.size(); ++k) {
      if (label_of(chain, k) != label_of(next, i)) continue;
      const auto from = numbers.begin() + static_cast<std::ptrdiff_t>(first_numbers[k]);
      std::copy(from, from + static_cast<std::ptrdiff_t>(traits.first_numbers.size()),
                all.begin() + static_cast<std::ptrdiff_t>(firsts[i]));
      kept[i] = memory[k];
    }
  }
  method = std::move(of);
  chain = std::move(next);
  stages = stages_of(chain);
  section = std::move(sections);
  first_numbers = std::move(firsts);
  numbers = std::move(all);
  memory = std::move(kept);
  pieces.clear();
}

}  // namespace downhill::detail
