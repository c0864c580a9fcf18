#include "downhill/doctor/settled.h"

#include <algorithm>
#include <cmath>

namespace downhill {

std::optional<std::int64_t> converged_from(const Curve& curve) {
  constexpr std::size_t kFew = 20;
  constexpr double kErrors = 4;  // of all levels behind a place none strays farther by chance
  const std::vector<double> values = curve.values();
  const std::size_t n = values.size();
  if (n < kFew) return {};
  const std::span<const double> all = values;
  const std::size_t width = std::max<std::size_t>(3, n / 20), tenth = std::max(width, n / 10);
  const double end = level(all.last(tenth));
  const double error =
      kErrors * noise_of(all.last(n / 2)) *
          std::sqrt(1 / static_cast<double>(width) + 1 / static_cast<double>(tenth)) +
      1e-9 * std::abs(end);
  const std::vector<double> levels = smoothed(all, width);
  std::size_t from = n;
  while (from > 0 && levels[from - 1] - end <= error) --from;
  if (from + 2 * tenth >= n) return {};
  return curve.place(from);
}

}  // namespace downhill
