#pragma once
#include <string>
#include <string_view>

#include "downhill/train/model_file.h"

namespace downhill::detail {

/// The card as JSON text, and back; JsonError or DataError for what no `card_text` wrote.
std::string card_text(const ModelCard& card);
ModelCard card_from(std::string_view text);

}  // namespace downhill::detail
