#pragma once
#include <string>
#include <vector>

#include "downhill/core/random.h"
#include "downhill/nn/module.h"

namespace downhill::nn {

/// A learned row of numbers for each code of a category.
struct Embedding {
  std::string name;
  std::int64_t levels, width;
  std::int64_t untrained = -1;  ///< a code that no training row has: its row starts at 0; -1: none
};

/// Takes rows of numbers followed by one code per category, and puts each category's row in its
/// code's place. Parameters `<name>` (levels, width), from N(0, 1) as PyTorch's Embedding.
///
/// Shapes      x (rows, dense + categories); result (rows, dense + sum of widths).
/// Throws      UsageError for another width, or a code that is no whole number from 0 to levels - 1.
class Embeddings : public Module {
 public:
  Embeddings(std::int64_t dense, std::vector<Embedding> categories, Random& random);

  Tensor operator()(const Tensor& x) const;
  std::int64_t outputs() const;

 private:
  std::int64_t dense_;
  std::vector<Embedding> categories_;
  std::vector<Tensor> weights_;
};

}  // namespace downhill::nn
