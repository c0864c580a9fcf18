#pragma once
#include <optional>
#include <string>

#include "downhill/doctor/curve.h"
#include "downhill/doctor/options.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// How a loss moved over the end of a run.
struct Trend {
  std::size_t points;  ///< of the end that was looked at
  double from, to;     ///< fitted level at its begin, and its end
  double fall;         ///< (from - to) over the scale of the loss; negative: it rose
  double z;            ///< of the Mann-Kendall test: negative for a fall
  double needed;       ///< the |z| from which it is significant

  bool falls() const { return z <= -needed; }
  bool rises() const { return z >= needed; }
};

/// What all symptoms look at, worked out once from the log.
class Examination {
 public:
  Examination(const RunLog& log, const DoctorOptions& options);

  const RunLog& log() const { return log_; }
  const DoctorOptions& options() const { return options_; }
  const Curve& train() const { return train_; }
  const Curve& validation() const { return validation_; }

  /// The curve is long enough to be judged.
  bool enough(const Curve& curve) const;

  /// The last tenth of a curve (at least `least_points`); nothing if the curve is too short.
  std::optional<Trend> end_of(const Curve& curve) const;

  /// The median loss of the end of the curve; the curve must not be empty.
  double end_level(const Curve& curve) const;
  /// Whether the train loss ended below where it began (medians of some points each).
  bool fell() const;

  /// The train loss stands still: it fell by less than `converged` over the end of the run, or by
  /// an amount that cannot be told from noise (with fewer than two times `least_points` points: by
  /// less than `improving`, since so few cannot tell). Nothing if too short.
  std::optional<bool> still() const;

  /// As the stands record says, else `still()`.
  bool converged() const;

  std::optional<double> peak_lr() const;
  std::optional<double> last_lr() const;
  std::int64_t epochs() const;  ///< the last epoch of the log
  std::int64_t steps() const;   ///< the last step of the log

 private:
  std::size_t end_points(const Curve& curve) const;

  const RunLog& log_;
  const DoctorOptions& options_;
  Curve train_, validation_;
};

/// "lr 0.5 -> 0.05", or a sentence without numbers where the log has no rate.
std::string change_lr(const Examination& run, double factor);

/// A number with four significant digits, for sentences.
std::string figure(double value);

/// "3.2 %" of a fraction 0.032.
std::string percent(double fraction);

}  // namespace downhill
