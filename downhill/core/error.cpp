#include "downhill/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace downhill {
namespace {

// Letters to insert, to leave out, to change, or to swap with a neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t n = b.size();
  std::vector<std::size_t> before(n + 1), above(n + 1), row(n + 1);
  for (std::size_t j = 0; j <= n; ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= n; ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[n];
}

}  // namespace

void throw_usage(std::string_view operation, std::string_view message) {
  throw UsageError(fmt::format("[{}] {}", operation, message));
}

void throw_data(std::string_view operation, std::string_view message) {
  throw DataError(fmt::format("[{}] {}", operation, message));
}

void throw_argument(std::string_view argument, std::string_view message) {
  throw UsageError(fmt::format("{} {}", argument, message));
}

void throw_value(std::string_view argument, std::string_view message) {
  throw DataError(fmt::format("{} {}", argument, message));
}

std::string nearest(std::string_view name, std::span<const std::string> known) {
  std::string best;
  if (name.size() > 64) return best;  // hostile text is not worth the quadratic comparison
  // A third of the letters may be wrong, or one, but not all.
  std::size_t best_distance = std::min(name.size(), std::max<std::size_t>(1, name.size() / 3) + 1);
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

void throw_unknown(std::string_view kind, std::string_view name,
                   std::span<const std::string> known) {
  const std::string near = nearest(name, known);
  const std::string hint = near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
  throw UsageError(fmt::format("unknown {} '{}'{}{} known: {}", kind, name.substr(0, 80), hint,
                               near.empty() ? ";" : "", fmt::join(known, ", ")));
}

}  // namespace downhill
