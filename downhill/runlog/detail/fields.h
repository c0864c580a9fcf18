#pragma once
#include <concepts>
#include <type_traits>

#include "downhill/runlog/records.h"

// The fields of every record, named once: the writer and the reader both walk these lists.
// `needed` fields must be in the file; `optional` ones keep their default when they are not.

namespace downhill {
namespace runlog_detail {

constexpr const char* kind_of(const StartRecord&) { return "start"; }
constexpr const char* kind_of(const StepRecord&) { return "step"; }
constexpr const char* kind_of(const EpochRecord&) { return "epoch"; }
constexpr const char* kind_of(const ColumnsRecord&) { return "columns"; }
constexpr const char* kind_of(const EvaluationRecord&) { return "evaluation"; }
constexpr const char* kind_of(const StandsRecord&) { return "stands"; }
constexpr const char* kind_of(const Verdict&) { return "verdict"; }
constexpr const char* kind_of(const EndRecord&) { return "end"; }

/// `T` is `Record`, const or not.
template <class T, class Record>
concept Is = std::same_as<std::remove_const_t<T>, Record>;

void visit_common(auto& v, auto& r) {
  v.needed("loss", r.loss);
  v.optional("lr", r.lr);
  v.optional("gradient_norm", r.gradient_norm);
}

// What most records do not have is not written.
void visit_gauges(auto& v, auto& r) {
  if (v.wants(r.metrics)) v.optional("metrics", r.metrics);
  if (v.wants(r.layers)) v.optional("layers", r.layers);
}

}  // namespace runlog_detail

// In the namespace of the records, where JsonFields and JsonWriter find them.

void visit_fields(auto& v, runlog_detail::Is<StartRecord> auto& r) {
  v.needed("schema", r.schema);
  v.optional("version", r.version);
  v.optional("began", r.began);
  v.optional("config", r.config);
  v.optional("processor", r.processor);
  v.optional("blas", r.blas);
  v.optional("threads", r.threads);
  v.optional("after_step", r.after_step);
  v.optional("constant_loss", r.constant_loss);
}

void visit_fields(auto& v, runlog_detail::Is<LayerRecord> auto& r) {
  v.needed("layer", r.name);
  v.optional("gradient", r.gradient);
  v.optional("update", r.update);
  v.optional("parameter", r.parameter);
  v.optional("dead", r.dead);
}

void visit_fields(auto& v, runlog_detail::Is<StepRecord> auto& r) {
  v.needed("step", r.step);
  v.optional("epoch", r.epoch);
  v.optional("split", r.split);
  runlog_detail::visit_common(v, r);
  runlog_detail::visit_gauges(v, r);
}

void visit_fields(auto& v, runlog_detail::Is<EpochRecord> auto& r) {
  v.needed("epoch", r.epoch);
  v.optional("step", r.step);
  v.optional("split", r.split);
  runlog_detail::visit_common(v, r);
  runlog_detail::visit_gauges(v, r);
}

void visit_fields(auto& v, runlog_detail::Is<ColumnRecord> auto& r) {
  v.needed("column", r.name);
  v.optional("kind", r.kind);
  v.optional("role", r.role);
  v.optional("range", r.range);
  v.optional("missing", r.missing);
  v.optional("done", r.done);
}

void visit_fields(auto& v, runlog_detail::Is<ColumnsRecord> auto& r) {
  v.needed("columns", r.columns);
}

void visit_fields(auto& v, runlog_detail::Is<Interval> auto& r) {
  v.needed("metric", r.name);
  v.needed("low", r.low);
  v.needed("high", r.high);
}

void visit_fields(auto& v, runlog_detail::Is<UndefinedRecord> auto& r) {
  v.needed("metric", r.name);
  v.optional("reason", r.reason);
}

void visit_fields(auto& v, runlog_detail::Is<ClassRecord> auto& r) {
  v.needed("class", r.name);
  v.optional("weight", r.weight);
  v.optional("recall", r.recall);
  v.optional("precision", r.precision);
}

void visit_fields(auto& v, runlog_detail::Is<CalibrationRecord> auto& r) {
  v.needed("low", r.low);
  v.needed("high", r.high);
  v.needed("weight", r.weight);
  v.needed("predicted", r.predicted);
  v.needed("observed", r.observed);
}

void visit_fields(auto& v, runlog_detail::Is<EvaluationRecord> auto& r) {
  v.needed("split", r.split);
  v.optional("rows", r.rows);
  v.optional("loss", r.loss);
  v.optional("baseline_loss", r.baseline_loss);
  v.optional("metrics", r.metrics);
  v.optional("intervals", r.intervals);
  v.optional("baseline", r.baseline);
  v.optional("undefined", r.undefined);
  v.optional("threshold", r.threshold);
  v.optional("missed", r.missed);
  v.optional("false_alarms", r.false_alarms);
  v.optional("classes", r.classes);
  v.optional("confusion", r.confusion);
  v.optional("calibration", r.calibration);
  v.optional("targets", r.targets);
  v.optional("predictions", r.predictions);
}

void visit_fields(auto& v, runlog_detail::Is<StandsRecord> auto& r) {
  v.needed("stands", r.stands);
  v.optional("reason", r.reason);
  v.optional("converged", r.converged);
  v.optional("step", r.step);
  v.optional("epoch", r.epoch);
  v.optional("rows", r.rows);
  v.optional("parameters", r.parameters);
  v.optional("loss", r.loss);
  v.optional("gradient_norm", r.gradient_norm);
  v.optional("h1", r.h1);
  v.optional("h1_residual", r.h1_residual);
  v.optional("hn", r.hn);
  v.optional("hn_residual", r.hn_residual);
  v.optional("quadratic_decrease", r.quadratic_decrease);
  v.optional("probe_decrease", r.probe_decrease);
  v.optional("constants", r.constants);
}

void visit_fields(auto& v, runlog_detail::Is<Finding> auto& r) {
  v.needed("symptom", r.name);
  v.optional("confidence", r.confidence);
  v.optional("from_step", r.from_step);
  v.optional("to_step", r.to_step);
  v.optional("summary", r.summary);
  v.optional("evidence", r.evidence);
  v.optional("threshold", r.threshold);
  v.optional("source", r.source);
  v.optional("remedy", r.remedy);
}

void visit_fields(auto& v, runlog_detail::Is<NotExamined> auto& r) {
  v.needed("symptom", r.symptom);
  v.needed("needs", r.needs);
}

void visit_fields(auto& v, runlog_detail::Is<Verdict> auto& r) {
  v.needed("verdict", r.name);
  v.optional("state", r.state);
  v.optional("ended", r.ended);
  v.optional("converged_from", r.converged_from);
  v.optional("summary", r.summary);
  v.optional("findings", r.findings);
  v.optional("not_examined", r.not_examined);
  v.optional("constants", r.constants);
}

void visit_fields(auto& v, runlog_detail::Is<EndRecord> auto& r) {
  v.needed("reason", r.reason);
  v.optional("message", r.message);
  v.optional("step", r.step);
  v.optional("epoch", r.epoch);
  v.optional("seconds", r.seconds);
  v.optional("best_epoch", r.best_epoch);
  v.optional("best_loss", r.best_loss);
}

}  // namespace downhill
