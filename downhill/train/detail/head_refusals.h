#pragma once
#include "downhill/train/head.h"

namespace downhill::detail {

/// Least, largest and deviation of a target.
struct TargetSize {
  double low, high, deviation;
};

// Why a loss of numbers has no head: DataError each.

/// At `c`, `s` away from it, nearly no row has a slope.
[[noreturn]] void refuse_flat_loss(const HeadQuestion& question, double s, double c);
/// It falls as predictions go to the end of the link on the side of `sign`.
[[noreturn]] void refuse_falling_loss(const HeadQuestion& question, LinkFunction link, double sign);
/// `what` is wrong with its numbers.
[[noreturn]] void refuse_size_of_loss(const HeadQuestion& question, const char* what,
                                      const TargetSize& size);

}  // namespace downhill::detail
