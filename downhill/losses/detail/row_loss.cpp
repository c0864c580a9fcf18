#include "downhill/losses/detail/row_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "downhill/core/parallel.h"
#include "downhill/losses/detail/all_between.h"
#include "downhill/losses/detail/class_axis.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;

/// Where the rows of a tensor lie: number c of row i at begin(i) + c * stride. Rows whose numbers
/// are not side by side are copied, a tile of them at a time.
struct Rows {
  Rows(const Shape& shape, int axis) : classes(shape[axis]) {
    for (int a = axis + 1; a < shape.rank(); ++a) stride *= shape[a];
    count = shape.elements() / std::max<Index>(1, classes);
  }
  Index begin(Index row) const { return row / stride * classes * stride + row % stride; }

  template <class T>
  void collect(const T* from, Index first, Index last, T* tile) const {
    for (Index i = first; i < last; ++i, tile += classes)
      for (Index c = 0; c < classes; ++c) tile[c] = from[begin(i) + c * stride];
  }
  template <class T>
  void spread(const T* tile, Index first, Index last, T* to) const {
    for (Index i = first; i < last; ++i, tile += classes)
      for (Index c = 0; c < classes; ++c) to[begin(i) + c * stride] = tile[c];
  }
  /// body(block, first, last): blocks of about 4,096 numbers, which do not depend on the threads.
  template <class Body>
  void each_block(Body&& body) const {
    parallel_for(blocks(), count * classes >= kParallelThreshold / 4, [&](Index block) {
      body(block, block * step(), std::min(count, (block + 1) * step()));
    });
  }
  Index step() const { return std::max<Index>(1, kBlock / classes); }
  Index blocks() const { return downhill::blocks(count, step()); }

  Index classes, stride = 1, count = 0;
};

/// Rows of one tensor from first to last, side by side: in place, or copied into a tile. What is
/// written goes back by `done`.
template <class T>
class Tile {
 public:
  enum class Use { read, write };
  Tile(const Rows& rows, const Tensor& tensor, Index first, Index last, Use use)
      : rows_(rows), first_(first), last_(last) {
    if (!tensor.defined()) return;
    all_ = tensor.data<T>();
    if (rows.stride == 1) {
      numbers_ = all_ + first * rows.classes;
      return;
    }
    copy_ = Tensor::empty({(last - first) * rows.classes}, type_of<T>);
    numbers_ = copy_.data<T>();
    if (use == Use::read) rows.collect(all_, first, last, numbers_);
  }
  Index first() const { return first_; }
  Index last() const { return last_; }
  Index classes() const { return rows_.classes; }
  T* row(Index i) const {
    return numbers_ != nullptr ? numbers_ + (i - first_) * rows_.classes : nullptr;
  }
  void done() const {
    if (copy_.defined()) rows_.spread(numbers_, first_, last_, all_);
  }

 private:
  const Rows& rows_;
  Index first_, last_;
  Tensor copy_;
  T *all_ = nullptr, *numbers_ = nullptr;
};

