#include "downhill/losses/ctc.h"

#include <fmt/format.h>

#include <limits>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/index.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

namespace downhill {
namespace {

using Index = std::int64_t;

/// The logarithm of what cannot be: far below every probability, but with a slope.
constexpr double kNever = -1e30;

/// The labels of one sequence with blanks around them: blank, l_1, blank, ..., l_S, blank.
std::vector<Index> spread(const Tensor& sequence, Index row, Index blank) {
  std::vector<Index> all = {blank};
  for (Index s = 0; s < sequence.size(1); ++s)
    if (const auto label = static_cast<Index>(sequence.at(row * sequence.size(1) + s)); label >= 0)
      all.insert(all.end(), {label, blank});
  return all;
}

/// One sequence: minus the logarithm of its probability; log_p (T, C).
Tensor cost(const Tensor& log_p, const std::vector<Index>& states) {
  const auto n = static_cast<Index>(states.size());
  const Type type = log_p.type();
  const Tensor never = Tensor::full({2}, kNever, type);
  Tensor start = Tensor::full({n}, kNever, type), skip = Tensor::full({n}, kNever, type);
  for (Index s = 0; s < std::min<Index>(2, n); ++s) start.set(s, 0);
  for (Index s = 2; s < n; ++s)  // a blank between equal labels may not be left out
    if (const auto k = static_cast<std::size_t>(s); s % 2 == 1 && states[k] != states[k - 2])
      skip.set(s, 0);
  const Tensor emitted = transpose(gather(transpose(log_p), Tensor::from(states)));  // (T, states)
  Tensor at = start + squeeze(slice(emitted, 0, 1), 0);
  for (Index t = 1; t < log_p.size(0); ++t) {
    const Tensor before = concat({never, at}, 0);
    const Tensor ways = concat({unsqueeze(at, 0), unsqueeze(slice(before, 1, n + 1), 0),
                                unsqueeze(slice(before, 0, n) + skip, 0)},
                               0);
    at = logsumexp(ways, 0) + squeeze(slice(emitted, t, t + 1), 0);
  }
  return -logsumexp(slice(at, std::max<Index>(0, n - 2), n), 0);
}

/// How many frames a sequence needs: its labels, and a blank between equal ones.
Index needed(const std::vector<Index>& states) {
  Index count = static_cast<Index>(states.size()) / 2;
  for (std::size_t k = 3; k < states.size(); k += 2) count += states[k] == states[k - 2];
  return count;
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
  const Type type = log_probabilities.type();
  if (log_probabilities.size(0) == 0) return sum(sum(log_probabilities, -1), -1);
  std::vector<Tensor> all;
  for (Index i = 0; i < log_probabilities.size(0); ++i) {
    const Tensor own = squeeze(slice(log_probabilities, i, i + 1), 0);
    const auto states = spread(sequence, i, blank);
    const auto count = static_cast<Index>(frames.at(i));
    const Tensor nothing = sum(own) * 0.0;
    if (needed(states) > count) {
      const double price = zero_infinity ? 0 : std::numeric_limits<double>::infinity();
      all.push_back(unsqueeze(nothing + Tensor::scalar(price, type), 0));
    } else if (count == 0) {  // nothing in no frames: sure
      all.push_back(unsqueeze(nothing, 0));
    } else {
      all.push_back(unsqueeze(cost(slice(own, 0, count), states), 0));
    }
  }
  return concat(all, 0);
}

}  // namespace downhill
