#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "downhill/data/csv.h"
#include "downhill/nn/sequential.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// What a table model is for.
enum class Task { regression, binary, classes };

/// All that prediction needs beside the weights; saved as text in the model file's metadata, so
/// that the tensors in it are those of PyTorch's Sequential and no more.
struct ModelCard {
  Task task = Task::regression;
  std::string architecture, loss;
  std::vector<std::string> columns;     ///< the inputs, in order
  std::vector<double> mean, deviation;  ///< of the inputs, from the training rows
  std::string target;
  double target_mean = 0, target_deviation = 1;
  std::vector<std::string> classes;  ///< in the order of the outputs
  Config training = {};              ///< the resolved configuration of the run

  std::int64_t outputs() const;
};

/// A model read from its file, ready to predict.
class TableModel {
 public:
  TableModel(ModelCard with_card, nn::Sequential with_model)
      : card(std::move(with_card)), model(std::move(with_model)) {}
  static TableModel read(const std::filesystem::path& path);  ///< FileError (model)
  void write(const std::filesystem::path& path) const;

  /// The inputs of a table, standardised, (rows, columns) float32. UsageError listing all columns
  /// that are missing.
  Tensor inputs(const CsvTable& table) const;
  /// Class labels as int64 (rows), or the standardised target (rows, 1). DataError for a class that
  /// was not in training.
  Tensor targets(const CsvTable& table) const;
  /// What the loss sees.
  Tensor outputs(const Tensor& inputs) const;

  struct Prediction {
    std::vector<double> values;                      ///< regression: in units of the target
    std::vector<std::string> labels;                 ///< classes
    std::vector<std::vector<double>> probabilities;  ///< per row, one per class, sum 1
  };
  Prediction predict(const CsvTable& table) const;

  ModelCard card;
  nn::Sequential model;
};

}  // namespace downhill
