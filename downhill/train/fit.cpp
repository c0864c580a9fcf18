#include "downhill/train/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/core/parallel.h"
#include "downhill/core/processor.h"
#include "downhill/core/version.h"
#include "downhill/data/batches.h"
#include "downhill/tensor/product.h"
#include "downhill/train/detail/checkpoint.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/log_keeper.h"
#include "downhill/train/files.h"

namespace downhill {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr std::int64_t kLoggedSteps = 20000;  // a log of more steps would cost more than it tells

void check(const FitOptions& o) {
  if (o.epochs < 0) throw_usage("fit", "epochs must not be negative");
  if (o.batch < 0) throw_usage("fit", "batch must not be negative; 0 is all rows");
  if (o.patience < 0 || !(o.min_delta >= 0))
    throw_usage("fit", "patience and min_delta must not be negative");
  if (o.resume && o.out.empty()) throw_usage("fit", "resume needs the run's directory in out");
}

/// One training run.
class Run {
 public:
  Run(nn::Module& model, Optimizer& optimizer, const Dataset& train, const Dataset* validation,
      const LossOf& loss_of, const FitOptions& options, const MetricsOf& metrics)
      : model_(model),
        optimizer_(optimizer),
        train_(train),
        validation_(validation),
        loss_of_(loss_of),
        o_(options),
        metrics_(metrics),
        batches_(train.size(), options.batch == 0 ? train.size() : options.batch, options.seed,
                 options.drop_last),
        steps_(options.epochs * batches_.count()),
        log_every_(std::max<std::int64_t>(1, (steps_ + kLoggedSteps - 1) / kLoggedSteps)) {}

  /// Schedule, log and checkpoint.
  void open() {
    optimizer_.over(steps_);
    if (o_.schedule) optimizer_.schedule_lr(o_.schedule->over(steps_));
    log_.begin({.version = kVersion,
                .config = o_.config,
                .processor = processor_level(),
                .blas = blas_description(),
                .threads = threads()});
    if (o_.out.empty()) return;
    if (o_.resume) {
      detail::read_checkpoint(o_.out / kCheckpointFile, at_, model_, best_, optimizer_, o_.config);
      log_.resume(o_.out / kLogFile, at_.step);
      if (at_.best_epoch > 0) result_.validation_loss = at_.best_loss;
    } else {
      std::error_code error;
      std::filesystem::create_directories(o_.out, error);
      if (error)
        throw FileError(FileError::Kind::write, fmt::format("{}: the directory cannot be made: {}",
                                                            o_.out.string(), error.message()));
      log_.open(o_.out / kLogFile);
      save();  // a run that is killed before its next checkpoint begins again here
    }
  }

  FitResult run() {
    while (result_.reason.empty() && at_.epoch < o_.epochs) epoch();
    if (result_.reason.empty()) result_.reason = "epochs done";
    finish();
    return std::move(result_);
  }

 private:
  void epoch() {
    model_.train(true);
    for (; at_.batch < batches_.count(); ++at_.batch) {
      if (o_.stop.stop_requested()) {
        result_.reason = "stopped";
        return;
      }
      if (!step()) return;
    }
    close_epoch();
  }

  // One update; false if the run ends here.
  bool step() {
    const Batch batch = train_.batch(batches_.rows(at_.epoch, at_.batch));
    const double lr = rate();
    double value = 0, norm = 0;
    const bool logged = (at_.step + 1) % log_every_ == 0 || at_.batch + 1 == batches_.count();
    if (optimizer_.needs_closure()) {
      value = optimizer_.step([&] { return loss_of_(batch); });
      if (logged) norm = optimizer_.gradient_norm();
    } else {
      optimizer_.zero_grad();
      const Tensor loss = loss_of_(batch);
      value = loss.item();
      if (std::isfinite(value)) {
        loss.backward();
        if (logged) norm = optimizer_.gradient_norm();
        optimizer_.step();
      }
    }
    ++at_.step;
    last_loss_ = value;
    if (at_.step == 1) at_.first_loss = value;
    if (logged) {
      at_.last_gradient_norm = norm;
      log_.write(StepRecord{.step = at_.step,
                            .epoch = at_.epoch + 1,
                            .loss = value,
                            .lr = lr,
                            .gradient_norm = norm});
    }
    if (!std::isfinite(value) || !std::isfinite(norm)) {
      result_.reason = "non-finite loss";
      result_.message = fmt::format("the loss of step {} is {}; {}", at_.step, decimal(value, 3),
                                    detail::blame(model_, batch, loss_of_));
      return false;
    }
    if (value > o_.diverged * std::max(std::abs(at_.first_loss), 1e-6)) {
      result_.reason = "diverging";
      result_.message =
          fmt::format("the loss of step {} is {}, {} times that of the first step", at_.step,
                      decimal(value, 3), decimal(value / at_.first_loss, 1));
      return false;
    }
    at_.epoch_loss += value * static_cast<double>(batch.size());
    at_.epoch_rows += batch.size();
    report();
    return true;
  }

