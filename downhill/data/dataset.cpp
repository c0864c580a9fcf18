#include "downhill/data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/io/crc32c.h"

namespace downhill {
namespace {

constexpr std::int64_t kPiece = 8192;  // rows

void check_index(const Tensor& index, std::int64_t size) {
  check_defined("batch", "index", index);
  if (index.type() != Type::i64 || index.rank() != 1)
    throw_usage("batch", fmt::format("index is {}; expected (rows) int64", describe(index)));
  for (const std::int64_t i : index.values<std::int64_t>())
    if (i < 0 || i >= size)
      throw_usage("batch", fmt::format("row {} is outside of a data set of {} rows", i, size));
}

Shape with_rows(std::int64_t rows, std::span<const std::int64_t> sizes) {
  std::vector<std::int64_t> all{rows};
  all.insert(all.end(), sizes.begin(), sizes.end());
  return Shape(std::span<const std::int64_t>(all));
}

// The rows of a tensor, copied.
Tensor take_rows(const Tensor& from, const Tensor& index) {
  const Tensor to = Tensor::empty(from.shape().with(0, index.elements()), from.type());
  const std::size_t row =
      from.size(0) == 0 ? 0 : from.bytes() / static_cast<std::size_t>(from.size(0));
  if (row == 0) return to;
  const auto* source = static_cast<const char*>(from.raw());
  auto* next = static_cast<char*>(to.raw());
  for (const std::int64_t i : index.values<std::int64_t>()) {
    std::memcpy(next, source + static_cast<std::size_t>(i) * row, row);
    next += row;
  }
  return to;
}

// What stands at these places of a list of rows.
Tensor taken(const Tensor& list, const Tensor& places) {
  Tensor result = Tensor::empty({places.elements()}, Type::i64);
  auto* to = result.data<std::int64_t>();
  for (const std::int64_t place : places.values<std::int64_t>())
    *to++ = list.data<std::int64_t>()[place];
  return result;
}

// Puts one row's tensors at their place; the first row decides on types and shapes.
void put_row(const std::vector<Tensor>& row, std::int64_t place, std::int64_t index,
             std::int64_t rows, std::vector<Tensor>& to) {
  if (place == 0)
    for (const Tensor& part : row)
      to.push_back(part.defined()
                       ? Tensor::empty(with_rows(rows, {part.shape().begin(), part.shape().end()}),
                                       part.type())
                       : Tensor());
  if (row.size() != to.size())
    throw_data("dataset", fmt::format("row {} has {} tensors; expected {} as in the first row of "
                                      "the batch",
                                      index, row.size(), to.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool defined = row[i].defined();
    const bool fits =
        defined == to[i].defined() &&
        (!defined ||
         (row[i].type() == to[i].type() &&
          with_rows(rows, {row[i].shape().begin(), row[i].shape().end()}) == to[i].shape()));
    if (!fits)
      throw_data("dataset",
                 fmt::format("tensor {} of row {} is {}; expected {} as in the first row "
                             "of the batch",
                             i + 1, index, describe(row[i]),
                             to[i].defined()
                                 ? to[i].shape().without(0).text() + " " + name_of(to[i].type())
                                 : "none"));
    if (defined && row[i].bytes() > 0)
      std::memcpy(
          static_cast<char*>(to[i].raw()) + static_cast<std::size_t>(place) * row[i].bytes(),
          row[i].raw(), row[i].bytes());
  }
}

}  // namespace

Dataset::Dataset(const Tensor& input, const Tensor& target, const Tensor& weight)
    : Dataset(std::vector<Tensor>{input, target, weight}) {
  check_defined("dataset", "target", target);
}

Dataset::Dataset(std::vector<Tensor> tensors) : tensors_(std::move(tensors)) {
  if (tensors_.empty()) throw_usage("dataset", "there is no tensor; expected at least an input");
  check_defined("dataset", "input", tensors_[0]);
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const Tensor& tensor = tensors_[i];
    if (!tensor.defined()) continue;
    if (tensor.rank() == 0 || tensor.size(0) != tensors_[0].size(0))
      throw_usage("dataset",
                  fmt::format("tensor {} has shape {} and the input {}; expected equally "
                              "many rows",
                              i + 1, tensor.shape().text(), tensors_[0].shape().text()));
  }
  size_ = tensors_[0].size(0);
}

Dataset::Dataset(std::int64_t size, Row row) : size_(size), row_(std::move(row)) {
  if (size < 0) throw_usage("dataset", fmt::format("size is {}; expected 0 or more", size));
  if (!row_) throw_usage("dataset", "the function is empty; expected one that makes a row");
}

std::vector<Tensor> Dataset::gather(const Tensor& index) const {
  std::vector<Tensor> result;
  if (!row_) {
    const Tensor places = chosen_.defined() ? taken(chosen_, index) : index;
    for (const Tensor& tensor : tensors_)
      result.push_back(tensor.defined() ? take_rows(tensor, places) : Tensor());
    return result;
  }
  std::int64_t place = 0;
  for (const std::int64_t i : index.values<std::int64_t>())
    put_row(row_(i), place++, i, index.elements(), result);
  return result;
}

Tensor Dataset::tensor(std::size_t place) const {
  if (row_) {
    const std::vector<Tensor> all = gather(Tensor::arange(size_, Type::i64));
    return place < all.size() ? all[place] : Tensor();
  }
  if (place >= tensors_.size() || !tensors_[place].defined()) return {};
  return chosen_.defined() ? take_rows(tensors_[place], chosen_) : tensors_[place];
}

std::uint32_t Dataset::checksum() const {
  std::uint32_t crc = 0;
  const auto add = [&](const Tensor& rows) { crc = crc32c(crc, rows.raw(), rows.bytes()); };
  for (const Tensor& tensor : tensors_) {
    if (!tensor.defined()) continue;
    if (!chosen_.defined()) add(tensor);
    else
      for (std::int64_t begin = 0; begin < size_; begin += kPiece)
        add(take_rows(tensor, chosen_.alias({std::min(kPiece, size_ - begin)}, begin)));
  }
  return crc;
}

Batch Dataset::batch(const Tensor& index) const {
  check_index(index, size_);
  std::vector<Tensor> tensors = gather(index);
  Batch batch;
  batch.index = index;
  Tensor* const named[] = {&batch.input, &batch.target, &batch.weight};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (i < std::size(named)) *named[i] = std::move(tensors[i]);
    else batch.more.push_back(std::move(tensors[i]));
  }
  return batch;
}

Batch Dataset::all() const { return piece(0, size_); }

Batch Dataset::piece(std::int64_t begin, std::int64_t end) const {
  const Tensor index =
      Tensor::empty({std::max<std::int64_t>(std::min(end, size_) - begin, 0)}, Type::i64);
  std::iota(index.data<std::int64_t>(), index.data<std::int64_t>() + index.elements(), begin);
  return batch(index);
}

Dataset Dataset::subset(const Tensor& index) const {
  check_index(index, size_);
  if (!row_) {
    Dataset part = *this;
    part.size_ = index.elements();
    part.chosen_ = chosen_.defined() ? taken(chosen_, index) : index.clone();
    return part;
  }
  return Dataset(index.elements(), [row = row_, index = index.clone()](std::int64_t i) {
    return row(index.data<std::int64_t>()[i]);
  });
}

}  // namespace downhill
