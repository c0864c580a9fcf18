#include "downhill/nn/embeddings.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/ops/index.h"
#include "downhill/ops/shape.h"

namespace downhill::nn {

Embeddings::Embeddings(std::int64_t dense, std::vector<Embedding> categories, Random& random)
    : dense_(dense), categories_(std::move(categories)) {
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    const Embedding& category = categories_[i];
    Tensor weight = Tensor::empty({category.levels, category.width});
    for (float& value : weight.values<float>()) value = static_cast<float>(random.normal());
    if (category.untrained >= 0)
      for (std::int64_t j = 0; j < category.width; ++j)
        weight.set(category.untrained * category.width + j, 0);
    weights_.push_back(std::move(weight));
    add(std::to_string(i), weights_.back());
  }
}

std::int64_t Embeddings::outputs() const {
  std::int64_t width = dense_;
  for (const Embedding& category : categories_) width += category.width;
  return width;
}

Tensor Embeddings::operator()(const Tensor& x) const {
  const auto codes = static_cast<std::int64_t>(categories_.size());
  if (x.rank() != 2 || x.size(1) != dense_ + codes)
    throw_usage("embeddings", fmt::format("the input has shape {}; expected (rows, {})",
                                          x.shape().text(), dense_ + codes));
  std::vector<Tensor> parts;
  if (dense_ > 0) parts.push_back(slice(x, 0, dense_, 1));
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    const std::int64_t at = dense_ + static_cast<std::int64_t>(i);
    const Tensor given = slice(x.detach(), at, at + 1, 1);
    for (std::int64_t row = 0; row < x.size(0); ++row)
      if (!(std::abs(given.at(row)) < 0x1p53) || given.at(row) != std::trunc(given.at(row)))
        throw_usage("embeddings", fmt::format("row {}: the code of category {} is {}; expected a "
                                              "whole number",
                                              row, i, given.at(row)));
    parts.push_back(gather(weights_[i], given.to(Type::i64).reshape({x.size(0)})));
  }
  return concat(parts, 1);
}

}  // namespace downhill::nn
