#include "downhill/cli/landscape_shown.h"

#include <fmt/format.h>

namespace downhill::cli {
namespace {

std::vector<Place> path_of(const RunLandscape& l) {
  if (!l.path.empty()) return {l.path.begin(), l.path.end()};
  std::vector<Place> marks = {{0, 0}};
  if (l.other_loss) marks.push_back({1, 0});
  return marks;
}

}  // namespace

LandscapeShown landscape_shown(const RunLandscape& l) {
  const auto n = static_cast<std::size_t>(l.points);
  return {{{l.axes[0].low, l.axes[0].high, l.axes[1].low, l.axes[1].high}, n, n, l.values},
          path_of(l),
          {.title = l.title,
           .x = l.axes[0].name,
           .y = l.axes[1].name,
           .under = fmt::format("the loss at the run's weights, (0, 0), is {:.5g}", l.center)},
          l.about};
}

}  // namespace downhill::cli
