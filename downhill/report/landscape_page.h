#pragma once
#include <array>
#include <string>
#include <vector>

#include "downhill/report/svg.h"

namespace downhill {

/// The loss over a plane, as a page or a report shows it.
struct LandscapeShown {
  Grid grid;
  std::vector<Place> path;
  PictureText text;
  std::string about;  ///< one sentence on the directions
};

/// One self-contained HTML page: a surface to turn (drag), zoom (wheel) and reset (double click),
/// colours by the loss, with the path on it; below it the contours as a picture. It needs no network
/// and its content security policy forbids one.
std::string landscape_page(const LandscapeShown& shown);

/// The same as a section of another page, and what must stand at that page's end.
std::string landscape_section(const LandscapeShown& shown, const std::string& heading);
std::string landscape_scripts(const LandscapeShown& shown);

}  // namespace downhill
