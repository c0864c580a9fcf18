#pragma once
// clang-format off
// Made by tools/embed_text.py; do not edit.
#include <string_view>

namespace downhill::report_assets {

std::string_view report_js();  ///< the text of report.js
std::string_view report_css();  ///< the text of report.css

}  // namespace downhill::report_assets
