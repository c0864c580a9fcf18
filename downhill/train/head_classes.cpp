// The constants between a network's outputs and predictions of classes: those of the least mean
// loss, begun at the shares of the classes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/node.h"
#include "downhill/losses/ordinal.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "downhill/train/detail/class_prices.h"
#include "downhill/train/detail/golden_section.h"
#include "downhill/train/detail/head_search.h"
#include "downhill/train/model_file.h"

namespace downhill::detail {
namespace {

using Numbers = std::vector<double>;

constexpr double kFarthest = 12;   // from the shares: beyond, a loss has its least at certainty
constexpr double kAtRest = 1e-13;  // a slope of the mean loss that is rounding
constexpr double kSettled = 1e-9;  // ... at which a search has arrived
constexpr double kLower = 1e-12;   // a fall of the loss that is more than rounding
constexpr std::size_t kMostSearched = 50;  // outputs
constexpr int kSections = 100, kRounds = 100;
constexpr std::int64_t kClassesAtOnce = 256;
constexpr double kLeastRidge = 1e-9;  // softmax has a direction without curvature

// What the rows of each class weigh together, with half an average row more in each if asked.
Numbers weight_of_classes(const HeadQuestion& q, const Tensor& weight, bool smoothed) {
  Numbers of(static_cast<std::size_t>(q.classes), 0);
  double all = 0;
  for (std::int64_t i = 0; i < q.target.elements(); ++i) {
    const double w = weight.defined() ? weight.at(i) : 1;
    of[static_cast<std::size_t>(q.target.data<std::int64_t>()[i])] += w;
    all += w;
  }
  const double half = smoothed ? 0.5 * all / static_cast<double>(q.target.elements()) : 0;
  for (double& w : of) w += half;
  return of;
}

Numbers shares_of(Numbers weights) {
  double all = 0;
  for (const double w : weights) all += w;
  for (double& w : weights) w /= all;
  return weights;
}

// The head whose predictions are these shares.
Head head_of_shares(const HeadQuestion& q, const Numbers& share) {
  Head head;
  const Takes takes = takes_at(q.loss, 0);
  if (q.one_output) {
    const bool logit = takes == Takes::logit;
    head.link = {logit ? LinkFunction::none : q.link.value_or(LinkFunction::sigmoid)};
    head.c = {std::log(share[1] / share[0])};
    if (head.link[0] == LinkFunction::exp) head.c = {std::log(share[1])};
    else if (head.link[0] != LinkFunction::sigmoid && !logit) head.c = {share[1]};
    head.s = {1};
    return head;
  }
  if (is_ordinal(takes)) head.c = ordinal_logits_of(takes, share);
  else
    for (const double n : share) head.c.push_back(std::log(n));
  head.link.assign(head.c.size(), LinkFunction::none);
  head.s.assign(head.c.size(), 1);
  return head;
}

// What the loss takes beside `labels` where each row has the outputs of one row of `columns`.
Tensor taken(const HeadQuestion& q, const Tensor& columns) {
  if (q.one_output) return columns.reshape({columns.size(0)});
  return takes_at(q.loss, 0) == Takes::class_log_probabilities ? log_softmax(columns) : columns;
}
Tensor answer(const HeadQuestion& q, const Tensor& labels) {
  return q.one_output ? second_class(q.loss, labels) : labels;
}

// Whether each of these rows has a value of its own. A sum of losses of rows and of regions has none.
bool has_own_values(const HeadQuestion& q, const Tensor& rows, const Tensor& target) {
  const NoGraph off;
  try {
    return q.loss.each(rows, target).elements() == rows.size(0);
  } catch (const UsageError&) {  // what does not fit at all is refused where the loss is asked
    return false;
  }
}

// The loss of one constant on classes that weigh so much: one row stands for all of its class.
class ClassLoss {
 public:
  ClassLoss(const HeadQuestion& q, const Head& head, const Numbers& weights)
      : q_(q), head_(head), weight_(Tensor::from(weights)) {
    std::vector<std::int64_t> all(weights.size());
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<std::int64_t>(k);
    target_ = answer(q, Tensor::from(all));
  }

  Tensor mean(const Tensor& z) const {
    const Tensor rows = expand(z, {q_.classes, z.size(1)});
    return q_.loss(taken(q_, head_(rows)), target_, weight_);
  }
  double at(const Numbers& z) const {
    const NoGraph off;
    const double value = mean(row(z)).item();
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  }
  /// Whether a row's loss is its own: else one row cannot stand for many.
  bool by_row() const {
    const Tensor rows = Tensor::zeros({q_.classes, static_cast<std::int64_t>(head_.size())});
    return has_own_values(q_, taken(q_, head_(rows)), target_);
  }

  struct Slopes {
    Numbers g;
    std::vector<Numbers> h;
    double steepest = 0;
  };
  Slopes slopes(const Numbers& z, bool with_curvature) const {
    const auto of = [&](const Tensors& x) { return mean(x[0]); };
    const HessianProduct product(of, {row(z)});
    Slopes s{product.gradient()[0].to_vector(), {}, 0};
    for (const double g : s.g) s.steepest = std::max(s.steepest, std::abs(g));
    for (std::size_t j = 0; with_curvature && j < z.size(); ++j) {
      Numbers along(z.size(), 0);
      along[j] = 1;
      s.h.push_back(product({row(along)})[0].to_vector());
    }
    return s;
  }

