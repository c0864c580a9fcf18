#pragma once
#include <cstdint>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// The ways of one sequence through its frames (Graves et al. 2006, section 4.1): states are the blank,
/// a label, the blank, ..., the blank; a path starts in one of the first two, ends in one of the last
/// two, and from a frame to the next stays, goes one on, or skips a blank between two unlike labels.
class CTCLattice {
 public:
  /// `labels` of the sequence; it has `frames` frames, which must be enough.
  CTCLattice(const std::vector<std::int64_t>& labels, std::int64_t blank, std::int64_t frames);

  /// How many frames these labels need: one each, and one for the blank between equal ones.
  static std::int64_t needed(const std::vector<std::int64_t>& labels);

  /// Minus the logarithm of the probability of all paths; `log_p` has a row of `classes` numbers per
  /// frame. Where `slope` is given, the derivatives are added to it: minus the probability that a path
  /// stands on the class; 0 where no path has a probability.
  template <class T>
  double cost(const T* log_p, std::int64_t classes, T* slope) const;

  /// Those derivatives of log_p (frames, classes) in operations, to be differentiated once more.
  Tensor recorded_slope(const Tensor& log_p) const;

 private:
  std::int64_t states() const { return static_cast<std::int64_t>(class_.size()); }
  std::vector<std::int64_t> class_;  // of each state
  std::vector<bool> skips_;          // whether a path may come from two states before
  std::int64_t frames_;
};

}  // namespace downhill::detail
