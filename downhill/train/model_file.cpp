#include "downhill/train/model_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/catalog/catalog.h"
#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/io/safetensors.h"
#include "downhill/losses/ordinal.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/model_card.h"

namespace downhill {
namespace {

constexpr const char* kKind = "model 2";
constexpr const char* kCard = "downhill.model";
constexpr std::size_t kLongCard = std::size_t{1} << 20;
constexpr std::int64_t kPiece = 8192;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw FileError(FileError::Kind::model, path.string() + ": " + what);
}

ModelShape shape_of(const ModelCard& card) {
  ModelShape shape{.in = card.inputs.dense(), .out = card.outputs(), .centred = true};
  for (const InputColumns::Embedded& e : card.inputs.embedded())
    shape.embedded.push_back({e.column, e.levels, e.width, e.untrained});
  return shape;
}

// A hostile card must not take memory that its file does not fill.
void check_size(const ModelCard& card, const std::vector<std::pair<std::string, Tensor>>& tensors) {
  double found = 0;
  for (const auto& [name, tensor] : tensors)
    if (is_floating(tensor.type())) found += static_cast<double>(tensor.elements());
  const double expected = count_parameters(card.architecture, shape_of(card));
  if (expected > 4 * found + 1e6)  // else `load` names what does not fit
    throw DataError(fmt::format("its tensors hold {} numbers; {} learns {}", found,
                                card.architecture, expected));
}

// A long card, of very many columns, is a tensor of bytes: a header holds 16 MiB.
Tensor bytes_of(const std::string& text) {
  return Tensor::from(std::vector<std::uint8_t>(text.begin(), text.end()));
}

/// The card's text, taken out of the file's tensors where it stands there; null if there is none.
std::optional<std::string> take_card(SafeTensors& file) {
  if (const std::string* text = file.find_metadata(kCard)) return *text;
  const auto at = std::ranges::find(file.tensors, kCard, &std::pair<std::string, Tensor>::first);
  if (at == file.tensors.end() || at->second.type() != Type::u8) return {};
  const auto* bytes = at->second.data<std::uint8_t>();
  std::string text(bytes, bytes + at->second.elements());
  file.tensors.erase(at);
  return text;
}

Tensor probabilities_of(const Loss& loss, const Tensor& scores) {
  const Tensor p = Tensor::empty(scores.shape(), Type::f64);
  const auto classes = static_cast<std::size_t>(scores.size(1));
  for (std::int64_t i = 0; i < scores.size(0); ++i) {
    const auto first = static_cast<std::size_t>(i) * classes;
    loss.probabilities(scores.values<double>().subspan(first, classes),
                       {p.data<double>() + first, classes});
  }
  return p;
}

}  // namespace

Tensor second_class(const Loss& loss, const Tensor& labels) {
  const double first = loss.first_class();
  return affine(labels.to(Type::f64), 1 - first, first);
}

double corrected(double p, double price) { return p / (p + price * (1 - p)); }

std::int64_t ModelCard::outputs() const {
  return outputs_of(task, loss_from(loss), static_cast<std::int64_t>(classes.size()));
}

TableModel::TableModel(ModelCard with_card, nn::Sequential with_model)
    : card(std::move(with_card)), model(std::move(with_model)), loss(loss_from(card.loss)) {}

TableModel TableModel::begin(const ModelCard& card, std::uint64_t seed) {
  return TableModel(card, model_from(card.architecture, shape_of(card), seed));
}

