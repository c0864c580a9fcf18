#include "downhill/runlog/foreign/fit.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace downhill::foreign {
namespace {

const WordSet kGradient = {"grad", "grads", "gradient", "gradients", "gnorm", "gradnorm"};
// What says nothing of which layer a gradient is of.
const WordSet kNoLayer = {"norm",     "norms", "total",    "global", "l2",      "train",
                          "training", "mean",  "rms",      "all",    "step",    "epoch",
                          "before",   "clip",  "clipping", "model",  "overall", "val"};
const WordSet kLoss = {"loss", "losses"};
const WordSet kLikeLoss = {"nll",     "mse",          "rmse",     "mae",       "l1",   "l2",
                           "logloss", "crossentropy", "ce",       "objective", "cost", "perplexity",
                           "error",   "huber",        "quantile", "poisson"};
const WordSet kOther = {"scale",  "scaler",  "best",    "min",   "max",      "std",
                        "weight", "time",    "seconds", "grad",  "gradient", "norm",
                        "ratio",  "runtime", "samples", "memory"};

// What a name of the whole loss may say besides.
const WordSet kWhole = {"total", "epoch", "step",    "avg",    "average", "mean", "batch",
                        "iter",  "sum",   "overall", "global", "cross",   "log",  "entropy"};

// A part of the loss (loss_cls beside loss, loss_box_reg beside total_loss) fits less.
int points_of_loss(const Names& words) {
  const bool loss = any(words, kLoss);
  const auto more = std::ranges::count_if(words, [&](const std::string& word) {
    return (loss || !kLikeLoss.contains(word)) &&
           std::ranges::none_of(std::array{&kLoss, &kTrain, &kValidation, &kTest, &kWhole},
                                [&](const auto* known) { return known->contains(word); });
  });
  return (loss ? 30 : 10) - static_cast<int>(std::min<std::ptrdiff_t>(more, 3)) +
         (has(words, "total") ? 2 : 0) - (has(words, "error") ? 2 : 0);  // a share of rows, often
}

Fit loss_fit(const Names& words) {
  const int points = is_entropy(words) ? 1 : points_of_loss(words);
  if (any(words, kValidation)) return {Role::val_loss, points + 2};
  if (any(words, kTest)) return {Role::val_loss, points - 5};
  if (has(words, "epoch")) return {Role::epoch_loss, points};
  return {Role::loss, points + (any(words, kTrain) ? 2 : 1) - static_cast<int>(words.size() > 3)};
}

}  // namespace

bool is_entropy(const Names& words) { return has(words, "entropy") && !has(words, "cross"); }

Fit fit_of(const std::string& name) {
  if (name.ends_with("__MIN") || name.ends_with("__MAX")) return {Role::step, 0};
  const Names words = words_in(without_run(name));
  const auto is = [&](std::initializer_list<Names> all) {
    return std::ranges::find(all, words) != all.end();
  };
  if (is({{"step"},
          {"steps"},
          {"global", "step"},
          {"iteration"},
          {"iter"},
          {"iterations"},
          {"it"},
          {"batch"},
          {"train", "global", "step"},
          {"trainer", "global", "step"},
          {"round"},
          {"boosting", "round"},
          {"update"},
          {"updates"},
          {"num", "updates"},
          {"current", "steps"},
          {"training", "iteration"},
          {"training", "step"},
          {"train", "step"},
          {"train", "iter"},
          {"optimizer", "step"},
          {"n", "iter"}}))
    return {Role::step, name.find("global") != std::string::npos ? 3 : 2};
  if (is({{"epoch"}, {"epochs"}, {"train", "epoch"}, {"ep"}})) return {Role::epoch, 2};
  if (is({{"run"},
          {"run", "id"},
          {"run", "name"},
          {"run", "uuid"},
          {"runid"},
          {"experiment"},
          {"experiment", "id"},
          {"experiment", "name"},
          {"trial"},
          {"trial", "id"},
          {"job"},
          {"job", "id"},
          {"jobid"},
          {"slurm", "job", "id"},
          {"attempt"},
          {"fold"},
          {"seed"}}))
    return {Role::run, 2};
  if (has(words, "dead")) return {Role::dead, 2};
  if (has(words, "lr") || (has(words, "learning") && has(words, "rate")) || is({{"rate"}}))
    return {Role::lr, 2};
  if (any(words, kGradient)) return {Role::grad_norm, 2};
  if (has(words, "f1")) return {Role::val_f1, any(words, kTrain) ? 0 : 2};
  if (has(words, "acc") || has(words, "accuracy") || has(words, "top1")) {
    const int points = 10 - static_cast<int>(words.size());
    if (any(words, kValidation)) return {Role::val_accuracy, points + 2};
    if (any(words, kTest)) return {Role::val_accuracy, points};
    return {Role::accuracy, points};
  }
  if ((any(words, kLoss) || any(words, kLikeLoss)) && !any(words, kOther)) return loss_fit(words);
  return {Role::step, 0};
}

std::string layer_of(const std::string& name) {
  std::string layer;
  std::string bare = without_run(name), word;
  // Lightning's order of the norm: grad_2.0_norm/fc1.weight.
  if (const std::size_t order = bare.find("_2.0_norm"); order != std::string::npos)
    bare.erase(order, 4);
  const auto close = [&] {
    const std::string small = in_small(word);
    if (!word.empty() && !kGradient.contains(small) && !kNoLayer.contains(small))
      layer += (layer.empty() ? "" : ".") + word;
    word.clear();
  };
  for (const char c : bare) {
    if (std::isalnum(static_cast<unsigned char>(c))) word += c;
    else close();
  }
  close();
  return layer;
}

}  // namespace downhill::foreign
