#pragma once
#include <string>

#include "downhill/losses/loss.h"

// The losses that a contract excepts, by name and with the reason: the one place of tests/contracts
// besides the oracles that knows names.

namespace downhill {
namespace contract {

inline constexpr const char* kExceptions = "tests/contracts/loss_exceptions.h";

/// Their gradient holds weights fixed that depend on the prediction, so that it is not that of the
/// value: the oracle holds them too.
inline bool holds_weights(const Loss& loss) {
  return loss.name() == "ciou" || loss.name() == "circle";
}

/// A prediction that the target makes irrelevant is not read, be it a NaN.
inline bool reads_some(const Loss& loss) {
  const std::string& name = loss.name();
  return name == "nll" || name == "kl_div" ||          // classes without a share
         name == "ordinal_logit" || name == "corn" ||  // steps beyond the label
         name == "ctc";                                // symbols on no way
}

/// Their true value is beyond the largest number at some ends of the predictions: infinite, not NaN.
inline bool can_overflow(const Loss& loss) {
  return loss.name() == "linex" || loss.name() == "tweedie" || loss.name() == "weibull_nll";
}

}  // namespace contract
}  // namespace downhill
