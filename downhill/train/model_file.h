#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "downhill/data/csv_writer.h"
#include "downhill/data/dataset.h"
#include "downhill/nn/sequential.h"
#include "downhill/runlog/records.h"
#include "downhill/tables/inputs.h"
#include "downhill/train/head.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/task.h"

namespace downhill {

/// All that prediction needs beside the weights; saved as text in the model file's metadata, so
/// that the tensors in it are those of PyTorch's Sequential and no more.
struct ModelCard {
  Task task = Task::numbers;
  std::string architecture, loss;
  InputColumns inputs = {};
  std::string target;
  Notation notation = {};                 ///< of a target of numbers
  bool boolean_target = false;            ///< it was written as yes and no, or true and false
  std::vector<std::string> classes = {};  ///< in the order of the outputs
  Head head = {};
  double threshold = 0.5;                  ///< of two classes: predicted is the second above it
  std::vector<double> class_weights = {};  ///< of rows in the loss; empty: all 1
  double price = 1;              ///< odds are divided by it: of a loss that weighs the second
                                 ///< class, where probabilities are to be true
  std::string fingerprint = {};  ///< of the table that it was trained on
  Config training = {};          ///< the resolved configuration of the run

  std::int64_t outputs() const;
};

/// What a model says of rows.
struct Predictions {
  std::int64_t rows = 0;
  std::vector<double> values = {};  ///< numbers, in the target's units
  std::vector<std::pair<std::string, std::vector<double>>> more = {};  ///< "variance", ...
  std::vector<std::int64_t> classes = {};  ///< the predicted one; -1 where it is not finite
  std::vector<double> probabilities = {};  ///< (rows, classes)
};

/// A model with all that a table needs to be predicted.
class TableModel {
 public:
  TableModel(ModelCard with_card, nn::Sequential with_model);
  /// As `card` describes it, with its first weights.
  static TableModel begin(const ModelCard& card, std::uint64_t seed);
  static TableModel read(const std::filesystem::path& path);  ///< FileError (model)
  void write(const std::filesystem::path& path) const;

  /// The loss of its outputs, divided by the head's k.
  BatchLoss batch_loss(const Tensor& outputs, const Batch& batch) const;
  LossOf loss_of() const;
  /// Weight times loss of each row, (rows), added over its columns and divided by k; their sum over
  /// the weights is `batch_loss`. UsageError for a loss that has no values of rows.
  Tensor row_losses(const Tensor& outputs, const Batch& batch) const;
  /// Of the rows' inputs, in evaluation mode, without the graph, in pieces of 8,192 rows.
  Predictions predict(const Dataset& rows) const;
  Predictions predict(const Tensor& inputs) const { return predict(Dataset({inputs})); }
  /// What it would say of any row if its outputs were 0: the best constant.
  Predictions constant() const;

  ModelCard card;
  nn::Sequential model;
  Loss loss;

 private:
  template <class Use>
  auto with_loss_inputs(const Tensor& outputs, const Batch& batch, Use use) const;
  void add_predictions(Predictions& to, const Tensor& outputs) const;
};

/// The columns of a file of predictions: `prediction`; of numbers further outputs and, with a target,
/// nothing more; of classes p_<class>.
std::vector<CsvColumn> columns_of(const ModelCard& card, const Predictions& predictions);

/// Labels 0 and 1 as the float64 target of a loss with one prediction for two classes: 0 and 1, or -1
/// and 1 for the losses of margins.
Tensor second_class(const Loss& loss, const Tensor& labels);

/// Probability p of the second class with its odds divided by `price`.
double corrected(double p, double price);

}  // namespace downhill
