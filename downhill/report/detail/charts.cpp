#include "downhill/report/detail/charts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <limits>

namespace downhill::report_detail {
namespace {

constexpr std::size_t kMostMetrics = 12;

int color_of(const std::string& split) {
  return split == "train" ? 0 : split == "validation" ? 1 : split == "test" ? 2 : 3;
}

/// Places steps on the axis of epochs: epoch e ends where its records say.
class Axis {
 public:
  explicit Axis(const RunLog& log) {
    by_epoch_ = std::any_of(log.epochs.begin(), log.epochs.end(),
                            [&](const auto& record) { return record.epoch > 0; });
    by_epoch_ = by_epoch_ || (log.steps.empty() && !log.epochs.empty());
    ends_.emplace_back(0, 0);
    for (const auto& record : log.epochs)
      if (record.step > ends_.back().first && record.epoch > ends_.back().second)
        ends_.emplace_back(record.step, record.epoch);
  }
  bool by_epoch() const { return by_epoch_; }
  const char* unit() const { return by_epoch_ ? "epoch" : "step"; }
  /// Steps can be placed.
  bool has_steps() const { return !by_epoch_ || ends_.size() > 1; }

  double of(const EpochRecord& record) const {
    return static_cast<double>(by_epoch_ ? record.epoch : record.step);
  }
  double of_step(std::int64_t step) const {
    if (!by_epoch_) return static_cast<double>(step);
    auto next = std::lower_bound(ends_.begin() + 1, ends_.end(), std::pair(step, std::int64_t{0}));
    if (next == ends_.end()) --next;  // beyond the last epoch: at its pace
    const auto [step0, epoch0] = *(next - 1);
    const auto [step1, epoch1] = *next;
    const double part = static_cast<double>(step - step0) / static_cast<double>(step1 - step0);
    return static_cast<double>(epoch0) + part * static_cast<double>(epoch1 - epoch0);
  }

 private:
  bool by_epoch_ = false;
  std::vector<std::pair<std::int64_t, std::int64_t>> ends_;
};

using Get = std::function<std::optional<double>(const EpochRecord&)>;

void add_epochs(Chart& chart, const RunLog& log, const Axis& axis, const Get& value) {
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    Series series;
    series.name = text_of(split);
    series.color = color_of(text_of(split));
    for (const auto& record : log.epochs) {
      const auto y = record.split == split ? value(record) : std::nullopt;
      if (!y) continue;
      const double x = axis.of(record);
      if (!series.x.empty() && x <= series.x.back()) continue;  // measured twice: the first stays
      series.x.push_back(x);
      series.y.push_back(*y);
    }
    if (!series.x.empty()) chart.series.push_back(std::move(series));
  }
}

template <class Value>
void add_steps(Chart& chart, const RunLog& log, const Axis& axis, const char* name, bool faint,
               Value value) {
  if (!axis.has_steps()) return;
  Series series;
  series.name = name;
  series.faint = faint;
  for (const auto& record : log.steps) {
    const std::optional<double> y = record.split == Split::train ? value(record) : std::nullopt;
    if (!y) continue;
    series.x.push_back(axis.of_step(record.step));
    series.y.push_back(*y);
  }
  if (!series.x.empty()) chart.series.push_back(std::move(series));
}

/// Whether a logarithmic axis shows more: all values are above 0, and the smallest part of the curve
/// that ends would be lost below a fiftieth of the height.
bool spans_decades(const Chart& chart) {
  constexpr double kDecades = 50;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Series& series : chart.series)
    for (const double y : series.y) {
      if (!std::isfinite(y)) continue;
      if (!(y > 0)) return false;
      low = std::min(low, y);
      high = std::max(high, y);
    }
  return high > kDecades * low;
}

Chart loss_chart(const RunLog& log, const Axis& axis) {
  Chart chart{"Loss", true, false, true, {}};
  const bool epochs = std::any_of(log.epochs.begin(), log.epochs.end(),
                                  [](const auto& record) { return record.split == Split::train; });
  add_steps(chart, log, axis, epochs ? "train, each step" : "train", epochs,
            [](const StepRecord& r) { return std::optional(r.loss); });
  add_epochs(chart, log, axis, [](const EpochRecord& r) { return std::optional(r.loss); });
  chart.log = spans_decades(chart);
  return chart;
}

