#pragma once
#include <filesystem>
#include <optional>
#include <span>

#include "downhill/nn/module.h"
#include "downhill/optim/optimizer.h"
#include "downhill/runlog/writer.h"
#include "downhill/train/observer.h"

namespace downhill::detail {

/// Where a run is: everything that decides how it goes on, beside model, optimizer and observers.
struct Position {
  std::int64_t epoch = 0;  ///< epochs done
  std::int64_t batch = 0;  ///< batches done in the next one
  std::int64_t step = 0;
  double epoch_loss = 0;    ///< sum of weight times loss in the epoch under way
  double epoch_weight = 0;  ///< sum of the weights
  double epoch_norms = 0;   ///< sum of the steps' gradient norms
  double last_lr = 0;       ///< of the last step
  double first_loss = 0;
  std::int64_t best_epoch = 0;  ///< 0: none yet
  double best_loss = 0;
  std::int64_t bad_epochs = 0;  ///< epochs since then
  std::int64_t skipped = 0;  ///< steps that were not finite and that the optimizer skipped, of all
  std::int64_t epoch_skipped = 0;  ///< and of the epoch under way
  LogMark log = {};                ///< how far the log was
  std::string ended = {};          ///< how the run ended if more epochs would not let it go on
  std::string message = {};        ///< why, if there is something to say
};

using Weights = std::vector<std::pair<std::string, Tensor>>;

/// Copies of a model's parameters and buffers.
Weights copy_weights(const nn::Module& model);

/// What a checkpoint is of. The optimizer is known by its text as it was given to the run: what is
/// `set` on the way is no part of the configuration.
struct RunParts {
  nn::Module& model;
  Optimizer& optimizer;
  std::string method;
  std::span<const ObserverPtr> observers;
  const Config& config;
};

/// Saves and loads a run. A checkpoint holds nothing that depends on time, place or threads.
void write_checkpoint(const std::filesystem::path& path, const Position& position,
                      const Weights& best, const RunParts& parts);
/// FileError (model) listing what does not fit; the model is then as it was, and what else was
/// loaded is the caller's to restore. The configuration must be that of the checkpoint, but for the
/// number of epochs.
void read_checkpoint(const std::filesystem::path& path, Position& position, Weights& best,
                     const RunParts& parts);

}  // namespace downhill::detail
