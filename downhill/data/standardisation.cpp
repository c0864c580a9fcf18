#include "downhill/data/standardisation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"

namespace downhill {
namespace {

std::int64_t columns_of(const Tensor& tensor) {
  std::int64_t columns = 1;
  for (int axis = 1; axis < tensor.rank(); ++axis) columns *= tensor.size(axis);
  return columns;
}

void check_rows(const char* operation, const Tensor& inputs) {
  check_floating(operation, "inputs", inputs);
  if (inputs.rank() == 0) throw_usage(operation, "inputs is one number; expected rows of numbers");
}

Tensor rows_to_learn_from(const Tensor& inputs, const Tensor& rows) {
  const std::int64_t count = inputs.size(0);
  const Tensor chosen = rows.defined() ? rows : Tensor::arange(count, Type::i64);
  if (chosen.type() != Type::i64 || chosen.elements() == 0)
    throw_usage("standardisation",
                fmt::format("rows is {}; expected (rows) int64, at least one", describe(chosen)));
  for (const std::int64_t row : chosen.values<std::int64_t>())
    if (row < 0 || row >= count)
      throw_usage("standardisation", fmt::format("row {} is outside of {} rows", row, count));
  return chosen;
}

// Calls body(column, number) for the numbers of these rows.
template <class Body>
void each_number(const Tensor& inputs, const Tensor& rows, std::size_t columns, Body&& body) {
  with_floating(inputs.type(), [&]<class T>() {
    const T* numbers = inputs.data<T>();
    for (const std::int64_t row : rows.values<std::int64_t>())
      for (std::size_t c = 0; c < columns; ++c)
        body(c, static_cast<double>(numbers[static_cast<std::size_t>(row) * columns + c]));
  });
}

template <class Formula>
Tensor by_column(const char* operation, const Tensor& inputs, std::size_t columns, Formula&& f) {
  check_rows(operation, inputs);
  if (static_cast<std::size_t>(columns_of(inputs)) != columns)
    throw_usage(operation, fmt::format("inputs has shape {}, {} columns; expected {}",
                                       inputs.shape().text(), columns_of(inputs), columns));
  Tensor result = Tensor::empty(inputs.shape(), inputs.type());
  with_floating(inputs.type(), [&]<class T>() {
    const T* from = inputs.data<T>();
    T* to = result.data<T>();
    for (std::int64_t row = 0; row < inputs.size(0); ++row)
      for (std::size_t column = 0; column < columns; ++column)
        *to++ = static_cast<T>(f(static_cast<double>(*from++), column));
  });
  return result;
}

}  // namespace

Standardisation Standardisation::learn(const Tensor& inputs, const Tensor& rows) {
  check_rows("standardisation", inputs);
  const auto columns = static_cast<std::size_t>(columns_of(inputs));
  const Tensor chosen = rows_to_learn_from(inputs, rows);
  const auto each = [&](auto&& body) { each_number(inputs, chosen, columns, body); };
  std::vector<double> low(columns, HUGE_VAL), high(columns, -HUGE_VAL);
  each([&](std::size_t c, double x) {
    if (!std::isfinite(x))
      throw_data("standardisation",
                 fmt::format("column {} holds {}; expected finite numbers; clean it", c + 1, x));
    low[c] = std::min(low[c], x);
    high[c] = std::max(high[c], x);
  });
  // In units of the largest magnitude: squares neither overflow nor underflow.
  std::vector<int> exponent(columns);
  for (std::size_t c = 0; c < columns; ++c)
    std::frexp(std::max(std::abs(low[c]), std::abs(high[c])), &exponent[c]);
  Standardisation result{std::vector<double>(columns), std::vector<double>(columns)};
  const auto n = static_cast<double>(chosen.elements());
  each([&](std::size_t c, double x) { result.mean[c] += std::ldexp(x, -exponent[c]); });
  for (double& sum : result.mean) sum /= n;
  each([&](std::size_t c, double x) {
    const double d = std::ldexp(x, -exponent[c]) - result.mean[c];
    result.deviation[c] += d * d / n;
  });
  for (std::size_t c = 0; c < columns; ++c) {
    double &center = result.mean[c], &spread = result.deviation[c];
    center = low[c] == high[c] ? low[c] : std::ldexp(center, exponent[c]);
    spread = std::ldexp(std::sqrt(spread), exponent[c]);
    if (low[c] == high[c] || spread == 0) spread = 1;
  }
  return result;
}

Tensor Standardisation::apply(const Tensor& inputs) const {
  return by_column("standardise", inputs, mean.size(), [this](double x, std::size_t c) {
    const double difference = x - mean[c];
    if (std::isfinite(difference)) return difference / deviation[c];
    return (x / 2 - mean[c] / 2) / (deviation[c] / 2);
  });
}

Tensor Standardisation::undo(const Tensor& standardised) const {
  return by_column("undo standardisation", standardised, mean.size(),
                   [this](double x, std::size_t c) { return x * deviation[c] + mean[c]; });
}

Tensor Standardisation::to_tensor() const {
  std::vector<double> both = mean;
  both.insert(both.end(), deviation.begin(), deviation.end());
  return Tensor::from(both, {2, static_cast<std::int64_t>(mean.size())});
}

Standardisation Standardisation::from_tensor(const Tensor& saved) {
  if (!saved.defined() || saved.type() != Type::f64 || saved.rank() != 2 || saved.size(0) != 2)
    throw_data("standardisation", fmt::format("the saved tensor is {}; expected (2, columns) "
                                              "float64",
                                              describe(saved)));
  const std::int64_t columns = saved.size(1);
  const double* numbers = saved.data<double>();
  Standardisation result{{numbers, numbers + columns}, {numbers + columns, numbers + 2 * columns}};
  for (std::size_t c = 0; c < result.mean.size(); ++c)
    if (!std::isfinite(result.mean[c]) || !std::isfinite(result.deviation[c]) ||
        result.deviation[c] <= 0)
      throw_data("standardisation", fmt::format("column {} has mean {} and deviation {}; expected "
                                                "a finite mean and a positive deviation",
                                                c + 1, result.mean[c], result.deviation[c]));
  return result;
}

}  // namespace downhill