 private:
  static Tensor row(const Numbers& z) {
    return Tensor::from(z, {1, static_cast<std::int64_t>(z.size())});
  }
  const HeadQuestion& q_;
  const Head& head_;
  Tensor weight_, target_;
};

// x with (h + ridge) x = -g, by elimination with pivots.
Numbers solved(std::vector<Numbers> h, Numbers g, double ridge) {
  const std::size_t n = g.size();
  for (std::size_t i = 0; i < n; ++i) h[i][i] += ridge;
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i + 1; r < n; ++r)
      if (std::abs(h[r][i]) > std::abs(h[pivot][i])) pivot = r;
    std::swap(h[i], h[pivot]);
    std::swap(g[i], g[pivot]);
    for (std::size_t r = i + 1; r < n; ++r) {
      const double factor = h[r][i] / h[i][i];
      for (std::size_t j = i; j < n; ++j) h[r][j] -= factor * h[i][j];
      g[r] -= factor * g[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) g[i] += h[i][j] * g[j];
    g[i] = -g[i] / h[i][i];
  }
  return g;
}

// Levenberg's steps from 0; where they do not arrive nearby, none. Near the end, where the loss no
// longer tells, a step counts that halves the slope.
Numbers stepped(const ClassLoss& loss, std::size_t outputs) {
  const Numbers nowhere(outputs, 0);
  Numbers z = nowhere;
  double ridge = 1e-3, least = loss.at(z);
  for (int round = 0; round < kRounds; ++round) {
    const auto s = loss.slopes(z, true);
    if (s.steepest <= kAtRest) return z;
    bool moved = false;
    for (; ridge < 1e12 && !moved; ridge *= 10) {
      Numbers next = solved(s.h, s.g, ridge);
      for (std::size_t j = 0; j < outputs; ++j) next[j] += z[j];
      const double value = loss.at(next);
      moved = value < least - kLower * std::abs(least) ||
              (value <= least + kLower * std::abs(least) &&
               loss.slopes(next, false).steepest < s.steepest / 2);
      if (!moved) continue;
      z = std::move(next);
      least = value;
      ridge = std::max(ridge / 1000, kLeastRidge);
    }
    if (!moved) return s.steepest <= kSettled ? z : nowhere;
    if (std::ranges::any_of(z, [](double v) { return !(std::abs(v) <= kFarthest); })) break;
  }
  return nowhere;
}

// One output: golden section between neighbours that are higher, for losses with kinks.
double sectioned(const ClassLoss& loss) {
  const auto at = [&](double z) { return loss.at({z}); };
  double low = -0.5, high = 0.5;
  for (const auto& [edge, sign] : {std::pair(&low, -1.0), std::pair(&high, 1.0)})
    for (double here = at(0), next; (next = at(*edge)) < here; here = next)
      if (std::abs(*edge += 0.5 * sign) > kFarthest) return 0;
  const double z = golden_section(at, low, high, kSections);
  return at(z) < at(0) - kLower * std::abs(at(0)) ? z : 0;
}

void move(Head& head, const Numbers& z) {
  for (std::size_t j = 0; j < z.size(); ++j) head.c[j] += z[j];
}

// From the shares, and of two classes from the shares at the price of the second, where a weighted
// cross-entropy has its least: neither is touched where it is at rest.
void improve(Head& head, const HeadQuestion& q, const Numbers& weights) {
  const ClassLoss loss(q, head, weights);
  if (head.size() > kMostSearched || !loss.by_row()) return;
  if (loss.slopes(Numbers(head.size(), 0), false).steepest <= kAtRest) return;
  const bool odds = q.one_output &&
                    (head.link[0] == LinkFunction::sigmoid || takes_at(q.loss, 0) == Takes::logit);
  if (odds) {
    const double more = std::log(price_of_second_class(q.loss, Task::two_classes, {}));
    if (loss.at({more}) < loss.at({0})) move(head, {more});
  }
  Numbers z = stepped(loss, head.size());
  if (q.one_output && z[0] == 0 && loss.slopes({0}, false).steepest > kAtRest)
    z = {sectioned(loss)};
  move(head, z);
}

// On one row of each class, some classes at a time; on the rows themselves where a row's loss is not
// its own.
double constant_loss(const Head& head, const HeadQuestion& q) {
  const NoGraph off;
  const auto width = static_cast<std::int64_t>(head.size());
  const Numbers weights = weight_of_classes(q, q.weight, false);
  double sum = 0, divisor = 0;
  for (std::int64_t begin = 0; begin < q.classes; begin += kClassesAtOnce) {
    const std::int64_t end = std::min(q.classes, begin + kClassesAtOnce);
    std::vector<std::int64_t> classes(static_cast<std::size_t>(end - begin));
    std::iota(classes.begin(), classes.end(), begin);
    const Tensor labels = answer(q, Tensor::from(classes));
    const Tensor rows = taken(q, head(Tensor::zeros({end - begin, width})));
    if (!has_own_values(q, rows, labels)) {
      const Tensor all = taken(q, head(Tensor::zeros({q.target.elements(), width})));
      return q.loss(all, answer(q, q.target), q.weight).item();
    }
    const Tensor weight = Tensor::from(Numbers(weights.begin() + begin, weights.begin() + end));
    if (std::ranges::all_of(weight.to_vector(), [](double w) { return w == 0; })) continue;
    sum += q.loss.sum(rows, labels, weight).item();
    divisor += q.loss.total_weight(rows, labels, weight);
  }
  return sum / divisor;
}

}  // namespace

Head head_of_classes(const HeadQuestion& q) {
  const Numbers weights = weight_of_classes(q, q.weight, true);
  Head head = head_of_shares(q, shares_of(weights));
  improve(head, q, weights);
  head.shares = shares_of(weight_of_classes(q, q.own, true));
  head.constant_loss = constant_loss(head, q);
  return head;
}

}  // namespace downhill::detail