// A quantity that steps have, and epochs where the log has no steps.
template <class Member>
Chart train_chart(const RunLog& log, const Axis& axis, const char* title, const char* name,
                  Member member) {
  Chart chart{title, false, false, false, {}};
  add_steps(chart, log, axis, name, false, [&](const StepRecord& r) { return r.*member.first; });
  if (!chart.series.empty()) return chart;
  add_epochs(chart, log, axis, [&](const EpochRecord& r) {
    return r.split == Split::train ? r.*member.second : std::nullopt;
  });
  if (!chart.series.empty()) chart.series.front().name = name;
  return chart;
}

std::vector<std::string> metric_names(const RunLog& log) {
  std::vector<std::string> names;
  for (const auto& record : log.epochs)
    for (const auto& [name, value] : record.metrics)
      if (std::find(names.begin(), names.end(), name) == names.end() && names.size() < 1000)
        names.push_back(name);
  return names;
}

// As a title: "Accuracy", "RMSE".
std::string title_of(std::string name) {
  for (const char* abbreviation : {"rmse", "mse", "mae", "r2", "auc"}) {
    if (name != abbreviation) continue;
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    return name;
  }
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(std::toupper(name[0]));
  return name;
}

std::optional<double> best_epoch(const RunLog& log) {
  if (log.end && log.end->best_epoch) return static_cast<double>(*log.end->best_epoch);
  std::optional<double> best;
  double lowest = 0;
  for (const auto& record : log.epochs) {
    if (record.split != Split::validation || !std::isfinite(record.loss)) continue;
    if (best && record.loss >= lowest) continue;
    best = static_cast<double>(record.epoch);
    lowest = record.loss;
  }
  return best;
}

}  // namespace

Charts charts_of(const RunLog& log) {
  const Axis axis(log);
  Charts all;
  all.unit = axis.unit();
  if (axis.by_epoch()) all.best = best_epoch(log);
  // A chart without one finite value has nothing to show.
  const auto keep = [&all](Chart chart) {
    if (std::ranges::any_of(chart.series, [](const Series& series) {
          return std::ranges::any_of(series.y, [](double y) { return std::isfinite(y); });
        }))
      all.charts.push_back(std::move(chart));
  };
  keep(loss_chart(log, axis));
  const auto names = metric_names(log);
  all.left_out = names.size() > kMostMetrics ? names.size() - kMostMetrics : 0;
  for (std::size_t i = 0; i < std::min(names.size(), kMostMetrics); ++i) {
    Chart chart{title_of(names[i]), false, false, true, {}};
    add_epochs(chart, log, axis, [&](const EpochRecord& record) {
      for (const auto& [name, value] : record.metrics)
        if (name == names[i]) return std::optional(value);
      return std::optional<double>();
    });
    keep(std::move(chart));
  }
  keep(train_chart(log, axis, "Learning rate", "lr", std::pair(&StepRecord::lr, &EpochRecord::lr)));
  Chart norms = train_chart(log, axis, "Gradient norm", "gradient norm",
                            std::pair(&StepRecord::gradient_norm, &EpochRecord::gradient_norm));
  norms.log = spans_decades(norms);
  keep(std::move(norms));
  return all;
}

std::vector<Span> spans_of(const RunLog& log, const Verdict& verdict) {
  constexpr std::size_t kMostSpans = 3;
  constexpr double kEverywhere = 0.95;
  const Axis axis(log);
  std::int64_t last_step = log.steps.empty() ? 0 : log.steps.back().step, last_epoch = 0;
  for (const EpochRecord& record : log.epochs) {
    last_step = std::max(last_step, record.step);
    last_epoch = std::max(last_epoch, record.epoch);
  }
  // A finding counts epochs where the log has no steps.
  const auto place = [&](std::int64_t at) {
    return last_step > 0 && axis.has_steps() ? axis.of_step(at) : static_cast<double>(at);
  };
  const double end = last_step > 0 ? place(last_step) : static_cast<double>(last_epoch);
  std::vector<Span> spans;
  for (const Finding& finding : verdict.findings) {
    const double from = place(finding.from_step), to = std::min(end, place(finding.to_step));
    if (spans.size() < kMostSpans && to >= from && to - from < kEverywhere * end)
      spans.push_back({finding.name, from, to});
  }
  return spans;
}

}  // namespace downhill::report_detail
