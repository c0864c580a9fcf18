#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/report/detail/canvas.h"
#include "downhill/report/svg.h"

namespace downhill {

std::string density_svg(const std::vector<double>& at, const std::vector<double>& density,
                        PictureText text) {
  if (at.size() < 2 || at.size() != density.size())
    throw_usage("density_svg", "expected at least two places and a density for each");
  text.log_y = true;
  const double highest = *std::ranges::max_element(density);
  const double high = highest > 0 ? std::log10(highest) : 0;
  constexpr double kDecades = 6;  // below the highest: the bulk hides what is rarer
  std::vector<Place> curve;
  for (std::size_t i = 0; i < at.size(); ++i)
    curve.push_back({at[i], density[i] > 0 ? std::max(std::log10(density[i]), high - kDecades)
                                           : high - kDecades});
  report_detail::Canvas canvas({at.front(), at.back(), high - kDecades, high + 0.3}, text, 24);
  const std::string line = report_detail::line_of(canvas, curve);
  canvas.add("<path d=\"" + line + "\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"2\"/>\n");
  return canvas.svg();
}

}  // namespace downhill
