#include "downhill/train/metrics.h"

#include "downhill/core/error.h"
#include "downhill/ops/reduce.h"

namespace downhill {
namespace {

double share(std::int64_t hits, std::int64_t rows) {
  if (rows == 0) throw_usage("accuracy", "there are no rows");
  return static_cast<double>(hits) / static_cast<double>(rows);
}

}  // namespace

double accuracy(const Tensor& outputs, const Tensor& labels) {
  const Tensor best = argmax(outputs, -1);
  check_same_type("accuracy", "the largest output", best, "labels", labels);
  check_same_shape("accuracy", "the largest output", best, "labels", labels);
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < best.elements(); ++i) hits += best.at(i) == labels.at(i) ? 1 : 0;
  return share(hits, best.elements());
}

double binary_accuracy(const Tensor& outputs, const Tensor& labels) {
  if (outputs.elements() != labels.elements())
    throw_usage("binary_accuracy", "outputs have shape " + outputs.shape().text() +
                                       " but labels have " + labels.shape().text());
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < labels.elements(); ++i)
    hits += (outputs.at(i) > 0) == (labels.at(i) > 0.5) ? 1 : 0;
  return share(hits, labels.elements());
}

}  // namespace downhill
