#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/inspect/estimate.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/detail/tensors_of.h"
#include "downhill/train/files.h"
#include "downhill/train/starts.h"

namespace downhill {
namespace {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double v : values) {
    double below = 0, equal = 0;
    for (const double other : values) {
      below += other < v ? 1 : 0;
      equal += other == v ? 1 : 0;
    }
    result.push_back(below + 0.5 * (equal + 1));  // ties share the mean of their ranks
  }
  return result;
}

std::optional<double> correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) mean_a += a[i] / n, mean_b += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  if (!(aa > 0) || !(bb > 0)) return {};
  return ab / std::sqrt(aa * bb);
}

/// The rank correlation that chance exceeds, either way, at most once in 20 times: exact up to 10
/// (Zar, Biostatistical analysis, table B.20), Student's t above.
double critical_correlation(std::size_t n) {
  constexpr std::array<double, 11> kExact = {2, 2, 2, 2, 2, 1, 0.886, 0.786, 0.738, 0.700, 0.648};
  if (n < kExact.size()) return kExact[n];
  const double t = student_t(static_cast<int>(n) - 2);
  return t / std::sqrt(static_cast<double>(n) - 2 + t * t);
}

std::string sentence_of(const TableStarts& all, const std::vector<double>& test) {
  if (test.size() < 5)
    return "there are too few starts with test rows to say whether a better minimum is worth "
           "anything there";
  const auto [low, high] = std::ranges::minmax(test);
  const std::string spread =
      fmt::format("the test losses of {} starts lie from {:.4g} to {:.4g}", test.size(), low, high);
  if (!all.rank_correlation) return spread + "; the starts end alike";
  const double r = *all.rank_correlation;
  if (std::abs(r) < critical_correlation(test.size()) - 1e-9)
    return fmt::format(
        "{}; a lower training loss was not worth anything there (rank correlation "
        "{:.2f}, no more than chance)",
        spread, r);
  return r > 0 ? fmt::format(
                     "{}; a lower training loss was worth something there (rank correlation "
                     "{:.2f})",
                     spread, r)
               : fmt::format(
                     "{}; a lower training loss was worse there (rank correlation {:.2f}): "
                     "it is overfitting",
                     spread, r);
}

void add_barriers(TableStarts& all, std::int64_t rows, const std::stop_token& stop) {
  FinishedRun best = finished_run(all.starts[*all.best].run.out);
  const detail::EvaluationMode mode(best.model.model);
  const Batch batch = detail::sample(best.rows, rows, best.seed).all();
  const double unit = best.model.card.head.k;
  const LossOf loss_of = best.model.loss_of();
  const Objective objective([&] { return loss_of(batch).mean * unit; });
  const Tensors leaves = detail::tensors_of(best.model.model.parameters());
  const std::vector<double> to = flatten(leaves);
  for (std::size_t i = 0; i < all.starts.size(); ++i) {
    TableStart& start = all.starts[i];
    if (i == all.best || start.run.fit.failed()) continue;
    if (stop.stop_requested()) return;
    const TableModel other = TableModel::read(start.run.out / kModelFile);
    const std::vector<double> place = flatten(detail::tensors_of(other.model.parameters()));
    start.barrier = barrier(objective, leaves, place, to).height;
    start.bent = bent_barrier(objective, leaves, place, to, {.stop = stop}).height;
  }
}

}  // namespace

TableStarts run_starts(const TableRunOptions& run, std::int64_t count, std::int64_t rows) {
  if (count < 2) throw_usage("train", "starts must be at least 2");
  detail::check_table_options(run);
  if (run.out.empty())
    throw_usage("train", "several starts need a directory for their runs: --out");
  TableStarts all;
  for (std::int64_t i = 0; i < count && !run.stop.stop_requested(); ++i) {
    TableRunOptions o = run;
    o.start = i;
    o.out = run.out / fmt::format("start_{}", i);
    if (i > 0) o.resolved = {};
    o.resume = run.resume && std::filesystem::exists(o.out);  // those that were not begun begin
    TableStart start{.start = i, .run = run_table(o)};
    start.train_loss = start.run.fit.train_loss;
    start.validation_loss = start.run.fit.validation_loss;
    start.test_loss = start.run.fit.test_loss;
    all.starts.push_back(std::move(start));
  }
  all.stopped = static_cast<std::int64_t>(all.starts.size()) < count ||
                all.starts.back().run.fit.ended == Ended::interrupted;
  if (all.stopped) return all;
  const auto worth = [](const TableStart& s) {
    const double loss = s.validation_loss.value_or(s.train_loss);
    return s.run.fit.failed() || !std::isfinite(loss) ? kInfinity : loss;
  };
  for (std::size_t i = 0; i < all.starts.size(); ++i)
    if (worth(all.starts[i]) < (all.best ? worth(all.starts[*all.best]) : kInfinity)) all.best = i;
  std::vector<double> train, test;
  for (const TableStart& s : all.starts) {
    if (!s.test_loss || s.run.fit.failed() || !std::isfinite(s.train_loss + *s.test_loss)) continue;
    train.push_back(s.train_loss);
    test.push_back(*s.test_loss);
  }
  if (test.size() >= 5) all.rank_correlation = correlation(ranks(train), ranks(test));
  all.sentence = sentence_of(all, test);
  if (all.best) add_barriers(all, rows, run.stop);
  all.stopped = run.stop.stop_requested();
  return all;
}

}  // namespace downhill