  void close_epoch() {
    const double loss =
        at_.epoch_rows > 0 ? at_.epoch_loss / static_cast<double>(at_.epoch_rows) : 0;
    ++at_.epoch;
    at_.batch = at_.epoch_rows = 0;
    at_.epoch_loss = 0;
    log_.write(EpochRecord{.epoch = at_.epoch,
                           .step = at_.step,
                           .loss = loss,
                           .lr = rate(),
                           .gradient_norm = at_.last_gradient_norm});
    if (validation_ != nullptr) validate();
    const bool waited = seconds_since(saved_) >= o_.checkpoint_seconds;
    if (waited && at_.epoch < o_.epochs && result_.reason.empty()) save();
  }

  void validate() {
    const double loss = evaluate(model_, *validation_, loss_of_);
    result_.validation_loss = loss;
    model_.eval();
    log_.write(EpochRecord{.epoch = at_.epoch,
                           .step = at_.step,
                           .split = "validation",
                           .loss = loss,
                           .metrics = metrics_ ? metrics_(*validation_) : NamedNumbers()});
    if (at_.best_epoch == 0 || loss < at_.best_loss - o_.min_delta) {
      at_.best_epoch = at_.epoch;
      at_.best_loss = loss;
      at_.bad_epochs = 0;
      best_ = detail::copy_weights(model_);
    } else if (++at_.bad_epochs; o_.patience > 0 && at_.bad_epochs >= o_.patience) {
      result_.reason = "early stopping";
    }
    report();
  }

  void finish() {
    if (!o_.out.empty() && !result_.failed()) save();
    if (at_.best_epoch > 0 && result_.reason != "stopped") {
      model_.load(best_);
      result_.validation_loss = at_.best_loss;
      result_.best_epoch = at_.best_epoch;
    }
    result_.epochs = at_.epoch;
    result_.steps = at_.step;
    result_.train_loss = evaluate(model_, train_, loss_of_);
    if (!std::isfinite(result_.train_loss) && !result_.failed()) {
      result_.reason = "non-finite loss";
      result_.message = "the loss of the final weights is " + decimal(result_.train_loss, 3);
    }
    if (o_.test != nullptr && result_.reason != "stopped") {
      result_.test_loss = evaluate(model_, *o_.test, loss_of_);
      model_.eval();
      if (metrics_) result_.test_metrics = metrics_(*o_.test);
      log_.write(EpochRecord{.epoch = at_.epoch,
                             .step = at_.step,
                             .split = "test",
                             .loss = *result_.test_loss,
                             .metrics = result_.test_metrics});
    }
    if (o_.explain && result_.reason != "stopped") {
      const auto rows = detail::sample(train_, o_.explain_rows, o_.seed);
      result_.stands = detail::measure(model_, rows, loss_of_, {.seed = o_.seed, .stop = o_.stop});
      StandsRecord record = detail::record_of(result_.stands);
      record.step = at_.step;
      record.epoch = at_.best_epoch > 0 ? at_.best_epoch : at_.epoch;
      record.rows = rows.size();
      log_.write(record);
    }
    result_.seconds = seconds_since(start_);
    EndRecord end{.reason = result_.reason,
                  .message = result_.message,
                  .step = at_.step,
                  .epoch = at_.epoch,
                  .seconds = result_.seconds};
    if (at_.best_epoch > 0) {
      end.best_epoch = at_.best_epoch;
      end.best_loss = at_.best_loss;
    }
    RunLog judged = log_.log();
    judged.end = end;
    result_.verdict = detail::judge(judged);
    log_.write(result_.verdict);
    log_.write(end);
    result_.log = log_.log();
  }

  void save() {
    if (o_.out.empty()) return;
    detail::write_checkpoint(o_.out / kCheckpointFile, at_, model_, best_, optimizer_, o_.config);
    saved_ = Clock::now();
  }

  double rate() const {
    for (const Setting& setting : optimizer_.settings())
      if (setting.name == "lr") return optimizer_.get("lr");
    return 0;
  }
  void report() const {
    if (o_.progress)
      o_.progress({at_.epoch, o_.epochs, at_.step, steps_, last_loss_, result_.validation_loss,
                   rate(), seconds_since(start_)});
  }

  nn::Module& model_;
  Optimizer& optimizer_;
  const Dataset& train_;
  const Dataset* validation_;
  const LossOf& loss_of_;
  const FitOptions& o_;
  const MetricsOf& metrics_;
  Batches batches_;
  const std::int64_t steps_, log_every_;
  detail::Position at_;
  detail::Weights best_;
  double last_loss_ = 0;
  detail::LogKeeper log_;
  FitResult result_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = start_;
};

}  // namespace

FitResult fit(nn::Module& model, Optimizer& optimizer, const Dataset& train,
              const Dataset* validation, const LossOf& loss_of, const FitOptions& options,
              const MetricsOf& metrics) {
  check(options);
  Run run(model, optimizer, train, validation, loss_of, options, metrics);
  const Optimizer before = optimizer;
  const detail::Weights weights = options.resume ? detail::copy_weights(model) : detail::Weights();
  try {
    run.open();
  } catch (...) {  // nothing to resume, say: all is as it was
    optimizer = before;
    if (options.resume) model.load(weights);
    throw;
  }
  const struct Unschedule {  // the schedule was this run's
    Optimizer& optimizer;
    bool wanted;
    ~Unschedule() {
      if (wanted) optimizer.unschedule_lr();
    }
  } after{optimizer, options.schedule.has_value()};
  return run.run();
}

}  // namespace downhill
