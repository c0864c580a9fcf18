#pragma once
#include <string_view>

// The texts of files that the build embeds (cmake/assets.cmake).

namespace downhill::report_assets {

std::string_view report_js();
std::string_view report_css();
std::string_view landscape_js();
std::string_view uplot_js();
std::string_view uplot_css();

}  // namespace downhill::report_assets
