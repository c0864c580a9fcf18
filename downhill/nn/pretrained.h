#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "downhill/nn/module.h"

namespace downhill::nn {

/// How the tensors of a file become those of a model. In a pattern * stands for any text, dots
/// included, and ? for one character; it must match the whole name.
struct LoadOptions {
  /// Names of the file, and what they are called in the model: the k-th * of the new name is what
  /// the k-th * of the old one stood for. The first pattern that matches counts.
  std::vector<std::pair<std::string, std::string>> rename = {};
  std::vector<std::string> allow_missing = {};  ///< the model's tensors that may keep their numbers
  std::vector<std::string> allow_extra = {};  ///< the file's (by their new names) that may be left
};

/// What was done with each tensor, by the model's names.
struct LoadReport {
  std::vector<std::string> loaded, missing, extra;
};

/// Copies pretrained numbers into a model:
///
///     nn::load(net, "resnet.safetensors", {.rename = {{"backbone.*", "encoder.*"}},
///                                          .allow_missing = {"head.*"}});
///
/// Floating tensors take the model's precision; shapes must be equal. DataError listing all that is
/// missing, extra or misshapen and that no pattern allows, or two names that became one; nothing is
/// changed then.
LoadReport load(Module& model, const std::vector<std::pair<std::string, Tensor>>& tensors,
                const LoadOptions& options = {});
/// The same from a safetensors file, of any program; FileError (model) instead, naming the file.
LoadReport load(Module& model, const std::filesystem::path& file, const LoadOptions& options = {});

/// The parameters whose name matches keep their numbers: they get no gradient, and an optimizer
/// that is made afterwards has no state for them. Returns how many. UsageError if there are none.
/// Buffers and dropout are not frozen: `part.eval()` after `train()` is what holds them.
std::int64_t freeze(Module& model, const std::string& pattern);
/// They are trained again, by an optimizer that is made afterwards.
std::int64_t unfreeze(Module& model, const std::string& pattern);

}  // namespace downhill::nn
