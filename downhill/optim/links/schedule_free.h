#pragma once
#include <algorithm>
#include <array>
#include <cmath>

#include "downhill/optim/step.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Averages the iterates z so that no decay of the rate is needed. The parameters hold y, where the
/// gradient is taken; evaluation takes the mean x. It is the last link, in place of a rate.
///
///     y = (1 - beta) z + beta x
///     z = z - lr g,   x = (1 - c) x + c z,   c = w / (sum of all w),   w = t^r max(lr)^power
///
/// A rate that warms up is `lr` as a schedule; max(lr) is the largest so far.
/// State       z, one number per parameter; x follows from y and z.
/// Source      Defazio et al., arXiv 2405.15682, equations 3 to 5; weights as in their code.
struct ScheduleFree {
  Hyper lr = 0.0025;
  double beta = 0.9, r = 0, power = 2;

  static constexpr BuiltIn name = "schedule_free";
  static constexpr const char* rate = "lr";
  static constexpr std::array<const char*, 1> states = {"z"};
  template <class N>
  struct State {
    N z;
  };
  struct Numbers {
    double largest_lr = 0;
    double weights = 0;  ///< their sum
    double share = 0;    ///< c
  };
  static constexpr std::array<const char*, 3> numbers = {"largest_lr", "weights", "share"};
  static constexpr auto options() {
    return std::array{
        option<&ScheduleFree::lr>(kLearningRate),
        option<&ScheduleFree::beta>("beta", Range{0, 1, true, true}, "share of the mean in y"),
        option<&ScheduleFree::r>("r", kNonNegative, "power of the step in the mean's weights"),
        option<&ScheduleFree::power>("power", kNonNegative, "power of the rate in them")};
  }

  double rate_at(const Step& step) const { return lr.at(step.index) * step.lr_factor; }
  void next(Numbers& own, const Step& step) const {
    own.largest_lr = std::max(own.largest_lr, rate_at(step));
    const double weight =
        std::pow(static_cast<double>(step.t), r) * std::pow(own.largest_lr, power);
    own.weights += weight;
    own.share = own.weights > 0 ? weight / own.weights : 0;
  }
  struct Formula {
    double rate, share, beta;
    bool first;
    constexpr auto operator()(auto g, auto y, auto& s) const {
      if (first) s.z = y;
      const auto d = share * (s.z - y) - rate * (1 - beta * (1 - share)) * g;
      s.z = s.z - rate * g;
      return d;
    }
  };
  Formula at(const Step& step, const Numbers& own) const {
    return {rate_at(step), own.share, beta, step.t == 1};
  }
  auto evaluated(auto y, const auto& s) const { return (y - (1 - beta) * s.z) / beta; }
};

}  // namespace downhill
