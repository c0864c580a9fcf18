#pragma once
#include <algorithm>
#include <vector>

#include "downhill/train/loss_of.h"

namespace downhill::detail {

/// The mean loss over several batches: that of each term over its own count.
class LossTotals {
 public:
  void add(const std::vector<BatchLoss::Part>& parts) {
    sums_.resize(std::max(sums_.size(), parts.size()), {0, 0});
    for (std::size_t k = 0; k < parts.size(); ++k) {
      sums_[k].mean += parts[k].mean * parts[k].weight;
      sums_[k].weight += parts[k].weight;
    }
  }
  RowsLoss all() const {
    RowsLoss all{0, 0};
    for (const auto& [sum, weight] : sums_) {
      all.loss += weight > 0 ? sum / weight : sum;
      all.weight += weight;
    }
    return all;
  }

 private:
  std::vector<BatchLoss::Part> sums_;
};

}  // namespace downhill::detail
