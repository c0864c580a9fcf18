#include "downhill/train/fit.h"

#include "downhill/core/error.h"
#include "downhill/train/detail/run.h"

namespace downhill {
namespace {

void check(const FitOptions& o, const Dataset* validation) {
  check_options("fit", o);
  if (o.resume && o.out.empty()) throw_usage("fit", "resume needs the run's directory in out");
  for (const ObserverPtr& observer : o.observers)
    if (observer == nullptr) throw_usage("fit", "an observer is null");
  if (validation != nullptr && validation->size() == 0)
    throw_usage("fit", "validation has no rows; without validation it is null");
  if (o.patience > 0 && validation == nullptr)
    throw_usage("fit",
                "patience waits for a better validation loss, and there are no validation "
                "rows");
}

}  // namespace

FitResult fit(nn::Module& model, Optimizer& optimizer, const Dataset& train,
              const Dataset* validation, const LossOf& loss_of, const FitOptions& options,
              const MetricsOf& metrics) {
  check(options, validation);
  detail::Run run(model, optimizer, train, validation, loss_of, options, metrics);
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
