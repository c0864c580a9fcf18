// What follows the last step of a training run: the weights it delivers, and what is said of them.
#include <fmt/format.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/run.h"

namespace downhill::detail {

void Run::finish() {
  if (!result_.failed()) {
    const bool for_good = result_.ended != Ended::steps_done && result_.ended != Ended::interrupted;
    at_.ended = for_good ? text_of(result_.ended) : "";
    at_.message = for_good ? result_.message : "";
    save();
  }
  batches_.forget_order();
  deliver();
  result_.epochs = at_.epoch;
  result_.steps = at_.step;
  result_.train_loss = evaluate(model_, train_, loss_of_) * o_.unit;
  if (at_.skipped > 0)
    result_.notes.push_back(
        fmt::format("{} of {} steps were skipped: their loss or gradient was not finite",
                    at_.skipped, at_.step));
  if (!std::isfinite(result_.train_loss) && !result_.failed() && !optimizer_.guards()) {
    result_.ended = Ended::non_finite;
    result_.message = "the loss of the final weights is " + decimal(result_.train_loss, 3);
  }
  if (result_.ended != Ended::interrupted) {
    if (o_.test != nullptr) test();
    if (o_.evaluations) {
      const EvaluationMode mode(model_);
      for (const EvaluationRecord& record : o_.evaluations()) log_.write(record);
    }
    if (o_.explain) explain();
  }
  result_.seconds = seconds();
  close_log();
}

// The weights of the best epoch, or those that the optimizer says to evaluate with; those of an
// interrupted run are the ones to go on from. Without validation rows the last epoch is the best of a
// run that did all its steps.
void Run::deliver() {
  if (result_.ended == Ended::interrupted) return;
  const bool last_is_best = validation_ == nullptr && result_.ended == Ended::steps_done;
  if (at_.best_epoch == 0 || last_is_best) {
    Weights last;
    {
      const EvaluationWeights now(optimizer_);
      last = copy_weights(model_);
    }
    return model_.load(last);
  }
  model_.load(best_);
  if (validation_ != nullptr) result_.validation_loss = at_.best_loss;
  result_.best_epoch = at_.best_epoch;
}

void Run::keep_good(double loss) {
  if (at_.best_epoch > 0 && !(loss < at_.best_loss)) return;
  const EvaluationWeights now(optimizer_);
  at_.best_epoch = at_.epoch;
  at_.best_loss = loss;
  best_ = copy_weights(model_);
}

std::int64_t Run::delivered_step() const {
  return result_.best_epoch ? *result_.best_epoch * batches_.count() : at_.step;
}

void Run::test() {
  result_.test_loss = evaluate(model_, *o_.test, loss_of_) * o_.unit;
  result_.test_metrics = metrics_on(*o_.test);
  log_.write(EpochRecord{.epoch = result_.best_epoch.value_or(at_.epoch),
                         .step = delivered_step(),
                         .split = Split::test,
                         .loss = *result_.test_loss,
                         .metrics = result_.test_metrics});
}

void Run::explain() {
  const auto rows = sample(train_, o_.explain_rows, o_.seed);
  StationarityOptions options{.seed = o_.seed, .stop = o_.stop};
  if (!log_.log().steps.empty()) options.reference = log_.log().steps.front().loss / o_.unit;
  result_.stands = measure(model_, rows, loss_of_, options, o_.unit);
  StandsRecord record = record_of(result_.stands);
  record.step = delivered_step();
  record.epoch = result_.best_epoch.value_or(at_.epoch);
  record.rows = rows.size();
  log_.write(record);
}

void Run::close_log() {
  EndRecord end{.reason = result_.ended,
                .message = result_.message,
                .step = at_.step,
                .epoch = at_.epoch,
                .seconds = result_.seconds};
  if (result_.best_epoch || (at_.best_epoch > 0 && validation_ != nullptr)) {
    end.best_epoch = at_.best_epoch;
    end.best_loss = at_.best_loss;
  }
  RunLog judged = log_.log();
  judged.end = end;
  result_.verdict = judge(judged);
  log_.write(result_.verdict);
  log_.write(end);
  log_.close();
  result_.log = log_.log();
}

NamedNumbers Run::metrics_on(const Dataset& rows) {
  if (!metrics_) return {};
  const EvaluationMode mode(model_);
  return metrics_(rows);
}

double Run::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

}  // namespace downhill::detail
