#pragma once
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "downhill/core/parallel.h"
#include "downhill/core/random.h"
#include "downhill/metrics/detail/measured.h"
#include "downhill/metrics/evaluation.h"

namespace downhill::metrics_detail {

void check_bootstrap(const BootstrapOptions& options);

/// The weights of `count` rows drawn with replacement: each times how often it was drawn.
std::vector<double> drawn_weights(std::size_t count, std::span<const double> weights,
                                  const BootstrapOptions& options, std::int64_t sample);

/// `count` of `rows` places without replacement, ascending.
std::vector<std::int64_t> drawn_places(std::int64_t rows, std::int64_t count,
                                       const BootstrapOptions& options);

/// The 2.5 % and 97.5 % quantiles of the samples that define metric `m`, and their mean; none where
/// fewer than half do.
struct Spread {
  double low, high, mean;
};
std::optional<Spread> spread_of(const std::vector<Measured>& samples, std::size_t m,
                                std::size_t metrics);

/// Measures all samples: one line of metrics per sample.
template <class Measure>
std::vector<Measured> sampled(const Measure& measure, const BootstrapOptions& options) {
  const std::size_t metrics = measure.metrics().size();
  std::vector<Measured> samples(static_cast<std::size_t>(options.samples) * metrics);
  parallel_for(options.samples, true, [&](std::int64_t s) {
    const std::vector<double> weights =
        drawn_weights(measure.rows(), measure.weights(), options, s);
    measure.measure(weights,
                    std::span(samples).subspan(static_cast<std::size_t>(s) * metrics, metrics));
  });
  return samples;
}

template <class Measure>
std::vector<Measured> figures(const Measure& measure) {
  std::vector<Measured> out(measure.metrics().size());
  measure.measure(measure.weights(), out);
  return out;
}

/// The intervals of all metrics that have one.
template <class Measure>
std::vector<Interval> bootstrap(const Measure& whole, const BootstrapOptions& options) {
  check_bootstrap(options);
  const auto rows = static_cast<std::int64_t>(whole.rows());
  if (rows < 2) return {};  // one row drawn again and again is always itself
  const std::vector<Measured> of_whole = figures(whole);
  const bool many = rows > options.most_rows;
  const Measure part = many ? whole.subset(drawn_places(rows, options.most_rows, options)) : whole;
  const std::vector<Measured> of_part = many ? figures(part) : of_whole;
  const double shrink =
      many ? std::sqrt(static_cast<double>(options.most_rows) / static_cast<double>(rows)) : 1;
  const std::vector<Measured> samples = sampled(part, options);
  std::vector<Interval> intervals;
  for (std::size_t m = 0; m < of_whole.size(); ++m) {
    if (of_whole[m].undefined != nullptr || of_part[m].undefined != nullptr) continue;
    const std::optional<Spread> spread = spread_of(samples, m, of_whole.size());
    if (!spread) continue;
    const MetricInfo& info = whole.metrics()[m];
    const double middle = info.grows_by_drawing ? spread->mean : of_part[m].value;
    const auto around_whole = [&](double edge) {
      const double distance = shrink * (edge - middle);
      return std::clamp(of_whole[m].value + distance, info.low, info.high);
    };
    const bool moves = many || info.grows_by_drawing;
    intervals.push_back({info.name, moves ? around_whole(spread->low) : spread->low,
                         moves ? around_whole(spread->high) : spread->high});
  }
  return intervals;
}

}  // namespace downhill::metrics_detail
