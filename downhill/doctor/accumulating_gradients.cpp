#include "downhill/doctor/accumulating_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/swing.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFew = 8;
constexpr double kEven = 0.15;  // noise of single norms over their level: batches jump, sums do not
constexpr double kKept = 0.8;   // of the first norms: it does not die out
constexpr double kLearnt = 0.3;    // of the loss at the start: who came down so far was learning
constexpr double kOnTheWay = 1.5;  // times the first norms

/// Whether the run came down well while its norms stayed as they were: what grew since is something
/// else. A sum of gradients grows from the first steps on.
bool learnt_before(const Examination& run, double first) {
  const CurveShape& train = run.train_shape();
  if (!(train.best > 0) || !(train.whole() > kLearnt * train.start)) return false;
  const std::int64_t lowest = run.train().place(train.best_place);
  std::vector<double> before;
  for (std::size_t i = 0; i < run.norms().size() && run.norms().place(i) <= lowest; ++i)
    before.push_back(run.norms().points[i].value);
  if (before.size() < kFew) return false;
  return median(std::span(before).last(before.size() / 2)) < kOnTheWay * first;
}

}  // namespace

const char* AccumulatingGradients::needs(const Examination& run) {
  return run.norms().empty() ? "gradient_norm" : nullptr;
}

std::optional<Finding> AccumulatingGradients::examine(const Examination& run) const {
  // Our own loop clears the gradients of every step.
  if (run.ours()) return {};
  if (run.norms().size() < kFew || !run.judged() || run.found("data_not_shuffled")) return {};
  const auto norms = run.norms().values();
  const auto all = std::span(norms);
  const double first = median(all.first(3)), later = median(all.last(norms.size() / 2));
  const double ratio = first > 0 ? later / first : 0;
  // Of losses that go below 0 over the whole fall: their start may lie next to 0.
  const CurveShape& train = run.train_shape();
  const double scale = std::max(std::abs(train.start), train.best < 0 ? train.whole() : 0);
  const double down = scale > 0 ? (train.start - train.end) / scale : 0;
  const CurveShape shape = shape_of(run.norms());
  const double whole = norms.front() > 0 ? shape.end / norms.front() : 0;
  // A likelihood's gradient grows by nature as its variance shrinks and its loss goes below 0.
  const bool even = run.norms().by_epoch || shape.noise < kEven * shape.end;
  const bool steady = even && whole > long_growth && shape.z_all >= shape.needed_all &&
                      down < (train.best < 0 ? fallen : stuck);
  // The norm of a sum over all batches does not jump from batch to batch as their losses do.
  const CurveShape& losses = run.train_shape();
  const bool sum = !run.norms().by_epoch && !run.train().by_epoch &&
                   std::max(ratio, whole) > growth && shape.noise < smooth * shape.end &&
                   losses.noise > 0.3 * std::abs(losses.end);
  if (learnt_before(run, first)) return {};
  // A sum of gradients carries the weights through the valley: it is largest where the loss is lowest.
  const double along = norm_with_loss(run), rise = swing_of(run);
  const bool swings = along < -against && rise > swing && ratio > kKept;
  if (!(ratio > growth && down < fallen) && !steady && !sum && !swings) return {};
  Finding finding{.confidence = confidence_of(std::max(ratio, whole / 2), growth),
                  .from_step = run.norms().place(0)};
  finding.summary = fmt::format(
      "The gradient norm grew {} times while the loss {}: are gradients set to zero before every "
      "step?",
      figure(std::max(ratio, whole)),
      swings ? "rose and fell again, and is largest where the loss is lowest"
      : sum  ? "jumps from batch to batch and the norm does not"
             : "fell badly");
  finding.evidence = {{"norm_growth", ratio}, {"last_over_first_norm", whole}, {"fallen", down}};
  finding.threshold = {{"norm_growth", growth},
                       {"last_over_first_norm", long_growth},
                       {"fallen", steady ? stuck : fallen}};
  if (sum) {
    finding.evidence.emplace_back("norm_noise_over_level", shape.noise / shape.end);
    finding.threshold.emplace_back("norm_noise_over_level", smooth);
  }
  if (swings) {
    finding.evidence.emplace_back("norm_against_loss", -along);
    finding.evidence.emplace_back("highest_rise", rise);
    finding.threshold.emplace_back("norm_against_loss", against);
    finding.threshold.emplace_back("highest_rise", swing);
  }
  finding.remedy = "call zero_grad() before every backward(); " + lr_words(run, 0.1);
  return finding;
}

}  // namespace downhill::symptom
