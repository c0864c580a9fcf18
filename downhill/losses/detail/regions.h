#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "downhill/core/parallel.h"
#include "downhill/losses/detail/fused.h"
#include "downhill/losses/over.h"

namespace downhill::detail {

/// One run of elements of one region, of at most kBlock.
struct Piece {
  std::int64_t region, image, of_class, begin, n;
};

/// Which elements make a region. The prediction is seen as (images, classes, inner), or, with the
/// classes last, as (images, inner, classes); a region is one image of one class, or several.
struct Regions {
  std::int64_t images = 1, classes = 1, inner = 1;
  bool classes_last = false;
  Over over = Over::pooled;
  bool of_classes = false;  ///< whether a region belongs to one class
  Shape items;              ///< the shape of `each`

  std::int64_t count() const {
    return (over == Over::of_class ? 1
            : over == Over::pooled ? 1
                                   : images) *
           (over == Over::image_class || over == Over::of_class ? classes : 1);
  }
  std::int64_t region(std::int64_t image, std::int64_t of_class) const {
    switch (over) {
      case Over::image_class:
        return image * classes + of_class;
      case Over::image:
        return image;
      case Over::of_class:
        return of_class;
      case Over::pooled:
        return 0;
    }
    return 0;
  }
  std::int64_t class_of(std::int64_t region) const { return region % classes; }
  /// How many regions, one for each class, lie behind one item of a formula of all classes.
  std::int64_t classes_of_an_item() const { return of_classes ? classes : 1; }

  /// Place and step of a piece's elements in the prediction, and its first pixel among the labels.
  std::int64_t place(const Piece& p) const {
    return classes_last ? (p.image * inner + p.begin) * classes + p.of_class
                        : (p.image * classes + p.of_class) * inner + p.begin;
  }
  std::int64_t step() const { return classes_last ? classes : 1; }
  std::int64_t pixel(const Piece& p) const { return p.image * inner + p.begin; }

  std::int64_t pieces() const { return images * classes * blocks(inner); }
  Piece piece(std::int64_t index) const {
    const std::int64_t each = blocks(inner), begin = index % each * kBlock, run = index / each;
    const std::int64_t image = run / classes, of_class = run % classes;
    return {region(image, of_class), image, of_class, begin, std::min(kBlock, inner - begin)};
  }
  template <class Body>
  void for_pieces(Body&& body) const {
    parallel_for(pieces(), images * classes * inner >= kParallelThreshold,
                 [&](std::int64_t index) { body(index, piece(index)); });
  }
};

/// The elements of a piece as runs: in place, or copied where they do not lie side by side, where
/// the target is made of labels, or where ignored pixels are left out. What is written into `out`
/// goes back by `done`.
template <class T>
class Run {
 public:
  Run(const LossInputs& in, const Regions& regions, const Piece& piece,
      std::optional<std::int64_t> ignore, const T* along, T* result)
      : regions_(regions), piece_(piece), ignore_(ignore) {
    const std::int64_t at = regions.place(piece);
    const T* x = in.predictions[0].data<T>() + at;
    const bool labels = in.target().type() == Type::i64;
    if (labels) labels_ = in.target().data<std::int64_t>() + regions.pixel(piece);
    if (along != nullptr) along += at;
    to_ = result != nullptr ? result + at : nullptr;
    if (!labels && regions.step() == 1) {
      p = x, y = in.target().data<T>() + at, u = along, out = to_, n = piece.n;
      return;
    }
    copy_ = Tensor::empty({4 * piece.n}, type_of<T>);
    T* const runs = copy_.data<T>();
    collect(x, runs);
    if (labels) collect_labels(runs + piece.n);
    else collect(in.target().data<T>() + at, runs + piece.n);
    if (along != nullptr) collect(along, runs + 2 * piece.n);
    p = runs, y = runs + piece.n;
    u = along != nullptr ? runs + 2 * piece.n : nullptr;
    out = result != nullptr ? runs + 3 * piece.n : nullptr;
  }
  void done() const {
    if (!copy_.defined() || to_ == nullptr) return;
    std::int64_t k = 0;
    for (std::int64_t i = 0; i < piece_.n; ++i)
      to_[i * regions_.step()] = counts(i) ? out[k++] : T(0);
  }

  const T *p = nullptr, *y = nullptr, *u = nullptr;
  T* out = nullptr;
  std::int64_t n = 0;

 private:
  bool counts(std::int64_t i) const { return labels_ == nullptr || labels_[i] != ignore_; }
  void collect(const T* from, T* to) {
    n = 0;
    for (std::int64_t i = 0; i < piece_.n; ++i)
      if (counts(i)) to[n++] = from[i * regions_.step()];
  }
  void collect_labels(T* to) {
    n = 0;
    for (std::int64_t i = 0; i < piece_.n; ++i)
      if (counts(i)) to[n++] = labels_[i] == piece_.of_class ? T(1) : T(0);
  }

  const Regions& regions_;
  const Piece& piece_;
  std::optional<std::int64_t> ignore_;
  const std::int64_t* labels_ = nullptr;
  T* to_ = nullptr;
  Tensor copy_;
};

}  // namespace downhill::detail
