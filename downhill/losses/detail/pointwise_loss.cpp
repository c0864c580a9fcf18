#include "downhill/losses/detail/pointwise_loss.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/losses/detail/all_between.h"
#include "downhill/losses/detail/possible.h"
#include "downhill/losses/detail/streams.h"
#include "downhill/losses/detail/weights.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;

class PointwiseLoss final : public FusedLoss {
 public:
  PointwiseLoss(std::shared_ptr<const Pointwise> formula, Declaration declared, PointwiseForm form)
      : FusedLoss(std::move(declared)), formula_(std::move(formula)), form_(form) {}

  int predictions() const override { return form_.predictions; }
  int targets() const override { return form_.target ? 1 : 0; }
  bool packs() const override { return form_.predictions > 1; }

  void check(const LossInputs& in) const override {
    const char* n = name().c_str();
    const int width = width_of(in);
    if (width == 1) {
      check_alike(n, in);
      return check_classes(in.predictions[0].shape());
    }
    const Tensor& x = in.predictions[0];
    check_floating(n, "prediction", x);
    if (x.rank() < 1 || x.size(-1) != width)
      throw_usage(n, fmt::format("prediction has shape {}; expected (..., {}), one element in each "
                                 "row",
                                 x.shape().text(), width));
    if (targets() == 0) return;
    check_same_type(n, "prediction", x, "target", in.target());
    const int columns = declared().target_columns;
    const Shape expected = columns == 1 ? items(in) : x.shape().with(x.rank() - 1, columns);
    if (!(in.target().shape() == expected))
      throw_usage(n,
                  fmt::format("prediction has shape {} but target has shape {}; expected {}: the "
                              "prediction's last axis holds the {} numbers of an element{}",
                              x.shape().text(), in.target().shape().text(), expected.text(), width,
                              declared().outputs.empty()
                                  ? ""
                                  : fmt::format(": {}", fmt::join(declared().outputs, ", "))));
  }
  Shape items(const LossInputs& in) const override {
    const Shape& shape = in.predictions[0].shape();
    return width_of(in) == 1 ? shape : shape.without(shape.rank() - 1);
  }
  Tensor per_item(const Tensor& elementwise, const LossInputs& in) const override {
    return width_of(in) == 1 ? elementwise : sum(elementwise, -1);
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(),
                         [&]<class T>() { return run<T>(in, scale, each, gradients); });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const Streams<T> streams = streams_of<T>(in, out, u);
      const T* weight = in.weight.defined() ? in.weight.data<T>() : nullptr;
      parallel_blocks(items(in).elements(), [&](Index begin, Index end) {
        streams.each_strip(
            begin, end,
            [&](const T* const* x, const T* const* along, T* const* to, Index at, Index n) {
              const T* w = weight != nullptr ? weight + at : nullptr;
              formula_->curvature(x, w, static_cast<T>(scale), along, to, nullptr, n);
              for (std::size_t k = 0; k < streams.moving; ++k) clear_absent(w, to[k], n);
            });
      });
    });
  }

 private:
  // Columns of one prediction: those declared, or several predictions in one tensor.
  int width_of(const LossInputs& in) const {
    if (form_.predictions > 1) return in.predictions.size() == 1 ? form_.predictions : 1;
    return declared().columns;
  }

  void check_classes(const Shape& shape) const {
    const auto classes = static_cast<Index>(declared().classes);
    if (classes > 0 && (shape.rank() < 1 || shape[shape.rank() - 1] != classes))
      throw_usage(name(), fmt::format("an option has {} entries, one for each class, but the last "
                                      "axis of the prediction, of shape {}, has not",
                                      classes, shape.text()));
  }

  template <class T>
  Streams<T> streams_of(const LossInputs& in, std::span<const Tensor> out,
                        std::span<const Tensor> along) const {
    Streams<T> s;
    const Index width = width_of(in);
    for (std::size_t tensor = 0; tensor < in.predictions.size(); ++tensor)
      for (Index column = 0; column < width; ++column, ++s.count) {
        const auto place = [&](std::span<const Tensor> all) {
          return tensor < all.size() && all[tensor].defined()
                     ? all[tensor].template data<T>() + column
                     : nullptr;
        };
        s.stride[s.count] = width;
        s.in[s.count] = place(in.predictions);
        s.out[s.count] = place(out);
        s.along[s.count] = place(along);
      }
    s.moving = s.count;
    const Index columns = targets() > 0 ? declared().target_columns : 0;
    for (Index column = 0; column < columns; ++column, ++s.count) {
      s.stride[s.count] = columns;
      s.in[s.count] = in.target().data<T>() + column;
    }
    if (form_.by_column) {
      const Shape& shape = in.predictions[0].shape();
      s.columns = shape.rank() > 0 ? std::max<Index>(1, shape[shape.rank() - 1]) : 1;
      s.stride[s.count] = 1;
      s.in[s.count++] = nullptr;
    }
    return s;
  }

  template <class T>
  double run(const LossInputs& in, double scale, const Tensor& each,
             std::span<const Tensor> gradients) const {
    const Streams<T> streams = streams_of<T>(in, gradients, {});
    const T* weight = in.weight.defined() ? in.weight.data<T>() : nullptr;
    const Index n = in.predictions[0].elements() / width_of(in);
    const bool stream =
        streams.plain() && n * static_cast<Index>(sizeof(T)) * 3 > last_level_cache();
    std::atomic<bool> outside = false;
    const auto block = [&](Index begin, Index end) {
      if (declared().target && !inside<T>(in, weight, begin, end)) outside = true;
      if (!all_possible(declared(), streams, weight, begin, end)) outside = true;
      double sum = 0;
      streams.each_strip(
          begin, end, [&](const T* const* x, const T* const*, T* const* to, Index at, Index count) {
            T* value = each.defined() ? each.data<T>() + at : nullptr;
            const T* w = weight != nullptr ? weight + at : nullptr;
            sum += w != nullptr ? weighted(x, w, static_cast<T>(scale), value, to, streams, count)
                                : static_cast<double>(formula_->slopes(
                                      x, nullptr, static_cast<T>(scale), value, to, stream, count));
          });
      return sum;
    };
    if (n == 0) return 0;
    double total = 0;
    if (n <= kBlock) {
      total = block(0, n);
      if (outside) refuse<T>(in, streams, weight, n);
      return total;
    }
    const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
    double* sums = partial.data<double>();
    parallel_blocks(n, [&](Index begin, Index end) { sums[begin / kBlock] = block(begin, end); });
    if (stream) fence_streams();
    if (outside) refuse<T>(in, streams, weight, n);
    for (const double s : partial.values<double>()) total += s;
    return total;
  }

  // One run with weights. What has weight 0 is not there: a NaN in its place does not count.
  template <class T>
  double weighted(const T* const* x, const T* weight, T scale, T* each, T* const* to,
                  const Streams<T>& streams, Index n) const {
    const Tensor scratch = Tensor::empty({n}, type_of<T>);
    T* value = each != nullptr ? each : scratch.data<T>();
    formula_->slopes(x, weight, scale, value, to, false, n);
    double sum[4] = {0, 0, 0, 0};
    for (Index i = 0; i < n; ++i) value[i] *= weight[i];
    clear_absent(weight, value, n);
    for (Index i = 0; i < n; ++i) sum[i & 3] += static_cast<double>(value[i]);
    for (std::size_t k = 0; k < streams.moving; ++k) clear_absent(weight, to[k], n);
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
  }

  // A 0 is no sign of a class, and most likely the first of 0 and 1.
  bool of_signs() const { return *declared().target == kSigns; }
  // Whether all targets of a block that count lie in the declared range.
  template <class T>
  bool inside(const LossInputs& in, const T* weight, Index begin, Index end) const {
    const T* y = in.target().data<T>();
    const auto [low, high] = bounds_of<T>(*declared().target);
    const bool signs = of_signs();
    if (weight == nullptr)
      return all_between(y + begin, end - begin, low, high) &&
             (!signs || none_zero(y + begin, end - begin));
    bool all = true;
    for (Index i = begin; i < end; ++i)
      all &= ((y[i] >= low) & (y[i] <= high) & !(signs & (y[i] == 0))) | (weight[i] == 0);
    return all;
  }
  template <class T>
  void refuse(const LossInputs& in, const Streams<T>& streams, const T* weight, Index n) const {
    for (Index i = 0; i < n; ++i) {
      if (declared().target && !inside<T>(in, weight, i, i + 1))
        throw_usage(name(), fmt::format("target[{}] = {} is outside {}{}", i,
                                        in.target().data<T>()[i], declared().target->text(),
                                        of_signs() ? " without 0; the classes are -1 and 1 (of 0 "
                                                     "and 1: 2 target - 1)"
                                                   : ""));
      if (!all_possible(declared(), streams, weight, i, i + 1))
        refuse_prediction(name(), declared(), streams, i);
    }
  }

  std::shared_ptr<const Pointwise> formula_;
  PointwiseForm form_;
};

}  // namespace

