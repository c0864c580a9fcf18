#pragma once
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "downhill/data/dataset.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/module.h"

namespace downhill {

/// The loss of a batch: a mean, and the sum of weights that it was divided by. A tensor alone will
/// do: it then counts as many as the batch has rows. A sum of losses that count different things
/// (rows and regions) has several parts, each with its own count.
struct BatchLoss {
  struct Part {
    double mean, weight;
  };
  BatchLoss(Tensor mean_loss) : mean(std::move(mean_loss)) {}
  BatchLoss(Tensor mean_loss, double divided_by) : mean(std::move(mean_loss)), weight(divided_by) {}
  BatchLoss(Tensor mean_loss, std::vector<Part> of_terms)
      : mean(std::move(mean_loss)), terms(std::move(of_terms)) {}

  /// What the mean counts in a mean over several batches.
  double counts(const Batch& batch) const {
    return weight ? *weight : static_cast<double>(batch.size());
  }
  /// What is added up for a mean over several batches: one part, or that of each term.
  std::vector<Part> parts(const Batch& batch) const {
    return terms.empty() ? std::vector<Part>{{mean.item(), counts(batch)}} : terms;
  }

  Tensor mean;
  std::optional<double> weight;
  std::vector<Part> terms;
};

/// What is trained: the loss of a batch, anything the user can write (several heads, several
/// losses).
using LossOf = std::function<BatchLoss(const Batch&)>;

/// A loss with its sum of weights, or those of its terms. Where the loss has several predictions
/// (gaussian_nll: mean and variance) one tensor will do, (..., predictions): each is then one of its
/// columns, of size 1. Its numbers must be what `loss.takes()` says; nothing is applied to them.
BatchLoss batch_loss(const Loss& loss, std::span<const Tensor> predictions, const Tensor& target,
                     const Tensor& weight = {});

/// The loss of all rows without the graph, in evaluation mode: sum w L / sum w over the data set,
/// computed in pieces of 1,024 rows, with w the weights that the loss counts (elements, labelled
/// rows, regions). It does not depend on the pieces, but for losses that couple rows (a region over
/// all images, triplets). 0 if the weights sum to 0. The model's training mode is restored, also
/// when `loss_of` throws.
double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of);

/// That loss with the sum of weights behind it, of all terms.
struct RowsLoss {
  double loss, weight;
};
RowsLoss loss_of_rows(nn::Module& model, const Dataset& rows, const LossOf& loss_of);

}  // namespace downhill
