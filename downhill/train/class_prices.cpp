#include "downhill/train/detail/class_prices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/utf8.h"
#include "downhill/ops/softmax.h"
#include "downhill/train/model_file.h"

namespace downhill::detail {

std::vector<double> class_weights(const std::string& text, const std::vector<std::string>& classes,
                                  const Tensor& labels, const Tensor& train_rows) {
  if (text.empty()) return {};
  if (classes.empty())
    throw_usage("train", "--class-weight is for classes; the target is a number");
  std::vector<double> weights(classes.size(), 1);
  if (text == "balanced") {
    std::vector<double> rows(classes.size(), 0);
    for (const std::int64_t row : train_rows.values<std::int64_t>())
      ++rows[static_cast<std::size_t>(labels.data<std::int64_t>()[row])];
    const double all = static_cast<double>(train_rows.elements());
    for (std::size_t k = 0; k < classes.size(); ++k)
      weights[k] = rows[k] > 0 ? all / (static_cast<double>(classes.size()) * rows[k]) : 1;
    return weights;
  }
  for (const std::string_view piece : split_outside(text, ',')) {
    const std::size_t equals = piece.rfind('=');
    double weight = 0;
    const bool sound = equals != std::string_view::npos &&
                       read_option(piece.substr(equals + 1), weight).empty() && weight >= 0 &&
                       std::isfinite(weight);
    if (!sound)
      throw_usage("train", fmt::format("--class-weight: {} is neither balanced nor class=weight",
                                       excerpt(piece)));
    const auto at = std::find(classes.begin(), classes.end(), piece.substr(0, equals));
    if (at == classes.end())
      throw DataError(
          fmt::format("[train] --class-weight: there is no class {}; the classes are {}",
                      excerpt(piece.substr(0, equals)), fmt::join(classes, ", ")));
    weights[static_cast<std::size_t>(at - classes.begin())] = weight;
  }
  return weights;
}

namespace {

/// How many times more a row of the second class pulls than one of the first where the model says the
/// probability `p`.
double pulls(const Loss& loss, Task task, double p) {
  const bool one = one_output(task, loss);
  const auto pull = [&](std::int64_t label) {
    const bool logit = loss.takes()[0] == Takes::logit;
    const double odds = std::log(p / (1 - p));
    Tensor z = one ? Tensor::full({1}, logit ? odds : p, Type::f64)
                   : Tensor::zeros({1, outputs_of(task, loss, 2)}, Type::f64);
    if (!one) z.set(z.elements() - 1, odds);
    z.requires_grad(true);
    const bool logarithms = !one && loss.takes()[0] == Takes::class_log_probabilities;
    const Tensor labels = Tensor::full({1}, static_cast<double>(label), Type::i64);
    const Tensor y = one ? second_class(loss, labels) : labels;
    loss.sum(logarithms ? log_softmax(z) : z, y).backward();
    return std::abs(z.grad().at(z.elements() - 1));
  };
  return pull(1) / pull(0);
}

}  // namespace

double price_of_second_class(const Loss& loss, Task task, const std::vector<double>& by_class) {
  double price = pulls(loss, task, 0.5);
  if (!by_class.empty()) price *= by_class[1] / by_class[0];
  return std::isfinite(price) && price > 0 ? price : 1;
}

bool tells_probabilities(const Loss& loss, Task task) {
  const double price = pulls(loss, task, 0.5);
  return std::ranges::all_of(std::array{0.1, 0.4, 0.8}, [&](double p) {
    return std::abs(pulls(loss, task, p) * p / (price * (1 - p)) - 1) < 1e-6;
  });
}

}  // namespace downhill::detail
