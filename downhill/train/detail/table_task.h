#pragma once
#include <vector>

#include "downhill/data/csv.h"
#include "downhill/train/table_run.h"

namespace downhill::detail {

/// A table run before it trains: what was chosen, the parts of the data, the model.
struct TableTask {
  ModelCard card;
  std::string schedule;  ///< spec; empty: none
  std::vector<Choice> choices;
  CsvTable table;
  Tensor train_rows, validation_rows, test_rows;
};

/// Refuses specs and numbers that are wrong, before any file is opened.
void check_table_options(const TableRunOptions& options);

/// Reads the data and chooses what was left open, with reasons.
TableTask prepare_table(const TableRunOptions& options);

/// The same with what a model file already decided: for `curvature`.
TableTask reopen_table(const TableRunOptions& options, const ModelCard& card);

}  // namespace downhill::detail
