#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "downhill/metrics/classes.h"
#include "downhill/metrics/detail/measured.h"

namespace downhill::metrics_detail {

/// Throws what ClassRows says.
void check_class_rows(const ClassRows& rows);

/// The class that one row's probabilities stand for.
std::int32_t decided_class(std::span<const double> probabilities,
                           const std::optional<double>& threshold);

/// Rows of classes, ready to be measured under many weights: each pass is one walk from the highest
/// probability of class 1 (two classes) to the lowest.
class ClassMeasure {
 public:
  /// Checks the rows. `constant`: one row of probabilities that holds for all.
  explicit ClassMeasure(const ClassRows& rows, bool constant = false);

  std::span<const MetricInfo> metrics() const;
  std::size_t rows() const { return label_.size(); }
  /// In the order of the walk; empty where all are 1.
  std::span<const double> weights() const { return weights_; }
  /// One value per metric, with other weights in the order of the walk.
  void measure(std::span<const double> weights, std::span<Measured> out) const;
  /// These rows of the walk (ascending) alone.
  ClassMeasure subset(std::span<const std::int64_t> places) const;

 private:
  ClassMeasure() = default;
  struct Sums;
  void by_class(const Sums& sums, double total, std::span<Measured> out) const;
  void by_rank(std::span<const double> weights, std::span<Measured> out) const;
  void of_probability(std::span<const double> weights, double total, std::span<Measured> out) const;

  std::int64_t classes_ = 0;
  std::vector<double> weights_;
  std::vector<std::int32_t> label_, predicted_;
  std::vector<double> surprise_;  // -log of the label's probability
  // Two classes only:
  std::vector<std::uint8_t> tied_;    // whether the row before has the same probability
  std::vector<double> square_;        // (p - y)^2
  std::vector<std::uint8_t> bin_;     // of the top probability
  std::vector<double> right_excess_;  // right (0 or 1) - top probability
};

}  // namespace downhill::metrics_detail
