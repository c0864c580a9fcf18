#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {

/// What a column of a log is.
enum class Role {
  step,
  epoch,
  loss,        ///< on training rows: of a step, or the mean of an epoch
  epoch_loss,  ///< on training rows, where `loss` is of a step
  val_loss,
  val_accuracy,
  val_f1,
  accuracy,
  lr,
  grad_norm,
  dead,
  run  ///< which run the row is of
};
constexpr std::array<const char*, 12> words_of(Role) {
  return {"step",   "epoch",    "loss", "epoch_loss", "val_loss", "val_accuracy",
          "val_f1", "accuracy", "lr",   "grad_norm",  "dead",     "run"};
}

/// Which column was taken for what.
struct Columns {
  std::array<std::optional<std::size_t>, words_of(Role{}).size()> by_role = {};
  std::vector<std::pair<std::size_t, std::string>> layers = {};  ///< gradient norms, in file order
  std::vector<std::string> left_out = {};  ///< losses that fit as well as the one that was taken

  std::optional<std::size_t> of(Role role) const { return by_role[static_cast<std::size_t>(role)]; }
};

/// By their names, after what Keras, Lightning, Hugging Face, fastai, LightGBM, W&B and TensorBoard
/// write; of several that fit the one with the most values. `told` has "loss=train_loss" for those that
/// are told. UsageError for a role that there is not, FileError for a column that is not there.
Columns recognise(const LogTable& table, const std::vector<std::string>& told);

}  // namespace downhill::foreign
