#include "downhill/doctor/swing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace downhill::symptom {
namespace {

constexpr double kTimes = 1.5;  // of all that are looked at together,
constexpr double kFirst = 3;    // of the first few, which later ones stay below
constexpr std::size_t kFew = 5;

/// Steps that are looked at together: a twentieth, or five.
std::size_t window_of(const Examination& run) {
  return std::max<std::size_t>(5, run.train().size() / 20);
}

/// The place of each value in their order: 0 to n - 1.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t r = 0; r < order.size(); ++r) ranks[order[r]] = static_cast<double>(r);
  return ranks;
}

}  // namespace

bool jumps_at_once(const Examination& run) {
  const auto losses = run.train().values();
  const std::size_t width = window_of(run);
  if (run.train().by_epoch || losses.size() < 2 * width) return false;
  std::vector<double> next(losses.begin() + 1,
                           losses.begin() + 1 + static_cast<std::ptrdiff_t>(width));
  if (losses[0] > 0 && std::ranges::min(next) > kTimes * losses[0]) return true;
  const double few = std::ranges::min(std::span(next).first(kFew));
  const auto later = std::span(losses).last(losses.size() / 2);
  if (losses[0] > 0 && few > kFirst * losses[0] && few > std::ranges::max(later)) return true;
  const double middle = median(next);
  for (double& loss : next) loss = std::abs(loss - middle);
  return middle - losses[0] > 4 * 1.4826 * median(next);
}

double swing_of(const Examination& run) {
  const CurveShape& s = run.train_shape();
  const bool by_epoch = run.train().by_epoch;
  if (s.points < (by_epoch ? 8U : 40U)) return 0;
  const auto losses = run.train().values();
  const auto smooth = smoothed(losses, by_epoch ? 3 : window_of(run));
  const double first = by_epoch || jumps_at_once(run) ? losses[0] : std::max(losses[0], smooth[0]);
  const double start = run.begun_at(first);
  double lowest = start, swing = 0;
  for (const double loss : smooth) {
    swing = std::max(swing, loss - lowest);
    lowest = std::min(lowest, loss);
  }
  if (!by_epoch)  // what the noise of batches leaves in the highest of many means
    swing -= 4 * noise_of(losses) / std::sqrt(static_cast<double>(window_of(run)));
  const double scale = std::max(start - s.best, std::abs(start));
  return scale > 0 ? std::max(0.0, swing / scale) : 0;
}

double norm_with_loss(const Examination& run) {
  const auto losses = run.train().values(), norms = run.norms().values();
  if (losses.size() != norms.size() || losses.size() < 8) return 0;
  if (run.train().by_epoch != run.norms().by_epoch) return 0;
  const auto a = ranks_of(losses), b = ranks_of(norms);
  const double n = static_cast<double>(a.size()), middle = (n - 1) / 2;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - middle) * (b[i] - middle);
  return sum / (n * (n * n - 1) / 12);  // the variance of ranks
}

}  // namespace downhill::symptom
