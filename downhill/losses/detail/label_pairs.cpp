#include "downhill/losses/detail/label_pairs.h"

#include <fmt/format.h>

#include "downhill/core/error.h"

namespace downhill::detail {

LabelPairs::LabelPairs(const Tensor& labels)
    : alike(Tensor::zeros({labels.size(0), labels.size(0)}, Type::u8)),
      apart(Tensor::zeros({labels.size(0), labels.size(0)}, Type::u8)),
      has_alike(Tensor::zeros({labels.size(0)}, Type::u8)),
      has_apart(Tensor::zeros({labels.size(0)}, Type::u8)) {
  const auto all = labels.values<std::int64_t>();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i == j) continue;
      const bool same = all[i] == all[j];
      (same ? alike : apart).data<std::uint8_t>()[i * all.size() + j] = 1;
      (same ? has_alike : has_apart).data<std::uint8_t>()[i] = 1;
    }
}

void check_features_and_labels(const char* loss, const Tensor& features, const Tensor& labels) {
  if (features.rank() != 2)
    throw_usage(loss,
                fmt::format("features has shape {}; expected (N, D)", features.shape().text()));
  if (labels.type() != Type::i64)
    throw_usage(loss, fmt::format("labels has type {}; expected int64", name_of(labels.type())));
  if (!(labels.shape() == Shape{features.size(0)}))
    throw_usage(loss, fmt::format("labels has shape {}; expected ({}), one for each row of "
                                  "features",
                                  labels.shape().text(), features.size(0)));
}

}  // namespace downhill::detail
