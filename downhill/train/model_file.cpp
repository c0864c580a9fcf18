#include "downhill/train/model_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "downhill/autodiff/node.h"
#include "downhill/catalog/catalog.h"
#include "downhill/core/error.h"
#include "downhill/io/safetensors.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/softmax.h"
#include "downhill/train/detail/model_card.h"
#include "downhill/train/outputs.h"

namespace downhill {
namespace {

constexpr const char* kKind = "model 1";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw FileError(FileError::Kind::model, path.string() + ": " + what);
}

std::vector<int> find_columns(const ModelCard& card, const CsvTable& table) {
  std::map<std::string_view, int> places;
  for (const std::string& name : table.names) places.emplace(name, static_cast<int>(places.size()));
  std::vector<int> found;
  std::vector<std::string> missing;
  for (const std::string& name : card.columns) {
    if (const auto at = places.find(name); at != places.end()) found.push_back(at->second);
    else missing.push_back(name);
  }
  if (!missing.empty())
    throw DataError(fmt::format("[predict] the data has no column {}; the model was trained on {}",
                                fmt::join(missing, ", "), fmt::join(card.columns, ", ")));
  return found;
}

// A few bytes of text may name a model of any size: memory is taken for about what the file holds.
// What is missing or misshapen within that is named tensor by tensor by Module::load.
void check_size(const std::filesystem::path& path, const ModelCard& card, const SafeTensors& file) {
  const std::int64_t named = model_numbers(
      card.architecture, static_cast<std::int64_t>(card.columns.size()), card.outputs());
  std::int64_t held = 0;
  for (const auto& [name, tensor] : file.tensors) held += tensor.elements();
  if (named > 2 * held + (std::int64_t{1} << 20))
    refuse(path,
           fmt::format("the file holds {3} numbers; expected {2}, those of {0} on {1} columns",
                       card.architecture, card.columns.size(), named, held));
}

}  // namespace

std::int64_t ModelCard::outputs() const {
  return outputs_of(task, loss_from(loss), static_cast<std::int64_t>(classes.size()));
}

TableModel TableModel::read(const std::filesystem::path& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* kind = file.find_metadata("downhill.kind");
  const std::string* text = file.find_metadata("downhill.model");
  if (kind == nullptr || *kind != kKind || text == nullptr)
    refuse(path,
           "is not a model of this version: its metadata has no downhill.kind 'model 1' with a "
           "downhill.model; give a model.safetensors that train wrote");
  try {
    ModelCard card = detail::card_from(*text);
    loss_from(card.loss);  // refuses an unknown one
    check_size(path, card, file);
    nn::Sequential model = model_from(
        card.architecture, static_cast<std::int64_t>(card.columns.size()), card.outputs(), 0);
    model.load(file.tensors);
    model.eval();
    return TableModel(std::move(card), std::move(model));
  } catch (const FileError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    refuse(path, std::string("the metadata downhill.model or the tensors are not sound: ") +
                     error.what());
  }
}

void TableModel::write(const std::filesystem::path& path) const {
  SafeTensors file;
  for (const Parameter& p : model.state()) file.tensors.emplace_back(p.name, p.tensor);
  file.metadata = {{"downhill.kind", kKind}, {"downhill.model", detail::card_text(card)}};
  write_safetensors(path, file);
}

Tensor TableModel::inputs(const CsvTable& table) const {
  const std::vector<int> columns = find_columns(card, table);
  const auto width = static_cast<std::int64_t>(columns.size());
  Tensor x = Tensor::empty({table.rows, width});
  const double* from = table.numbers.data<double>();
  const std::int64_t all = table.numbers.size(1);
  for (std::int64_t i = 0; i < table.rows; ++i)
    for (std::int64_t j = 0; j < width; ++j) {
      const auto at = static_cast<std::size_t>(j);
      x.data<float>()[i * width + j] =
          static_cast<float>((from[i * all + columns[at]] - card.mean[at]) / card.deviation[at]);
    }
  return x;
}

Tensor TableModel::targets(const CsvTable& table) const {
  const int column = find_column(table, card.target);
  if (card.task == Task::regression) {
    Tensor y = Tensor::empty({table.rows, 1});
    for (std::int64_t i = 0; i < table.rows; ++i)
      y.data<float>()[i] = static_cast<float>(
          (table.numbers.data<double>()[i * table.numbers.size(1) + column] - card.target_mean) /
          card.target_deviation);
    return y;
  }
  Tensor labels = Tensor::empty({table.rows}, Type::i64);
  for (std::int64_t i = 0; i < table.rows; ++i) {
    const std::string name = class_name(table, i, column);
    const auto at = std::find(card.classes.begin(), card.classes.end(), name);
    if (at == card.classes.end())
      throw DataError(
          fmt::format("[{}] row {} has the class '{}', which the model does not know: {}",
                      card.target, i + 1, name, fmt::join(card.classes, ", ")));
    labels.data<std::int64_t>()[i] = at - card.classes.begin();
  }
  return labels;
}

Tensor TableModel::outputs(const Tensor& inputs) const {
  const NoGraph off;
  return model(inputs);
}

TableModel::Prediction TableModel::predict(const CsvTable& table) const {
  Prediction result;
  if (table.rows == 0) return result;
  const Tensor y = outputs(inputs(table)).to(Type::f64);
  const std::int64_t width = y.size(1);
  if (card.task == Task::regression) {
    const Tensor values = predicted(loss_from(card.loss), y);
    for (const double value : values.values<double>())
      result.values.push_back(value * card.target_deviation + card.target_mean);
    return result;
  }
  const Tensor p = card.task == Task::binary ? sigmoid(y) : softmax(y);
  for (std::int64_t i = 0; i < table.rows; ++i) {
    const double* row = p.data<double>() + i * width;
    std::vector<double> shares(row, row + width);
    if (card.task == Task::binary) shares = {1 - row[0], row[0]};
    const auto best = std::max_element(shares.begin(), shares.end()) - shares.begin();
    const bool known = std::isfinite(shares[0]);  // a class must not be named from NaN
    result.labels.push_back(known ? card.classes[static_cast<std::size_t>(best)] : "nan");
    result.probabilities.push_back(std::move(shares));
  }
  return result;
}

}  // namespace downhill
