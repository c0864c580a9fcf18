#include "downhill/doctor/examination.h"

#include <algorithm>
#include <cmath>

#include "downhill/runlog/train_command.h"

namespace downhill {
namespace {

constexpr std::size_t kEnoughEpochs = 10;

/// Of the steps, or of the epochs where the steps have none.
Curve either(const RunLog& log, const OfStep& step, const OfEpoch& epoch) {
  Curve curve = step_curve(log, step);
  return curve.empty() ? curve_of(log, Split::train, epoch) : curve;
}

template <class Records>
void add_layers(std::vector<LayerCurve>& layers, const Records& records, bool by_epoch) {
  for (const auto& record : records) {
    for (const LayerRecord& layer : record.layers) {
      auto at = std::ranges::find(layers, layer.name, &LayerCurve::name);
      if (at == layers.end()) at = layers.insert(at, LayerCurve{.name = layer.name});
      const auto add = [&](Curve& curve, const std::optional<double>& value) {
        curve.by_epoch = by_epoch;
        if (value && std::isfinite(*value))
          curve.points.push_back({record.epoch, record.step, *value});
      };
      add(at->gradient, layer.gradient);
      add(at->update, layer.update);
      add(at->dead, layer.dead);
      if (layer.update && layer.parameter && *layer.parameter > 0)
        add(at->moved, *layer.update / *layer.parameter);
    }
  }
}

/// The numbers in a name, and the name with # in their places.
std::pair<std::vector<std::int64_t>, std::string> numbered(const std::string& name) {
  std::vector<std::int64_t> numbers;
  std::string rest;
  bool inside = false;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !inside) numbers.push_back(0), rest += '#';
    if (digit) numbers.back() = (numbers.back() * 10 + (c - '0')) % 1'000'000'000;
    else rest += c;
    inside = digit;
  }
  return {numbers, rest};
}

/// Layers whose names differ in numbers alone stand in the order of these: a log of columns sorted by
/// name has 10.weight before 2.weight.
void order_layers(std::vector<LayerCurve>& layers) {
  const auto rest = [](const LayerCurve& layer) { return numbered(layer.name).second; };
  for (const LayerCurve& layer : layers)
    if (rest(layer) != rest(layers.front())) return;
  std::ranges::stable_sort(layers, {},
                           [](const LayerCurve& layer) { return numbered(layer.name).first; });
}

/// On validation rows; of a log without their loss it stands beside the training loss.
Curve accuracy_of(const RunLog& log) {
  Curve curve = curve_of(log, Split::validation,
                         [](const EpochRecord& r) { return named(r.metrics, "accuracy"); });
  if (!curve.empty()) return curve;
  const auto beside = [](const auto& r) { return named(r.metrics, "validation_accuracy"); };
  return either(log, beside, beside);
}

Curve dead_of(const RunLog& log) {
  const auto share = [](const auto& record) { return named(record.metrics, "dead"); };
  return either(log, share, share);
}

/// The level of the first steps' losses, where the log has them.
std::optional<double> first_steps(const RunLog& log) {
  constexpr std::size_t kFirst = 3;
  std::vector<double> losses;
  for (const StepRecord& record : log.steps) {
    if (record.split == Split::train && std::isfinite(record.loss)) losses.push_back(record.loss);
    if (losses.size() == kFirst) return median(losses);
  }
  return {};
}

CurveShape shape_or_none(const Curve& curve) {
  return curve.empty() ? CurveShape{} : shape_of(curve);
}

}  // namespace

Examination::Examination(const RunLog& log, bool running)
    : log_(log),
      running_(running),
      train_(train_curve(log, kEnoughEpochs)),
      validation_(curve_of(log, Split::validation, [](const EpochRecord& r) { return r.loss; })),
      accuracy_(accuracy_of(log)),
      norms_(either(
          log, [](const StepRecord& r) { return r.gradient_norm; },
          [](const EpochRecord& r) { return r.gradient_norm; })),
      rates_(either(
          log, [](const StepRecord& r) { return r.lr; },
          [](const EpochRecord& r) { return r.lr; })),
      dead_(dead_of(log)),
      train_shape_(shape_or_none(train_)),
      validation_shape_(shape_or_none(validation_)) {
  add_layers(layers_, log.steps, false);
  if (layers_.empty()) add_layers(layers_, log.epochs, true);
  order_layers(layers_);
  // The mean of the first epoch hides what that epoch learnt; its first steps do not. What a bad start
  // loses above the best constant is no way down.
  if (const auto first = first_steps(log); first && train_.by_epoch)
    train_shape_ = downhill::begun_at(train_shape_, std::min(*first, constant().value_or(*first)));
}

std::vector<const StepRecord*> Examination::finite_steps() const {
  std::vector<const StepRecord*> steps;
  for (const StepRecord& record : log_.steps)
    if (record.split == Split::train && std::isfinite(record.loss)) steps.push_back(&record);
  return steps;
}

