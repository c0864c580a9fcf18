#include "downhill/metrics/evaluation.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/metrics/detail/bootstrap.h"
#include "downhill/metrics/detail/class_measure.h"
#include "downhill/metrics/detail/number_measure.h"

namespace downhill {
namespace metrics_detail {
namespace {

// Streams of their own, so that no other use of the same seed sees these numbers.
constexpr std::uint64_t kSampleStream = 0x626F6F7400000000;  // "boot", plus the sample
constexpr std::uint64_t kPartStream = 0x7061727400000000;    // "part"
constexpr std::int64_t kMostRows = std::int64_t{1} << 31;

}  // namespace

void check_bootstrap(const BootstrapOptions& options) {
  if (options.samples < 1 || options.most_rows < 1 || options.samples > 1'000'000 ||
      options.most_rows > kMostRows)
    throw_usage("bootstrap", fmt::format("samples is {} and most_rows {}; expected 1 to 1e6 and 1 "
                                         "to 2^31",
                                         options.samples, options.most_rows));
}

// Lemire, Fast random integer generation in an interval, TOMACS 2019: unbiased.
std::vector<double> drawn_weights(std::size_t count, std::span<const double> weights,
                                  const BootstrapOptions& options, std::int64_t sample) {
  std::vector<double> drawn(count);
  if (count == 0) return drawn;
  const std::uint64_t stream = kSampleStream + static_cast<std::uint64_t>(sample);
  const auto rows = static_cast<std::uint64_t>(count);
  const std::uint64_t biased = (std::uint64_t{1} << 32) % rows;
  std::size_t left = count;
  for (std::uint64_t index = 0; left > 0; ++index) {
    for (const std::uint32_t word : philox(options.seed, stream, index)) {
      const std::uint64_t product = word * rows;
      if (static_cast<std::uint32_t>(product) < biased || left == 0) continue;
      drawn[product >> 32] += 1;
      --left;
    }
  }
  for (std::size_t i = 0; i < weights.size(); ++i) drawn[i] *= weights[i];
  return drawn;
}

// Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S.
std::vector<std::int64_t> drawn_places(std::int64_t rows, std::int64_t count,
                                       const BootstrapOptions& options) {
  Random random(options.seed, kPartStream);
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t missing = count - static_cast<std::int64_t>(places.size());
    if (static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(rows - i))) < missing)
      places.push_back(i);
  }
  return places;
}

std::optional<Spread> spread_of(const std::vector<Measured>& samples, std::size_t m,
                                std::size_t metrics) {
  std::vector<double> values;
  for (std::size_t at = m; at < samples.size(); at += metrics)
    if (samples[at].undefined == nullptr) values.push_back(samples[at].value);
  if (2 * values.size() * metrics < samples.size() || values.empty()) return {};
  std::ranges::sort(values);
  const auto quantile = [&](double part) {
    const double place = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double next = values[std::min(below + 1, values.size() - 1)];
    return values[below] + (place - static_cast<double>(below)) * (next - values[below]);
  };
  double mean = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  return Spread{quantile(0.025), quantile(0.975), mean};
}

namespace {

// One after the other: each measure keeps some numbers for each row.
template <class Measure, class Rows>
Evaluation evaluated(const Rows& rows, const Rows& constant_rows, const BootstrapOptions& options) {
  const auto of = [](const Measure& measure) {
    return figures_of(measure.metrics(), metrics_detail::figures(measure));
  };
  NamedNumbers baseline = of(Measure(constant_rows, true)).metrics;
  const Measure model(rows);
  Figures figures = of(model);
  return {.rows = static_cast<std::int64_t>(model.rows()),
          .metrics = std::move(figures.metrics),
          .intervals = bootstrap(model, options),
          .baseline = std::move(baseline),
          .undefined = std::move(figures.undefined)};
}

}  // namespace
}  // namespace metrics_detail

namespace {
constexpr std::int64_t kMostClasses = 1000;  // of a confusion matrix
}

Evaluation evaluate_classes(const ClassRows& rows, std::span<const double> shares,
                            const BootstrapOptions& bootstrap) {
  using metrics_detail::ClassMeasure;
  ClassRows constant = rows;
  constant.probabilities = shares;
  Evaluation result = metrics_detail::evaluated<ClassMeasure>(rows, constant, bootstrap);
  if (rows.classes > kMostClasses) return result;
  result.confusion = confusion_matrix(rows);
  if (rows.classes != 2) return result;
  result.error_rates = error_rates(*result.confusion);
  result.calibration = calibration(rows);
  return result;
}

Evaluation evaluate_numbers(const NumberRows& rows, double constant,
                            const BootstrapOptions& bootstrap) {
  using metrics_detail::NumberMeasure;
  const NumberRows same{{&constant, 1}, rows.targets, rows.weights};
  return metrics_detail::evaluated<NumberMeasure>(rows, same, bootstrap);
}

}  // namespace downhill
