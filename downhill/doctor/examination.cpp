#include "downhill/doctor/examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/options.h"

namespace downhill {

Examination::Examination(const RunLog& log, const DoctorOptions& options)
    : log_(log),
      options_(options),
      train_(train_curve(log, 2 * static_cast<std::size_t>(options.least_points))),
      validation_(validation_curve(log)) {}

bool Examination::enough(const Curve& curve) const {
  return curve.size() >= static_cast<std::size_t>(options_.least_points);
}

std::size_t Examination::end_points(const Curve& curve) const {
  const double part = std::ceil(options_.last_fraction * static_cast<double>(curve.size()));
  return std::min(curve.size(), std::max(static_cast<std::size_t>(part),
                                         static_cast<std::size_t>(options_.least_points)));
}

std::optional<Trend> Examination::end_of(const Curve& curve) const {
  if (!enough(curve)) return {};
  const auto losses = curve.losses();
  const auto end = std::span(losses).last(end_points(curve));
  const double slope = theil_sen_slope(end);
  const double half = 0.5 * static_cast<double>(end.size() - 1);
  const double middle = median(end);
  Trend trend{end.size(), middle - slope * half, middle + slope * half,
              0,          mann_kendall_z(end),   needed_z(end.size(), options_.significance)};
  const double scale = loss_scale(losses, trend.from, options_.zero_loss);
  trend.fall = scale > 0 ? (trend.from - trend.to) / scale : 0;
  return trend;
}

double Examination::end_level(const Curve& curve) const {
  const auto losses = curve.losses();
  const double part = std::ceil(options_.last_fraction * static_cast<double>(losses.size()));
  const std::size_t count =
      std::min(losses.size(), std::max<std::size_t>(3, static_cast<std::size_t>(part)));
  return median(std::span(losses).last(count));
}

bool Examination::fell() const {
  const auto losses = train_.losses();
  const std::size_t count = std::min<std::size_t>(3, losses.size());
  return count == 0 || end_level(train_) < median(std::span(losses).first(count));
}

std::optional<bool> Examination::still() const {
  const auto trend = end_of(train_);
  if (!trend) return {};
  const bool many = trend->points >= 2 * static_cast<std::size_t>(options_.least_points);
  const bool noise = !trend->falls() && (many || trend->fall < options_.improving);
  return trend->fall < options_.converged || noise;
}

bool Examination::converged() const {
  if (log_.stands && log_.stands->converged) return *log_.stands->converged;
  return still().value_or(false);
}

std::optional<double> Examination::peak_lr() const {
  std::optional<double> peak;
  const auto look = [&peak](const std::optional<double>& lr) {
    if (lr && std::isfinite(*lr) && (!peak || *lr > *peak)) peak = lr;
  };
  for (const auto& record : log_.steps) look(record.lr);
  for (const auto& record : log_.epochs) look(record.lr);
  return peak;
}

std::optional<double> Examination::last_lr() const {
  for (auto record = log_.steps.rbegin(); record != log_.steps.rend(); ++record)
    if (record->lr) return record->lr;
  for (auto record = log_.epochs.rbegin(); record != log_.epochs.rend(); ++record)
    if (record->lr) return record->lr;
  return {};
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

std::string change_lr(const Examination& run, double factor) {
  const auto lr = run.peak_lr();
  if (!lr || *lr <= 0)
    return fmt::format("{} the learning rate {} times", factor < 1 ? "lower" : "raise",
                       figure(factor < 1 ? 1 / factor : factor));
  return fmt::format("lr {} -> {}", figure(*lr), figure(*lr * factor));
}

std::string figure(double value) { return decimal(value, 4); }

std::string percent(double fraction) { return fmt::format("{:.3g} %", 100 * fraction); }

}  // namespace downhill
