#include "downhill/train/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"
#include "downhill/train/detail/head_search.h"

namespace downhill {
namespace {

constexpr double kUnitSoftplus = 0.54132485461291810898;  // log(e - 1), where softplus is 1

Tensor linked(const Tensor& z, LinkFunction link, double c, double s) {
  switch (link) {
    case LinkFunction::none:
      return affine(z, s, c);
    case LinkFunction::exp:
      return exp(affine(z, s, c));
    case LinkFunction::sigmoid:
      return sigmoid(affine(z, s, c));
    case LinkFunction::softplus:
      return softplus(affine(z, s, kUnitSoftplus)) * c;
  }
  return {};
}

}  // namespace

Takes takes_at(const Loss& loss, std::size_t output) {
  return loss.takes()[std::min(output, loss.takes().size() - 1)];
}

std::int64_t outputs_for_number(const Loss& loss) {
  const auto entries = static_cast<std::int64_t>(loss.entries());
  return std::max<std::int64_t>({loss.predictions(), loss.columns(), entries});
}

Tensor Head::operator()(const Tensor& outputs) const {
  if (outputs.rank() != 2 || outputs.size(1) != static_cast<std::int64_t>(size()))
    throw_usage("head", fmt::format("outputs have shape {}; expected (rows, {})",
                                    outputs.shape().text(), size()));
  const Tensor z = outputs.to(Type::f64);
  if (size() == 1) return linked(z, link[0], c[0], s[0]);
  if (std::ranges::all_of(link, [](LinkFunction l) { return l == LinkFunction::none; })) {
    const Shape row{1, static_cast<std::int64_t>(size())};
    const bool unit = std::ranges::all_of(s, [](double one) { return one == 1; });
    return (unit ? z : z * Tensor::from(s, row)) + Tensor::from(c, row);
  }
  std::vector<Tensor> columns;
  for (std::size_t j = 0; j < size(); ++j) {
    const auto at = static_cast<std::int64_t>(j);
    columns.push_back(linked(slice(z, at, at + 1, 1), link[j], c[j], s[j]));
  }
  return concat(columns, 1);
}

std::vector<Tensor> predictions_for(const Loss& loss, const Tensor& columns) {
  if (loss.predictions() == 1) return {columns};
  std::vector<Tensor> parts;
  for (std::int64_t j = 0; j < columns.size(1); ++j) parts.push_back(slice(columns, j, j + 1, 1));
  return parts;
}

Tensor target_for(const Loss& loss, const Tensor& target, std::int64_t columns) {
  const std::int64_t rows = target.elements();
  if (loss.columns() > 1 && loss.predictions() == 1) return target.reshape({rows});
  const Tensor column = target.reshape({rows, 1});
  const bool each = loss.entries() > 0 && columns > 1 && loss.predictions() == 1;
  return each ? expand(column, {rows, columns}) : column;
}

Head find_head(const HeadQuestion& question) {
  return question.classes > 0 ? detail::head_of_classes(question)
                              : detail::head_of_numbers(question);
}

}  // namespace downhill
