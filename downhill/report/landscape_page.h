#pragma once
#include <array>
#include <string>
#include <vector>

#include "downhill/report/svg.h"

namespace downhill {

/// The loss over a plane as one self-contained HTML page: a surface to turn (drag), zoom (wheel) and
/// reset (double click), colours by the loss, with the path on it; below it the contours as a
/// picture. It needs no network and its content security policy forbids one.
std::string landscape_page(const Grid& grid, const std::vector<Place>& path,
                           const PictureText& text, const std::string& about);

}  // namespace downhill
