#include "downhill/train/detail/evaluation_record.h"

#include "downhill/core/error.h"
#include "downhill/core/options.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kMatrixClasses = 100;
constexpr std::size_t kSampleRows = 2000;

void add_classes(EvaluationRecord& record, const Confusion& confusion,
                 const std::vector<std::string>& classes) {
  if (classes.size() != static_cast<std::size_t>(confusion.classes))
    throw_usage("record_of", "the classes' names are not as many as the classes");
  for (std::int64_t k = 0; k < confusion.classes; ++k) {
    std::vector<double> counts;
    double weight = 0;
    for (std::int64_t j = 0; j < confusion.classes; ++j) {
      counts.push_back(confusion.at(k, j));
      weight += counts.back();
    }
    record.classes.push_back({classes[static_cast<std::size_t>(k)], weight, confusion.recall(k),
                              confusion.precision(k)});
    if (confusion.classes <= kMatrixClasses) record.confusion.push_back(std::move(counts));
  }
}

}  // namespace

EvaluationRecord record_of(const Evaluation& evaluation, Split split,
                           const std::vector<std::string>& classes) {
  EvaluationRecord record{.split = text_of(split),
                          .rows = evaluation.rows,
                          .metrics = evaluation.metrics,
                          .intervals = evaluation.intervals,
                          .baseline = evaluation.baseline};
  for (const Undefined& one : evaluation.undefined)
    record.undefined.push_back({one.name, one.reason});
  if (evaluation.confusion) add_classes(record, *evaluation.confusion, classes);
  if (evaluation.error_rates) {
    record.missed = evaluation.error_rates->missed;
    record.false_alarms = evaluation.error_rates->false_alarms;
  }
  for (const CalibrationBin& bin : evaluation.calibration)
    record.calibration.push_back({bin.low, bin.high, bin.weight, bin.predicted, bin.observed});
  return record;
}

void add_sample(EvaluationRecord& record, std::span<const double> targets,
                std::span<const double> predictions) {
  if (targets.size() != predictions.size())
    throw_usage("add_sample", "there are not as many targets as predictions");
  const std::size_t step = targets.size() / kSampleRows + (targets.size() % kSampleRows > 0);
  for (std::size_t i = 0; i < targets.size(); i += step) {
    record.targets.push_back(targets[i]);
    record.predictions.push_back(predictions[i]);
  }
}

}  // namespace downhill::detail