std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              Declaration declared, PointwiseForm form) {
  return std::make_shared<PointwiseLoss>(std::move(formula), std::move(declared), form);
}

namespace {

// A formula whose best constant is the logarithm of the mean target, whatever the targets are, takes
// logarithms, as exp(p)-y*p does.
Takes takes_of(const Pointwise& formula) {
  const std::vector<std::vector<double>> sets = {{1, 2, 6}, {0.5, 3, 4, 9}, {2, 2, 5}};
  for (const std::vector<double>& y : sets) {
    const auto n = static_cast<double>(y.size());
    const std::vector<double> p(y.size(), std::log(std::accumulate(y.begin(), y.end(), 0.0) / n));
    std::vector<double> value(y.size()), slope(y.size());
    const double* const in[] = {p.data(), y.data()};
    double* const slopes[] = {slope.data()};
    formula.slopes(in, nullptr, 1.0, value.data(), slopes, false, std::ssize(y));
    double sum = 0, size = 0;
    for (const double each : slope) sum += each, size += std::abs(each);
    if (!(size > 0) || !(std::abs(sum) <= 1e-12 * size)) return Takes::number;
  }
  return Takes::log_rate;
}

}  // namespace

std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              std::string text) {
  Declaration declared{
      .name = formula->name(), .takes = {takes_of(*formula)}, .text = std::move(text)};
  return pointwise_loss(std::move(formula), std::move(declared));
}

void check_alike(const char* name, const LossInputs& in) {
  const Tensor& first = in.predictions[0];
  check_floating(name, "prediction", first);
  for (const Tensor& other : in.predictions.subspan(1)) {
    check_same_type(name, "prediction", first, "another prediction", other);
    check_same_shape(name, "prediction", first, "another prediction", other);
  }
  if (!in.target().defined()) return;
  check_same_type(name, "prediction", first, "target", in.target());
  check_same_shape(name, "prediction", first, "target", in.target());
}

}  // namespace downhill::detail
