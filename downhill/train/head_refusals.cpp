#include "downhill/train/detail/head_refusals.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/core/options.h"

namespace downhill::detail {

void refuse_flat_loss(const HeadQuestion& question, double s, double c) {
  throw DataError(fmt::format(
      "[train] the loss {} is flat {} away from its best constant {} for at least 99 % of the "
      "rows of {}: there is nothing to follow; its options are in units of the target: give them "
      "its size",
      question.loss.text(), decimal(s, 3), decimal(c, 6), question.name));
}

void refuse_falling_loss(const HeadQuestion& question, LinkFunction link, double sign) {
  const double high = link == LinkFunction::sigmoid ? 1 : kInfinity;
  const double low = link == LinkFunction::none ? -kInfinity : 0;
  throw DataError(
      fmt::format("[train] the loss {} of {} has no minimum: it still falls as predictions go to "
                  "{}; expected one that rises on both sides",
                  question.loss.text(), question.name, decimal(sign > 0 ? high : low, 3)));
}

void refuse_size_of_loss(const HeadQuestion& question, const char* what, const TargetSize& size) {
  throw DataError(
      fmt::format("[train] the loss {} of {} {}: its numbers are {} to {} with a deviation of {}; "
                  "expected a loss for such numbers, or a column in other units",
                  question.loss.text(), question.name, what, decimal(size.low, 6),
                  decimal(size.high, 6), decimal(size.deviation, 3)));
}

}  // namespace downhill::detail
