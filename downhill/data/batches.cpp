#include "downhill/data/batches.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/data/detail/permutation.h"

namespace downhill {
namespace {

// A stream of its own, so that no other use of the same seed sees these numbers.
constexpr std::uint64_t kBatchStream = 0x6261746300000000;  // "batc", plus the epoch

}  // namespace

Batches::Batches(std::int64_t rows, std::int64_t batch_size, std::uint64_t seed, bool drop_last,
                 bool shuffle)
    : rows_(rows),
      batch_size_(std::min(batch_size, rows)),
      count_(0),
      seed_(seed),
      shuffle_(shuffle) {
  if (rows < 1) throw_usage("batches", fmt::format("there are {} rows; expected 1 or more", rows));
  if (batch_size < 1)
    throw_usage("batches", fmt::format("batch_size is {}; expected 1 or more", batch_size));
  if (drop_last && batch_size > rows)
    throw_usage("batches", fmt::format("drop_last leaves no batch: {} rows do not fill one of {}",
                                       rows, batch_size));
  count_ = drop_last ? rows_ / batch_size_ : (rows_ - 1) / batch_size_ + 1;
}

const Tensor& Batches::order(std::int64_t epoch) {
  if (epoch < 0) throw_usage("batches", fmt::format("epoch is {}; expected 0 or more", epoch));
  if (epoch == epoch_ || (!shuffle_ && order_.defined())) return order_;
  forget_order();
  order_ = shuffle_ ? data_detail::permutation(rows_, seed_,
                                               kBatchStream + static_cast<std::uint64_t>(epoch))
                    : Tensor::arange(rows_, Type::i64);
  epoch_ = epoch;
  return order_;
}

Tensor Batches::rows(std::int64_t epoch, std::int64_t batch) {
  if (batch < 0 || batch >= count_)
    throw_usage("batches", fmt::format("batch {} does not exist; an epoch has {}", batch, count_));
  const std::int64_t begin = batch * batch_size_;
  return order(epoch).alias({std::min(batch_size_, rows_ - begin)}, begin);
}

}  // namespace downhill
