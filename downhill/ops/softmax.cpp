#include "downhill/ops/softmax.h"

#include <cmath>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/detail/filled_axis.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

// The largest along the axis, as a constant; 0 in place of an infinity that would give inf - inf.
Tensor shift(const Tensor& x, int axis, bool of_sum) {
  const Tensor largest = max(x.detach(), axis, true);
  with_floating(x.type(), [&]<class T>() {
    for (T& m : largest.values<T>())
      if (std::isinf(m) && (m < 0 || of_sum)) m = 0;
  });
  return largest;
}

}  // namespace

Tensor logsumexp(const Tensor& x, int axis, bool keep_axis) {
  check_floating("logsumexp", "x", x);
  const int at = detail::filled_axis("logsumexp", axis, x);
  const Tensor m = shift(x, at, true);
  const Tensor result = log(sum(exp(x - m), at, true)) + m;
  return keep_axis ? result : squeeze(result, at);
}

Tensor softmax(const Tensor& x, int axis) {
  check_floating("softmax", "x", x);
  const int at = detail::filled_axis("softmax", axis, x);
  const Tensor e = exp(x - shift(x, at, false));
  return e / sum(e, at, true);
}

Tensor log_softmax(const Tensor& x, int axis) {
  check_floating("log_softmax", "x", x);
  return x - logsumexp(x, axis, true);
}

}  // namespace downhill
