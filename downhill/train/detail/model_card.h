#pragma once
#include <string>
#include <string_view>

#include "downhill/train/model_file.h"

namespace downhill::detail {

/// A model's card as the JSON object that its file holds, and back. DataError for a text that is no
/// sound card.
std::string card_text(const ModelCard& card);
ModelCard card_from(std::string_view text);

}  // namespace downhill::detail
