#pragma once
#include <cstdint>

#include "downhill/data/split.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Which rows make which batch. The order of the rows in an epoch is a function of (seed, epoch)
/// alone, so that a run can go on from any place.
class Batches {
 public:
  /// `batch_size` may exceed `rows`: one batch. With `drop_last` a last batch that is not full is
  /// left out; without `shuffle` the rows come in their own order. UsageError if there is no row
  /// or no batch.
  Batches(std::int64_t rows, std::int64_t batch_size, std::uint64_t seed, bool drop_last = false,
          bool shuffle = true);

  std::int64_t count() const { return count_; }  ///< batches in an epoch
  /// All rows in the order of that epoch, (rows) int64.
  const Tensor& order(std::int64_t epoch);
  /// The rows of one batch, 0 <= batch < count(): a part of `order(epoch)`, not copied.
  Tensor rows(std::int64_t epoch, std::int64_t batch);
  /// Frees the order of the last epoch asked for.
  void forget_order() {
    order_ = Tensor();
    epoch_ = -1;
  }

 private:
  std::int64_t rows_, batch_size_, count_;
  std::uint64_t seed_;
  bool shuffle_;
  std::int64_t epoch_ = -1;
  Tensor order_;
};

}  // namespace downhill
