#include "downhill/data/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/core/random.h"

namespace downhill {
namespace {

// Streams of their own, so that no other use of the same seed sees these numbers.
constexpr std::uint64_t kSplitStream = 0x73706C6974000000;  // "split"
constexpr std::uint64_t kBatchStream = 0x6261746300000000;  // "batc", plus the epoch

// 0 .. count-1 in random order (Fisher and Yates).
Tensor permutation(std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
  Tensor order = Tensor::arange(count, Type::i64);
  auto* rows = order.data<std::int64_t>();
  Random random(seed, stream);
  for (std::int64_t i = count; i > 1; --i)
    std::swap(rows[i - 1], rows[random.below(static_cast<std::uint64_t>(i))]);
  return order;
}

}  // namespace

std::vector<Tensor> split(std::int64_t count, std::span<const double> fractions,
                          std::uint64_t seed) {
  if (count < 0) throw_usage("split", fmt::format("count is {}; expected 0 or more", count));
  double sum = 0;
  for (const double fraction : fractions) {
    if (!(fraction >= 0 && fraction <= 1))
      throw_usage("split", fmt::format("a fraction is {}; expected 0 to 1", fraction));
    sum += fraction;
  }
  if (!(std::abs(sum - 1) <= 1e-9))
    throw_usage("split", fmt::format("the fractions add up to {}; expected 1", sum));
  const Tensor order = permutation(count, seed, kSplitStream);
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  double share = 0;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    share += fractions[i];
    const bool last = i + 1 == fractions.size();
    const std::int64_t rounded = std::llround(share * static_cast<double>(count));
    const std::int64_t end = last ? count : std::clamp(rounded, begin, count);
    Tensor part = order.alias({end - begin}, begin).clone();
    std::sort(part.data<std::int64_t>(), part.data<std::int64_t>() + part.elements());
    parts.push_back(std::move(part));
    begin = end;
  }
  return parts;
}

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
  order_ = shuffle_ ? permutation(rows_, seed_, kBatchStream + static_cast<std::uint64_t>(epoch))
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