std::int64_t Examination::epochs() const {
  std::int64_t last = log_.epochs.empty() ? 0 : log_.epochs.back().epoch;
  if (!log_.steps.empty()) last = std::max(last, log_.steps.back().epoch);
  return last;
}

std::int64_t Examination::steps() const {
  std::int64_t last = log_.steps.empty() ? 0 : log_.steps.back().step;
  for (const auto& record : log_.epochs) last = std::max(last, record.step);
  return last;
}

std::optional<double> Examination::constant() const {
  const EvaluationRecord* train = part(Split::train);
  if (train != nullptr && train->baseline_loss) return train->baseline_loss;
  return log_.start.constant_loss;
}

double Examination::begun_at(double first) const {
  if (!train_.by_epoch) return std::max(first, constant().value_or(first));
  if (!ours() || !constant() || log_.steps.empty()) return first;
  // Steps that blew the loss up within the first epoch are no start.
  return std::min(first, std::max(log_.steps.front().loss, *constant()));
}

bool Examination::in_nats() const {
  const std::string loss = value_of(log_.start.config, "loss");
  const std::string name = loss.substr(0, loss.find(':'));
  return name.empty() || name == "cross_entropy" || name == "nll" || name == "bce" ||
         name == "bce_with_logits";
}

bool Examination::moves_nothing() const {
  constexpr double kLeast = 1e-7;  // of a float32: half a unit in its last place is 6e-8
  if (!ours()) return false;
  bool told = false;
  for (const LayerCurve& layer : layers_)
    for (const auto& point : layer.moved.points) {
      told = true;
      if (point.value > kLeast) return false;
    }
  return told || (!rates_.empty() && std::ranges::max(rates_.values()) == 0);
}

bool Examination::better_than_constant() const {
  const auto better = [](const EvaluationRecord* part) {
    return part != nullptr && std::ranges::any_of(part->intervals, [&](const auto& interval) {
             const auto base = named(part->baseline, interval.name);
             if (!base) return false;
             if (interval.name == "log_loss") return interval.high < *base;
             const bool share = interval.name == "r2" || interval.name == "auc" ||
                                interval.name == "balanced_accuracy";
             return share && interval.low > *base && interval.low > 0;
           });
  };
  return better(part(Split::validation)) || better(part(Split::test));
}

bool Examination::learnt_at_once() const {
  if (!train_.by_epoch || accuracy_.empty() || !validated() || !in_nats()) return false;
  const double a =
      shape_of(accuracy_).end;  // its constant loses the entropy of a and 1 - a at least
  if (!(a > 0 && a < 1)) return false;
  const double least = -a * std::log(a) - (1 - a) * std::log1p(-a);
  // A loss that the log does not name may be a square, of which a constant loses less than that.
  constexpr double kOfSquares = 0.75;
  const bool named = !value_of(log_.start.config, "loss").empty();
  if (!named && validation_shape_.end < kOfSquares * least) return false;
  return validation_shape_.end + 3 * validation_shape_.end_error < least;
}

std::optional<double> Examination::peak_lr() const {
  if (rates_.empty()) return {};
  return std::ranges::max(rates_.values());
}

std::optional<double> Examination::last_lr() const {
  if (rates_.empty()) return {};
  return rates_.points.back().value;
}

bool Examination::decayed() const {
  const auto peak = peak_lr(), last = last_lr();
  return peak && last && *last < 0.5 * *peak;
}

bool Examination::restarted() const {
  double highest = 0, lowest = 0;
  for (const double rate : rates_.values()) {
    if (lowest < highest / 3 && rate > 3 * lowest && rate > highest / 3) return true;
    if (rate > highest) highest = lowest = rate;
    lowest = std::min(lowest, rate);
  }
  return false;
}

std::optional<double> Examination::promised() const {
  const auto& stands = log_.stands;
  if (!stands || (stands->stands != State::descending && stands->stands != State::ravine) ||
      !stands->quadratic_decrease || !stands->loss || train_.empty())
    return {};
  // Weights of an earlier epoch, restored because validation rows were best there, are no end of a way.
  const auto& end = log_.end;
  if (end && end->best_epoch && 10 * *end->best_epoch < 9 * end->epoch) return {};
  const double fall = std::min(1.0, *stands->quadratic_decrease) * std::abs(*stands->loss);
  // First batches may have been unlucky: what was gained is no more than the constant lost.
  const double from = std::min(train_shape_.start, constant().value_or(train_shape_.start));
  const double done = std::max(0.0, from - *stands->loss);
  return fall > 0 ? std::optional(fall / (done + fall)) : std::nullopt;
}

bool Examination::ended_broken() const {
  const auto train = [](const auto& record) { return record.split == Split::train; };
  const auto broken = [&](const auto& records) {
    for (auto at = records.rbegin(); at != records.rend(); ++at)
      if (train(*at)) return !std::isfinite(at->loss);
    return false;
  };
  return broken(log_.steps) || broken(log_.epochs);
}

bool Examination::found(std::string_view symptom) const {
  return std::ranges::find(found_, symptom) != found_.end();
}

}  // namespace downhill
