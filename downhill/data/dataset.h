#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// Some rows of a data set, each tensor with the rows as its leading axis. Tensors that the data
/// set does not have are undefined.
struct Batch {
  Tensor input, target, weight;
  std::vector<Tensor> more;  ///< the fourth and further tensors of a data set
  Tensor index;              ///< (rows) int64: where the rows stand in the data set

  std::int64_t size() const { return index.elements(); }
};

/// Rows to learn from: in memory, or made one by one by a function. A copy shares the rows.
class Dataset {
 public:
  /// The tensors of one row, without the leading axis: input, target, weight, further ones. Shapes
  /// and types must be the same in every row.
  using Row = std::function<std::vector<Tensor>(std::int64_t index)>;

  /// In memory: all leading axes are equally long.
  Dataset(const Tensor& input, const Tensor& target, const Tensor& weight = {});
  /// In memory, any number of tensors: input, target, weight, further ones. An undefined one (no
  /// weight, but a fourth tensor) stays undefined.
  explicit Dataset(std::vector<Tensor> tensors);
  /// Made by a function of the index, 0 <= index < size; it is called by one thread at a time.
  Dataset(std::int64_t size, Row row);

  std::int64_t size() const { return size_; }
  /// The rows at `index`, (rows) int64, in that order. UsageError for what lies outside; DataError
  /// if the function's rows do not fit together.
  Batch batch(const Tensor& index) const;
  /// All rows.
  Batch all() const;
  /// Rows begin .. end-1, as far as there are so many.
  Batch piece(std::int64_t begin, std::int64_t end) const;
  /// One tensor of all rows: 0 is the input, 1 the target, 2 the weight. Shared with the data set
  /// where that holds its rows as they are; undefined where it has no such tensor.
  Tensor tensor(std::size_t place) const;
  /// CRC-32C of the rows in memory; 0 of rows that a function makes.
  std::uint32_t checksum() const;
  /// The data set of these rows alone; `Batch::index` counts within it. It shares the rows, and
  /// keeps 8 bytes for each.
  Dataset subset(const Tensor& index) const;

 private:
  std::vector<Tensor> gather(const Tensor& index) const;

  std::int64_t size_ = 0;
  std::vector<Tensor> tensors_;
  Tensor chosen_;  // of a subset: the place of each row in the tensors
  Row row_;
};

}  // namespace downhill
