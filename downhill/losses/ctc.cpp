#include "downhill/losses/ctc.h"

#include <fmt/format.h>

#include <limits>
#include <vector>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/losses/detail/ctc_lattice.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

using Index = std::int64_t;

/// One sequence of the batch and its frames.
struct Sequence {
  std::vector<Index> labels;
  Index frames;
  bool fits() const { return detail::CTCLattice::needed(labels) <= frames; }
  bool empty() const { return frames == 0; }
};

std::vector<Sequence> sequences_of(const Tensor& sequence, const Tensor& frames) {
  std::vector<Sequence> all;
  const Index width = sequence.size(1);
  for (Index i = 0; i < sequence.size(0); ++i) {
    all.push_back({{}, frames.data<Index>()[i]});
    for (Index s = 0; s < width; ++s)
      if (const Index label = sequence.data<Index>()[i * width + s]; label >= 0)
        all.back().labels.push_back(label);
  }
  return all;
}

/// The derivatives by log_p (N, T, C), each sequence's times its g, in operations.
Tensor recorded_slope(const Tensor& log_p, const std::vector<Sequence>& all, Index blank,
                      const Tensor& g) {
  std::vector<Tensor> slopes;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Index at = static_cast<Index>(i), frames = all[i].frames;
    const Tensor own = squeeze(slice(log_p, at, at + 1), 0);
    const Tensor rest = Tensor::zeros(own.shape(), own.type());
    if (!all[i].fits() || all[i].empty()) {
      slopes.push_back(unsqueeze(rest, 0));
      continue;
    }
    const Tensor slope =
        detail::CTCLattice(all[i].labels, blank, frames).recorded_slope(slice(own, 0, frames));
    slopes.push_back(unsqueeze(concat({slope, slice(rest, frames, own.size(0))}, 0), 0));
  }
  return concat(slopes, 0) * g.reshape({log_p.size(0), 1, 1});
}

void check_sequence(std::string_view loss, const Tensor& sequence, Index classes, Index blank) {
  const Index width = sequence.size(1);
  for (Index i = 0; i < sequence.elements(); ++i) {
    const double label = sequence.at(i);
    if (label >= static_cast<double>(classes) || label == static_cast<double>(blank))
      throw_usage(loss, fmt::format("sequence[{}] = {}; expected a label in [0, {}) other than the "
                                    "blank {}, or a negative number for padding",
                                    i, label, classes, blank));
    if (label >= 0 && i % width > 0 && sequence.at(i - 1) < 0)
      throw_usage(loss, fmt::format("sequence[{}] = {} stands behind padding", i, label));
  }
}

}  // namespace

void CTC::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  const Tensor &x = p[0], &sequence = y[0], &frames = y[1];
  if (x.rank() != 3)
    throw_usage(
        name, fmt::format("log_probabilities has shape {}; expected (N, T, C)", x.shape().text()));
  for (std::size_t k = 0; k < 2; ++k)
    if (y[k].type() != Type::i64)
      throw_usage(name,
                  fmt::format("{} has type {}; expected int64", targets[k], name_of(y[k].type())));
  if (sequence.rank() != 2 || sequence.size(0) != x.size(0))
    throw_usage(name, fmt::format("sequence has shape {}; expected ({}, S)",
                                  sequence.shape().text(), x.size(0)));
  if (!(frames.shape() == Shape{x.size(0)}))
    throw_usage(
        name, fmt::format("frames has shape {}; expected ({})", frames.shape().text(), x.size(0)));
  if (blank >= x.size(2))
    throw_usage(name, fmt::format("blank = {} for {} classes", blank, x.size(2)));
  check_sequence(name, sequence, x.size(2), blank);
  for (Index i = 0; i < frames.elements(); ++i)
    if (const double t = frames.at(i); t < 0 || t > static_cast<double>(x.size(1)))
      throw_usage(name, fmt::format("frames[{}] = {} is outside [0, {}]", i, t, x.size(1)));
}

Tensor CTC::operator()(const Tensor& log_probabilities, const Tensor& sequence,
                       const Tensor& frames) const {
  const Tensor& x = log_probabilities;
  if (x.size(0) == 0) return sum(sum(x, -1), -1);
  std::vector<Sequence> all = sequences_of(sequence, frames);
  Tensor result = Tensor::zeros({x.size(0)}, x.type()), slopes;
  const bool wanted = recorded({&x});
  if (wanted) slopes = Tensor::zeros(x.shape(), x.type());
  with_floating(x.type(), [&]<class T>() {
    const Index one = x.size(1) * x.size(2);
    parallel_for(x.size(0), x.elements() >= kParallelThreshold / 16, [&](Index i) {
      const Sequence& own = all[static_cast<std::size_t>(i)];
      T& cost = result.data<T>()[i];
      if (!own.fits()) cost = zero_infinity ? T(0) : std::numeric_limits<T>::infinity();
      else if (!own.empty())  // nothing in no frames is sure
        cost = static_cast<T>(detail::CTCLattice(own.labels, blank, own.frames)
                                  .cost(x.data<T>() + i * one, x.size(2),
                                        wanted ? slopes.data<T>() + i * one : nullptr));
    });
  });
  if (wanted)
    record(name.data(), result, {&x},
           [at = Saved(x), slopes, all = std::move(all), blank = blank](const Cotangent& g,
                                                                        Cotangents& out) {
             if (recording()) out.set(0, recorded_slope(at(), all, blank, g.value()));
             else out.set(0, slopes * g.tensor.reshape({slopes.size(0), 1, 1}), g.scale);
           });
  return result;
}

}  // namespace downhill
