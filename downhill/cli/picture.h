#pragma once
#include <memory>
#include <string>

#include "downhill/formula/text_formula.h"
#include "downhill/train/minimize.h"

namespace downhill::cli {

/// The path over the contours of a formula of two variables, or on the curve of one, as SVG.
std::string path_picture(const std::shared_ptr<const TextFormula>& formula,
                         const MinimizeResult& result, const std::string& title);

}  // namespace downhill::cli
