#pragma once
#include <memory>
#include <string>

#include "downhill/formula/text_formula.h"
#include "downhill/train/minimize.h"

namespace downhill::cli {

/// The path over the contours of a formula of two variables, or on the curve of one, as SVG, with
/// the optimizer's name and the end of its run under the title.
std::string path_picture(const std::shared_ptr<const TextFormula>& formula,
                         const MinimizeResult& result, const std::string& title,
                         const std::string& method);

}  // namespace downhill::cli
