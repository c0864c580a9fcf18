#pragma once
// clang-format off
// Made by tools/embed_text.py; do not edit.
#include <string_view>

namespace downhill::report_assets {

std::string_view uplot_js();  ///< the text of uPlot.iife.min.js
std::string_view uplot_css();  ///< the text of uPlot.min.css

}  // namespace downhill::report_assets