class RowLoss final : public FusedLoss {
 public:
  RowLoss(std::shared_ptr<const RowFormula> formula, Declaration declared)
      : FusedLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return 1; }
  int targets() const override { return 1; }
  bool takes_labels() const override { return true; }

  void check(const LossInputs& in) const override {
    const Index classes = in.predictions[0].size(class_axis(name(), in, formula_->rules()));
    if (const std::size_t told = declared().classes; told != 0 && told != std::size_t(classes))
      throw_usage(name(), fmt::format("an option has {} entries, one for each class, but the "
                                      "prediction has {} classes",
                                      told, classes));
  }
  Shape items(const LossInputs& in) const override {
    return in.predictions[0].shape().without(axis_of(in));
  }
  Tensor per_item(const Tensor& elementwise, const LossInputs& in) const override {
    return sum(elementwise, axis_of(in));
  }

  double weigh(const LossInputs& in) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      const Rows rows(in.predictions[0].shape(), axis_of(in));
      double total = 0;
      for (Index first = 0; first < rows.count; first += rows.step()) {
        const Index last = std::min(rows.count, first + rows.step());
        const Targets<T> targets(in, rows, first, last);
        for (Index i = first; i < last; ++i)
          total += formula_->weight(targets(i)) * sample<T>(in, i);
      }
      return total;
    });
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      const Rows rows(in.predictions[0].shape(), axis_of(in));
      const Tensor gradient = gradients.empty() ? Tensor() : gradients[0];
      const Tensor partial = Tensor::zeros({std::max<Index>(1, rows.blocks())}, Type::f64);
      std::atomic<bool> outside = false;
      rows.each_block([&](Index block, Index first, Index last) {
        const Tensor scratch = Tensor::empty({rows.classes}, type_of<T>);
        const Tile<T> x(rows, in.predictions[0], first, last, Tile<T>::Use::read);
        const Tile<T> slope(rows, gradient, first, last, Tile<T>::Use::write);
        const Targets<T> targets(in, rows, first, last);
        if (targets.labels() != nullptr && formula_->side_by_side(rows.classes)) {
          partial.data<double>()[block] = side_by_side<T>(in, targets, scale, each, x, slope);
          return slope.done();
        }
        double sum = 0;
        const bool all_inside = inside(targets.soft(first), (last - first) * rows.classes);
        for (Index i = first; i < last; ++i) {
          const T w = static_cast<T>(sample<T>(in, i));
          T value = 0;
          if (counts(targets(i), w, slope.row(i), rows.classes)) {
            if (!all_inside && !inside(targets.soft(i), rows.classes)) outside = true;
            value = w * formula_->row(x.row(i), targets(i), static_cast<T>(scale) * w, slope.row(i),
                                      scratch.data<T>());
          }
          if (each.defined()) each.data<T>()[i] = value;
          sum += static_cast<double>(value);
        }
        slope.done();
        partial.data<double>()[block] = sum;
      });
      if (outside) refuse_target<T>(in, rows);
      double total = 0;
      for (const double s : partial.values<double>()) total += s;
      return total;
    });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    if (!out[0].defined()) return;
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const Rows rows(in.predictions[0].shape(), axis_of(in));
      rows.each_block([&](Index, Index first, Index last) {
        const Tensor scratch = Tensor::empty({2 * rows.classes}, type_of<T>);
        const Tile<T> x(rows, in.predictions[0], first, last, Tile<T>::Use::read);
        const Tile<T> along(rows, u[0], first, last, Tile<T>::Use::read);
        const Tile<T> to(rows, out[0], first, last, Tile<T>::Use::write);
        const Targets<T> targets(in, rows, first, last);
        for (Index i = first; i < last; ++i) {
          const double w = sample<T>(in, i);
          if (counts(targets(i), w, to.row(i), rows.classes))
            formula_->curvature(x.row(i), targets(i), static_cast<T>(scale * w), along.row(i),
                                to.row(i), scratch.data<T>());
        }
        to.done();
      });
    });
  }

 private:
  int axis_of(const LossInputs& in) const { return known_class_axis(in, formula_->rules()); }

  /// The targets of the rows from first to last.
  template <class T>
  class Targets {
   public:
    Targets(const LossInputs& in, const Rows& rows, Index first, Index last)
        : classes_(rows.classes),
          labels_(in.target().type() == Type::i64 ? in.target().data<Index>() : nullptr),
          soft_(rows, labels_ != nullptr ? Tensor() : in.target(), first, last,
                Tile<T>::Use::read) {}
    const Index* labels() const { return labels_; }
    RowTargetData<T> operator()(Index i) const {
      return {labels_ != nullptr ? labels_ + i : nullptr, soft_.row(i), classes_};
    }
    const T* soft(Index i) const { return labels_ != nullptr ? nullptr : soft_.row(i); }

   private:
    Index classes_;
    const Index* labels_;
    Tile<T> soft_;
  };

  // Whether so many numbers of soft targets, if they are that, lie in the declared range.
  template <class T>
  bool inside(const T* soft, Index count) const {
    if (soft == nullptr || !declared().target) return true;
    const auto [low, high] = bounds_of<T>(*declared().target);
    return all_between(soft, count, low, high);
  }
  template <class T>
  void refuse_target(const LossInputs& in, const Rows& rows) const {
    const Targets<T> targets(in, rows, 0, rows.count);
    for (Index i = 0; i < rows.count; ++i) {
      if (!counts(targets(i), sample<T>(in, i), static_cast<T*>(nullptr), rows.classes)) continue;
      for (Index k = 0; k < rows.classes; ++k)
        if (const T* y = targets.soft(i); !inside(y + k, 1))
          throw_usage(name(), fmt::format("target[row {}, class {}] = {} is outside {}", i, k, y[k],
                                          declared().target->text()));
    }
  }

  // Rows of labels of few classes; the sum of their values.
  template <class T>
  double side_by_side(const LossInputs& in, const Targets<T>& targets, double scale,
                      const Tensor& each, const Tile<T>& x, const Tile<T>& slope) const {
    const Index first = x.first(), count = x.last() - first, classes = x.classes();
    const Tensor numbers = Tensor::empty({2, count}, type_of<T>),
                 known = Tensor::empty({count}, Type::i64);
    T *factors = numbers.data<T>(), *values = factors + count;
    Index* labels = known.data<Index>();
    for (Index i = 0; i < count; ++i) {
      const T w = static_cast<T>(sample<T>(in, first + i));
      const bool that_counts = counts(targets(first + i), w, static_cast<T*>(nullptr), classes);
      factors[i] = static_cast<T>(scale) * w;
      labels[i] = that_counts ? targets.labels()[first + i] : -1;
    }
    formula_->rows_of_labels(x.row(first), labels, factors, count, classes, values,
                             slope.row(first));
    double sum = 0;
    for (Index i = 0; i < count; ++i) {
      T value = 0;
      if (labels[i] >= 0) value = static_cast<T>(sample<T>(in, first + i)) * values[i];
      else if (slope.row(first + i) != nullptr) std::fill_n(slope.row(first + i), classes, T(0));
      if (each.defined()) each.data<T>()[first + i] = value;
      sum += static_cast<double>(value);
    }
    return sum;
  }

  template <class T>
  static double sample(const LossInputs& in, Index i) {
    return in.weight.defined() ? static_cast<double>(in.weight.data<T>()[i]) : 1;
  }
  /// Whether a row counts; the slope of one that does not is 0.
  template <class T>
  bool counts(const RowTargetData<T>& target, double weight, T* slope, Index classes) const {
    if (weight != 0 && formula_->weight(target) > 0) return true;
    if (slope != nullptr) std::fill_n(slope, classes, T(0));
    return false;
  }

  std::shared_ptr<const RowFormula> formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> row_loss(std::shared_ptr<const RowFormula> formula,
                                        Declaration declared) {
  return std::make_shared<RowLoss>(std::move(formula), std::move(declared));
}

}  // namespace downhill::detail
