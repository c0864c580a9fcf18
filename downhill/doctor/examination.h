#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/doctor/curve.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// The gradient of one layer over the run.
struct LayerCurve {
  std::string name;
  Curve gradient = {}, update = {}, dead = {};
  Curve moved = {};  ///< update over parameter
};

/// What all symptoms look at, worked out once from the log.
class Examination {
 public:
  /// `running`: the log ends because the run goes on.
  explicit Examination(const RunLog& log, bool running = false);

  const RunLog& log() const { return log_; }
  bool running() const { return running_; }
  /// A log of ours, which says what made it: its loop is known, and so is the best constant's loss.
  bool ours() const { return !log_.start.version.empty(); }
  /// The evaluation of the delivered weights on these rows; null if the log has none.
  const EvaluationRecord* part(Split split) const { return evaluation_of(log_, text_of(split)); }
  /// The loss of the best constant on the training rows, where the log tells it.
  std::optional<double> constant() const;
  /// Where the train loss began: `first`, or by step the constant's loss where that is higher, for the first
  /// batches alone may be lucky. Of an epoch no higher than the first step of a run of ours.
  double begun_at(double first) const;
  const Curve& train() const { return train_; }
  const Curve& validation() const { return validation_; }
  const Curve& accuracy() const { return accuracy_; }  ///< on validation rows
  const Curve& norms() const { return norms_; }        ///< of the gradient
  const Curve& rates() const { return rates_; }
  const Curve& dead() const { return dead_; }  ///< share of units that are 0 for all rows
  const std::vector<LayerCurve>& layers() const { return layers_; }
  const CurveShape& train_shape() const { return train_shape_; }
  const CurveShape& validation_shape() const { return validation_shape_; }

  /// Whether losses are in nats for all that is known: a cross-entropy, or a loss that the log does not
  /// name. Then what a guess loses is known from how often it is right.
  bool in_nats() const;
  /// Of a log by epoch that ends with less than any constant loses that is as often right: whatever its
  /// curve shows, it learnt, if only in the first epoch, whose mean hides it.
  bool learnt_at_once() const;
  /// Whether no step of a log of ours moved any layer by more than rounding: the rate is 0, or next to it.
  bool moves_nothing() const;
  /// Whether rows that were held out say that the delivered weights are better than the best constant: by
  /// the 95 % interval of r2, auc, balanced_accuracy or log_loss.
  bool better_than_constant() const;
  /// Losses enough to be judged at all.
  bool judged() const { return train_.size() >= kLeastPoints; }
  bool validated() const { return validation_.size() >= kLeastPoints; }
  /// The training steps with a finite loss, all of them.
  std::vector<const StepRecord*> finite_steps() const;
  /// Epochs of the run, 0 where the log does not tell.
  std::int64_t epochs() const;
  std::int64_t steps() const;
  std::optional<double> peak_lr() const;
  std::optional<double> last_lr() const;
  /// Whether the rate ends below half of its peak.
  bool decayed() const;
  /// Whether the rate came down to a third and then rose to three times that again: warm restarts.
  bool restarted() const;
  /// How much of the loss's way down the run's own quadratic model still sees before it: 0 to 1, of
  /// the fall so far and that one together. Nothing if it was not measured, nothing falls, or the
  /// weights of an earlier epoch were restored.
  std::optional<double> promised() const;

  /// Whether the last training loss is not finite: what the model predicts then tells nothing.
  bool ended_broken() const;
  /// Whether a symptom that comes before in the list has fired.
  bool found(std::string_view symptom) const;
  void note(std::string_view symptom) { found_.emplace_back(symptom); }

  static constexpr std::size_t kLeastPoints = 5;

 private:
  const RunLog& log_;
  bool running_;
  Curve train_, validation_, accuracy_, norms_, rates_, dead_;
  std::vector<LayerCurve> layers_;
  CurveShape train_shape_, validation_shape_;
  std::vector<std::string> found_;
};

}  // namespace downhill
