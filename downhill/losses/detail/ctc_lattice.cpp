#include "downhill/losses/detail/ctc_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;
using Row = std::vector<double>;

constexpr double kNone = -std::numeric_limits<double>::infinity();
/// In operations, the logarithm of what cannot be: far below every probability, but with a slope.
constexpr double kNever = -1e30;

double log_sum(double a, double b, double c = kNone) {
  const double m = std::max({a, b, c});
  return m == kNone ? kNone : m + std::log(std::exp(a - m) + std::exp(b - m) + std::exp(c - m));
}

Tensor row(const Tensor& matrix, Index i) { return squeeze(slice(matrix, i, i + 1), 0); }

/// log(e^x + e^y + e^z), element by element.
Tensor log_sum(const Tensor& x, const Tensor& y, const Tensor& z) {
  return logsumexp(concat({unsqueeze(x, 0), unsqueeze(y, 0), unsqueeze(z, 0)}, 0), 0);
}

}  // namespace

CTCLattice::CTCLattice(const std::vector<Index>& labels, Index blank, Index frames)
    : class_{blank}, frames_(frames) {
  for (const Index label : labels) class_.insert(class_.end(), {label, blank});
  skips_.assign(class_.size(), false);
  for (std::size_t s = 3; s < class_.size(); s += 2) skips_[s] = class_[s] != class_[s - 2];
}

Index CTCLattice::needed(const std::vector<Index>& labels) {
  auto count = static_cast<Index>(labels.size());
  for (std::size_t i = 1; i < labels.size(); ++i) count += labels[i] == labels[i - 1];
  return count;
}

template <class T>
double CTCLattice::cost(const T* log_p, Index classes, T* slope) const {
  const std::size_t n = class_.size(), last = static_cast<std::size_t>(frames_) - 1;
  const auto emitted = [&](std::size_t t, std::size_t s) {
    return static_cast<double>(log_p[static_cast<Index>(t) * classes + class_[s]]);
  };
  Row ahead((last + 1) * n, kNone);  // the paths up to a frame and state, this frame included
  for (std::size_t s = 0; s < std::min<std::size_t>(2, n); ++s) ahead[s] = emitted(0, s);
  for (std::size_t t = 1; t <= last; ++t) {
    const double* before = &ahead[(t - 1) * n];
    for (std::size_t s = 0; s < n; ++s)
      ahead[t * n + s] = emitted(t, s) + log_sum(before[s], s > 0 ? before[s - 1] : kNone,
                                                 skips_[s] ? before[s - 2] : kNone);
  }
  const double cost = -log_sum(ahead.back(), n > 1 ? ahead[ahead.size() - 2] : kNone);
  if (slope == nullptr || cost == -kNone) return cost;
  Row behind(n, kNone), next(n);  // the paths from here on, without this frame
  behind[n - 1] = 0;
  if (n > 1) behind[n - 2] = 0;
  for (std::size_t t = last;; --t) {
    for (std::size_t s = 0; s < n; ++s)
      slope[static_cast<Index>(t) * classes + class_[s]] -=
          static_cast<T>(std::exp(ahead[t * n + s] + behind[s] + cost));
    if (t == 0) return cost;
    for (std::size_t s = 0; s < n; ++s) next[s] = behind[s] + emitted(t, s);
    for (std::size_t s = 0; s < n; ++s)
      behind[s] = log_sum(next[s], s + 1 < n ? next[s + 1] : kNone,
                          s + 2 < n && skips_[s + 2] ? next[s + 2] : kNone);
  }
}

template double CTCLattice::cost(const float*, Index, float*) const;
template double CTCLattice::cost(const double*, Index, double*) const;

Tensor CTCLattice::recorded_slope(const Tensor& log_p) const {
  const Index n = states();
  const Type type = log_p.type();
  const Tensor never = Tensor::full({2}, kNever, type);
  Tensor start = Tensor::full({n}, kNever, type), end = start.clone(), skip = start.clone(),
         skipped = start.clone(), place = Tensor::zeros({n, log_p.size(1)}, type);
  for (Index s = 0; s < n; ++s) {
    if (s < 2) start.set(s, 0);
    if (s >= n - 2) end.set(s, 0);
    if (skips_[static_cast<std::size_t>(s)]) skip.set(s, 0), skipped.set(s - 2, 0);
    place.set(s * log_p.size(1) + class_[static_cast<std::size_t>(s)], 1);
  }
  const Tensor emitted = transpose(gather(transpose(log_p), Tensor::from(class_)));
  std::vector<Tensor> ahead = {start + row(emitted, 0)}, behind = {end}, probabilities;
  for (Index t = 1; t < frames_; ++t) {
    const Tensor& at = ahead.back();
    const Tensor before = concat({never, at}, 0);
    ahead.push_back(log_sum(at, slice(before, 1, n + 1), slice(before, 0, n) + skip) +
                    row(emitted, t));
  }
  for (Index t = frames_ - 1; t > 0; --t) {
    const Tensor next = behind.back() + row(emitted, t), after = concat({next, never}, 0);
    behind.push_back(log_sum(next, slice(after, 1, n + 1), slice(after, 2, n + 2) + skipped));
  }
  const Tensor total = logsumexp(ahead.back() + end, 0);
  for (std::size_t t = 0; t < ahead.size(); ++t)
    probabilities.push_back(unsqueeze(exp(ahead[t] + behind[ahead.size() - 1 - t] - total), 0));
  return -matmul(concat(probabilities, 0), place);
}

}  // namespace downhill::detail
