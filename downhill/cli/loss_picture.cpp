#include "downhill/cli/loss_picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/report/panels.h"

namespace downhill::cli {

std::string loss_picture(const LossCurves& curves, const std::string& title) {
  PanelPicture picture{.title = title, .under = curves.about, .axis = curves.axis, .x = curves.x};
  PanelPicture::Panel value{"loss", {}}, gradient{"gradient", {}}, curvature{"curvature", {}};
  for (const LossCurve& curve : curves.curves) {
    picture.names.push_back(curve.name);
    value.curves.push_back(curve.value);
    gradient.curves.push_back(curve.gradient);
    curvature.curves.push_back(curve.curvature);
  }
  picture.panels = {value, gradient, curvature};
  return panels_svg(picture);
}

LossCurves curves_together(const std::vector<Compared>& losses) {
  LossSlice together = losses.front().slice;
  together.lines.clear();
  for (const Compared& one : losses) {
    if (one.slice.lines.empty())
      throw_usage("loss --compare", fmt::format("{} has no line to draw it along", one.text));
    if (one.slice.axis != together.axis)
      throw_usage("loss --compare",
                  fmt::format("{} is drawn over {}, {} over {}; expected losses of one kind",
                              losses.front().text, together.axis, one.text, one.slice.axis));
    together.low = std::min(together.low, one.slice.low);
    together.high = std::max(together.high, one.slice.high);
    if (one.slice.about != together.about) together.about.clear();
    const std::string& line = one.slice.lines.front().name;
    together.lines.push_back(
        {line.empty() ? one.text : one.text + ", " + line, one.slice.lines.front().value});
  }
  return curves_of(together, kCurvePlaces);
}

}  // namespace downhill::cli