TableModel TableModel::read(const std::filesystem::path& path) {
  SafeTensors file = read_safetensors(path);
  const std::string* kind = file.find_metadata("downhill.kind");
  const std::optional<std::string> text = take_card(file);
  if (kind == nullptr || *kind != kKind || !text)
    refuse(path,
           "is not a model of this version: its metadata has no downhill.kind 'model 2' with a "
           "downhill.model; give a model.safetensors that train wrote");
  try {
    const ModelCard card = detail::card_from(*text);
    check_size(card, file.tensors);
    TableModel model = begin(card, 0);
    if (model.card.head.size() != static_cast<std::size_t>(model.card.outputs()))
      refuse(path, fmt::format("its head has {} outputs and its loss {}", model.card.head.size(),
                               model.card.outputs()));
    model.model.load(file.tensors);
    model.model.eval();
    return model;
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
  file.metadata = {{"downhill.kind", kKind}};
  std::string text = detail::card_text(card);
  if (text.size() > kLongCard) file.tensors.emplace_back(kCard, bytes_of(text));
  else file.metadata.emplace_back(kCard, std::move(text));
  write_safetensors(path, file);
}

template <class Use>
auto TableModel::with_loss_inputs(const Tensor& outputs, const Batch& batch, Use use) const {
  const Tensor columns = card.head(outputs);
  if (card.task == Task::numbers)
    return use(predictions_for(loss, columns), target_for(loss, batch.target, columns.size(1)));
  if (one_output(card.task, loss))
    return use(std::vector{columns.reshape({columns.size(0)})}, second_class(loss, batch.target));
  const bool logarithms = loss.takes()[0] == Takes::class_log_probabilities;
  return use(std::vector{logarithms ? log_softmax(columns) : columns}, batch.target);
}

BatchLoss TableModel::batch_loss(const Tensor& outputs, const Batch& batch) const {
  const BatchLoss whole = with_loss_inputs(
      outputs, batch, [&](const std::vector<Tensor>& predictions, const Tensor& target) {
        return downhill::batch_loss(loss, predictions, target, batch.weight);
      });
  if (card.task != Task::numbers) return whole;
  return {whole.mean / card.head.k, whole.counts(batch)};
}

Tensor TableModel::row_losses(const Tensor& outputs, const Batch& batch) const {
  const Tensor each = with_loss_inputs(
      outputs, batch, [&](const std::vector<Tensor>& predictions, const Tensor& target) {
        return loss.each(predictions, target, batch.weight);
      });
  const std::int64_t rows = outputs.size(0);
  if (each.elements() % std::max<std::int64_t>(rows, 1) != 0)
    throw_usage("row_losses",
                fmt::format("{} has {} values for {} rows", loss.name(), each.elements(), rows));
  const Tensor one =
      sum(each.reshape({rows, each.elements() / std::max<std::int64_t>(rows, 1)}), 1);
  return card.task == Task::numbers ? one / card.head.k : one;
}

LossOf TableModel::loss_of() const {
  return [this](const Batch& batch) { return batch_loss(model(batch.input), batch); };
}

Predictions TableModel::predict(const Dataset& rows) const {
  nn::Sequential evaluated = model;
  const detail::EvaluationMode mode(evaluated);
  const NoGraph off;
  Predictions all;
  const auto count = static_cast<std::size_t>(rows.size());
  if (card.task == Task::numbers) all.values.reserve(count);
  else {
    all.classes.reserve(count);
    all.probabilities.reserve(count * card.classes.size());
  }
  for (std::int64_t begin = 0; begin < rows.size(); begin += kPiece)
    add_predictions(all, model(rows.piece(begin, begin + kPiece).input));
  return all;
}

Predictions TableModel::constant() const {
  const NoGraph off;
  Predictions one;
  add_predictions(one, Tensor::zeros({1, card.outputs()}));
  if (!card.head.shares.empty()) one.probabilities = card.head.shares;
  return one;
}

void TableModel::add_predictions(Predictions& to, const Tensor& outputs) const {
  const Tensor columns = card.head(outputs);
  const std::int64_t rows = columns.size(0), width = columns.size(1);
  const double* at = columns.data<double>();
  to.rows += rows;
  if (card.task == Task::numbers) {
    const auto& names = loss.outputs();
    const auto shown = [&](std::int64_t i, std::int64_t j) {
      const double p = at[i * width + j];
      return takes_at(loss, static_cast<std::size_t>(j)) == Takes::log_rate ? std::exp(p) : p;
    };
    const auto all = static_cast<std::size_t>(width);
    for (std::int64_t i = 0; i < rows; ++i)
      to.values.push_back(width > 1 ? loss.expected({at + i * width, all}) : shown(i, 0));
    if (width == 1) return;
    std::size_t more = 0;
    for (std::int64_t j = 0; j < width; ++j) {
      if (j == 0 && !loss.has_expected()) continue;
      const auto place = static_cast<std::size_t>(j);
      if (to.more.size() <= more)
        to.more.emplace_back(place < names.size() ? names[place] : fmt::format("output_{}", j + 1),
                             std::vector<double>());
      for (std::int64_t i = 0; i < rows; ++i) to.more[more].second.push_back(shown(i, j));
      ++more;
    }
    return;
  }
  const Takes takes = loss.takes()[0];
  const bool one = one_output(card.task, loss);
  const Tensor p = is_ordinal(takes)       ? ordinal_probabilities(takes, columns)
                   : !one                  ? probabilities_of(loss, columns)
                   : takes == Takes::logit ? sigmoid(columns)
                                           : columns;
  const auto classes = static_cast<std::int64_t>(card.classes.size());
  for (std::int64_t i = 0; i < rows; ++i) {
    const double* row = p.data<double>() + i * p.size(1);
    std::vector<double> shares(row, row + p.size(1));
    if (one) shares = {1 - row[0], row[0]};
    if (classes == 2 && card.price != 1) {
      shares[1] = corrected(shares[1], card.price);
      shares[0] = 1 - shares[1];
    }
    const auto best = std::max_element(shares.begin(), shares.end()) - shares.begin();
    // A class must not be named from NaN.
    const bool known =
        std::ranges::all_of(shares, [](double share) { return std::isfinite(share); });
    to.classes.push_back(!known ? -1 : classes == 2 ? (shares[1] > card.threshold ? 1 : 0) : best);
    to.probabilities.insert(to.probabilities.end(), shares.begin(), shares.end());
  }
}

std::vector<CsvColumn> columns_of(const ModelCard& card, const Predictions& predictions) {
  if (card.task == Task::numbers) {
    std::vector<CsvColumn> columns = {{"prediction", predictions.values}};
    for (const auto& [name, values] : predictions.more) columns.push_back({name, values});
    return columns;
  }
  std::vector<std::string> labels;
  for (const std::int64_t c : predictions.classes)
    labels.push_back(c < 0 ? "nan" : card.classes[static_cast<std::size_t>(c)]);
  std::vector<CsvColumn> columns = {{"prediction", std::move(labels)}};
  const std::size_t classes = card.classes.size();
  for (std::size_t c = 0; c < classes; ++c) {
    std::vector<double> shares;
    for (std::size_t i = c; i < predictions.probabilities.size(); i += classes)
      shares.push_back(predictions.probabilities[i]);
    columns.push_back({"p_" + card.classes[c], std::move(shares)});
  }
  return columns;
}

}  // namespace downhill
