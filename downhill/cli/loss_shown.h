#pragma once
#include <string>
#include <vector>

#include "downhill/catalog/catalog.h"
#include "downhill/cli/loss_picture.h"
#include "downhill/losses/loss.h"

namespace downhill::cli {

/// A loss of `downhill loss SPEC` without values: what it is, and its curves.
struct ShownLoss {
  std::string text;  ///< as it was given
  Loss loss;
  LossSlice slice;
};
/// The same, made from its spec.
ShownLoss shown_loss(const std::string& spec);

/// What the loss takes, in words: "logit; target in [0, 1]".
std::string takes_text(const Loss& loss);
/// The options of a loss of the list; empty for others.
std::vector<CatalogOption> options_of_loss(const std::string& name);

/// For people: description, options, curves in characters, at most `width` wide.
std::string shown_text(const ShownLoss& shown, std::size_t width);
std::string shown_json(const ShownLoss& shown);
std::string compared_text(const std::vector<ShownLoss>& losses, std::size_t width);
std::string compared_json(const std::vector<ShownLoss>& losses);

/// "huber,mse:x=1,y=2" taken apart: an option belongs to the loss before it.
std::vector<std::string> compared_specs(const std::string& text);

}  // namespace downhill::cli
