#pragma once
#include <vector>

#include "downhill/inspect/line_probe.h"

namespace downhill::detail {

/// Parameters that can be moved along directions from where they stood; back at the end of its scope.
class Movable {
 public:
  explicit Movable(const Tensors& parameters);

  /// origin + a x + b y; y may be absent.
  void move(double a, const std::vector<double>& x, double b = 0,
            const std::vector<double>* y = nullptr);
  const std::vector<double>& origin() const { return origin_; }

 private:
  ParameterGuard guard_;
  Tensors parameters_;
  std::vector<double> origin_, point_;
};

}  // namespace downhill::detail
