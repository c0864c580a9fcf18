#pragma once
#include <filesystem>
#include <optional>

#include "downhill/nn/module.h"
#include "downhill/optim/optimizer.h"
#include "downhill/runlog/records.h"

namespace downhill::detail {

/// Where a run is: everything that decides how it goes on, beside model and optimizer.
struct Position {
  std::int64_t epoch = 0;  ///< epochs done
  std::int64_t batch = 0;  ///< batches done in the next one
  std::int64_t step = 0;
  std::int64_t epoch_rows = 0;  ///< rows seen in the epoch under way
  double epoch_loss = 0;        ///< their summed loss
  double first_loss = 0, last_gradient_norm = 0;
  std::int64_t best_epoch = 0;  ///< 0: none yet
  double best_loss = 0;
  std::int64_t bad_epochs = 0;  ///< epochs since then
};

using Weights = std::vector<std::pair<std::string, Tensor>>;

/// Copies of a model's parameters and buffers.
Weights copy_weights(const nn::Module& model);

/// Saves and loads a run. A checkpoint holds nothing that depends on time, place or threads.
void write_checkpoint(const std::filesystem::path& path, const Position& position,
                      const nn::Module& model, const Weights& best, const Optimizer& optimizer,
                      const Config& config);
/// Changes model and optimizer only if all of it fits; else FileError (model) listing what does
/// not. `config` must be that of the checkpoint, but for the number of epochs.
void read_checkpoint(const std::filesystem::path& path, Position& position, nn::Module& model,
                     Weights& best, Optimizer& optimizer, const Config& config);

}  // namespace downhill::detail
