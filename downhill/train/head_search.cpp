// The constants between a network's outputs and predictions of a number.
#include "downhill/train/detail/head_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/train/detail/golden_section.h"
#include "downhill/train/detail/head_candidates.h"
#include "downhill/train/detail/head_refusals.h"

namespace downhill::detail {
namespace {

constexpr double kHardly = 1e-3;  // of the slope, over one spread: less curvature is none
constexpr int kDoublings = 60, kSections = 80, kNewton = 20, kRounds = 3, kHalvings = 10;
constexpr double kSaturated = 30;  // a sigmoid this far out is 0 or 1 but for rounding
constexpr double kLargest = 1e300;
constexpr double kLevel = 1e-12;     // of a mean loss
constexpr double kFlatShare = 0.01;  // so few rows with a slope are none to learn from

class Search : HeadConstants {
 public:
  explicit Search(const HeadQuestion& question)
      : HeadConstants(question), q_(question), sorted_(question.target.to_vector()) {
    std::sort(sorted_.begin(), sorted_.end());
    median_ = quantile_of(sorted_, 0.5);
    deviation_ = deviation_of(sorted_);
    for (std::size_t j = 0; j < static_cast<std::size_t>(columns); ++j) {
      head.link.push_back(link_of(j));
      head.c.push_back(0);
      head.s.push_back(1);
      put(j, start(j));
    }
  }

  Head find() {
    if (is_pair()) begin_together();
    const int rounds = head.size() == 1 ? 1 : kRounds;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t j = 0; j < head.size(); ++j) improve(j);
      if (is_pair() && descend_together()) break;
    }
    for (std::size_t j = 0; j < head.size(); ++j) hold_back(j);
    head.constant_loss = loss();
    if (!std::isfinite(head.constant_loss)) refuse_size("is not finite for any constant");
    if (is_pair() && !std::ranges::all_of(head.c, [](double c) { return std::abs(c) < kLargest; }))
      refuse_size("is least at constants that leave the range of double");
    for (std::size_t j = 0; j < head.size(); ++j) head.s[j] = spread(j);
    for (std::size_t j = 0; j < head.size(); ++j) refuse_flat(j);
    head.k = unit();
    return head;
  }

 private:
  /// A loss of two predictions, whose constants depend on each other.
  bool is_pair() const { return q_.loss.predictions() == 2 && head.size() == 2; }

  Space space_of(std::size_t j) const {
    const LinkFunction link = head.link[j];
    const Takes takes = takes_at(q_.loss, j);
    if (link == LinkFunction::exp || link == LinkFunction::softplus || takes == Takes::log_rate ||
        takes == Takes::logarithm)
      return Space::logarithm;
    const bool odds = link == LinkFunction::sigmoid || takes == Takes::log_odds;
    return odds ? Space::log_odds : Space::target;
  }

  LinkFunction link_of(std::size_t j) const {
    const Takes takes = takes_at(q_.loss, j);
    if (takes == Takes::positive) return LinkFunction::softplus;
    if (takes == Takes::probability) return q_.link.value_or(LinkFunction::sigmoid);
    if (q_.link) return *q_.link;
    return takes == Takes::number && columns == 1 ? probed() : LinkFunction::none;
  }

  /// Of a formula: what it can be given, by where it is no number (inf is one).
  LinkFunction probed() const {
    const double far = 1000 * (deviation_ + 1);
    const bool below = breaks(median_ - far), above = breaks(median_ + far);
    if (!below && !above) return LinkFunction::none;
    if (below && !above) return LinkFunction::exp;
    if (below && !breaks(0.01) && !breaks(0.5) && !breaks(0.99)) return LinkFunction::sigmoid;
    throw DataError(fmt::format(
        "[train] the loss {} is NaN for predictions {} the numbers of {}; expected one that takes "
        "any number, any above 0, or any between 0 and 1; --link tells which",
        q_.loss.text(), below ? "below and above" : "above", q_.name));
  }
  double start(std::size_t j) const {
    if (space_of(j) == Space::target) return median_;
    return j > 0 && space_of(j) == Space::logarithm && deviation_ > 0 ? 2 * std::log(deviation_)
                                                                      : 0;
  }

  /// The best pair of coarse candidates, asked of few rows.
  void begin_together() {
    constexpr std::size_t kFewRows = 512;
    constexpr std::int64_t kCoarse = 16;
    const HeadQuestion question = fewer_rows(q_, kFewRows);
    Search few(question);
    Values best = {get(0), get(1)};
    double least = kInfinity;
    for (const double a : few.so_many(0, kCoarse)) {
      few.put(0, a);
      for (const double b : few.so_many(1, kCoarse)) {
        const double value = few.loss(1, b);
        if (below(value, least)) best = {a, b}, least = value;
      }
    }
    put(0, best[0]);
    put(1, best[1]);
  }

  /// Log odds beyond which a row hardly loses less stay where an output can still move them: a share that
  /// nothing speaks for has none that is the best.
  void hold_back(std::size_t j) {
    constexpr double kSure = 8, kNothing = 1e-3;
    if (takes_at(q_.loss, j) != Takes::log_odds || std::abs(head.c[j]) <= kSure) return;
    const double held = std::copysign(kSure, head.c[j]);
    if (loss(j, held) <= loss() + kNothing) put(j, held);
  }

  void improve(std::size_t j) {
    const double first = best_of(j, candidates(j));
    put(j, first);
    if (at_rest(j)) return;
    const double least = loss();
    const auto [low, high] = bracket(j, first);
    put(j, golden_section([&](double a) { return loss(j, a); }, low, high, kSections));
    newton(j);
    // A loss may be lowest at a single number, where it jumps (smape at 0), or have several valleys.
    if (const double found = loss(); !std::isfinite(found) || below(least, found)) put(j, first);
    if (head.link[j] == LinkFunction::sigmoid && std::abs(head.c[j]) > kSaturated)
      refuse_falling_loss(q_, head.link[j], head.c[j]);
  }

  /// By more than sums over rows round by: a loss of straight pieces is level between two targets.
  static bool below(double a, double b) {
    return std::isfinite(b) ? a < b - kLevel * std::abs(b) : a < b;
  }

  /// Ascending, in what is searched. Valleys of a loss stand at targets; more of these are asked where
  /// each is asked quickly.
  Values candidates(std::size_t j) const {
    Values all = so_many(j, std::clamp<std::int64_t>(1'000'000 / rows, 32, 256) / 2 * 2);
    if (is_pair()) {  // what was found together
      all.push_back(get(j));
      std::sort(all.begin(), all.end());
    }
    return all;
  }
  Values so_many(std::size_t j, std::int64_t count) const {
    const Space space = space_of(j);
    return j == 0 || space == Space::target
               ? quantiles_in(sorted_, space, count)
               : candidates_beside(sorted_, space_of(0), get(0), space, count);
  }

  /// The one of the least loss, of equals the nearest to the median. Where the best is the first or
  /// last, -1, 0 and 1 are asked as well: a formula may take logarithms, say.
  double best_of(std::size_t j, const Values& candidates) {
    const std::size_t n = candidates.size(), middle = n / 2;
    double best = get(j), least = kInfinity;
    std::size_t place = 0;
    const auto ask = [&](double a, std::size_t at) {
      const double value = loss(j, a);
      if (below(value, least)) best = a, least = value, place = at;
    };
    for (std::size_t i = middle; i < n; ++i) ask(candidates[i], i);
    for (std::size_t i = middle; i-- > 0;) ask(candidates[i], i);
    if (place > 0 && place + 1 < n) return best;
    for (const double more : {0.0, 1.0, -1.0}) ask(more, place);
    return best;
  }

  /// Whether the slopes of both sides hold each other, to rounding.
  bool at_rest(std::size_t j) const {
    const Slopes s = slopes(j);
    return std::abs(s.mean_g) <= 1e-14 * s.mean_size_g;
  }

  /// The candidates beside the best one, else as far as the loss falls.
  std::pair<double, double> bracket(std::size_t j, double c) {
    const Values of = candidates(j);
    const auto [at, above] = std::ranges::equal_range(of, c);
    if (at != above && at != of.begin() && above != of.end()) return {*(at - 1), *above};
    const double spread = of.size() > 1 ? deviation_of(of) / 8 : 0, first = spread > 0 ? spread : 1;
    double low = c - first, high = c + first, from_low = c, from_high = c;
    const auto walk = [&](double& from, double& to, double sign) {
      double step = first, here = loss(j, from);
      for (int i = 0;; ++i) {
        const double value = loss(j, to);
        if (!(value < here)) return;
        if (i == kDoublings || value == -kInfinity) refuse_falling_loss(q_, head.link[j], sign);
        from = to;
        here = value;
        step *= 2;
        to += sign * step;
      }
    };
    walk(from_low, low, -1);
    walk(from_high, high, 1);
    if (from_low < c) return {low, c};
    return {from_high > c ? c : low, high};
  }

  /// To the last digits, as long as the mean slope falls. A step in z is one in the prediction.
  void newton(std::size_t j) {
    double slope = kInfinity, before = head.c[j];
    for (int i = 0; i < kNewton; ++i) {
      const Slopes here = slopes(j);
      const double step = -here.mean_g / here.mean_h;
      if (!(std::abs(here.mean_g) < slope)) {
        head.c[j] = before;
        return;
      }
      if (!(here.mean_h > 0) || !std::isfinite(step)) return;
      slope = std::abs(here.mean_g);
      before = head.c[j];
      move(j, step);
      if (head.c[j] == before) return;
    }
  }

  /// s of an output: its slopes' spread over its curvature, else the spread of the target.
  double spread(std::size_t j) {
    if (head.link[j] != LinkFunction::none) return 1;
    const Slopes here = slopes(j);
    const double bend = here.mean_h, steep = here.mean_size_g;
    // Where all slopes have one sign (a share that is held back) they tell no spread.
    const bool rests = !is_pair() || std::abs(here.mean_g) < steep / 2;
    const bool curved = rests && has_curvature(j, here, way(j));
    double s = curved ? here.deviation_g / bend : way(j);
    if (!(s > 0) || !std::isfinite(s)) s = way(j);
    const double c = head.c[j], least = loss();
    for (int i = 0; i < kHalvings; ++i) {
      const double allowed = least + (curved ? 2 * bend * s * s : 4 * steep * s);
      if (std::max(loss(j, c + s), loss(j, c - s)) <= allowed) break;
      s /= 2;
    }
    return s;
  }
  /// What a prediction moves over: a spread of the target, or of logarithms a factor of e.
  double way(std::size_t j) const { return space_of(j) == Space::target ? scale_of_target() : 1; }
  /// Over that way. A pass of its own over the rows: the largest is known behind the first.
  bool has_curvature(std::size_t j, const Slopes& here, double over) const {
    return here.mean_h > here.mean_size_h / 4 && here.mean_h * over > kHardly * here.mean_size_g &&
           10 * slopes(j, 0, 1e-3 * here.largest_h).curved >= rows;
  }
  double scale_of_target() const {
    Values distances;
    for (const double v : sorted_) distances.push_back(std::abs(v - median_));
    const double mad = 1.4826 * median_of(std::move(distances));
    return mad > 0 ? mad : deviation_ > 0 ? deviation_ : 1;
  }

  /// k: the mean curvature in z, or the mean size of the slope.
  double unit() const {
    double bend = 0, steep = 0;
    for (std::size_t j = 0; j < head.size(); ++j) {
      const Slopes here = slopes(j);  // in z with s: both are scaled already
      if (has_curvature(j, here, way(j) / head.s[j])) bend += here.mean_h;
      steep += here.mean_size_g;
    }
    const double entries = q_.loss.entries() > 0 ? 1 : static_cast<double>(head.size());
    for (const double k : {bend / entries, steep / entries})
      if (std::isnormal(k) && k > 0) return k;
    refuse_size("and its slopes leave the range of double");
  }

  /// Whether nearly no row has a slope one spread away from the constant. Asked of the prediction, where
  /// slopes do not underflow.
  bool flat(std::size_t j) {
    const double s = std::exchange(head.s[j], 1);
    std::int64_t most = 0;
    for (const double z : {-s, s}) most = std::max(most, slopes(j, z).moving);
    head.s[j] = s;
    return static_cast<double>(most) <= kFlatShare * static_cast<double>(rows);
  }
  void refuse_flat(std::size_t j) {
    if (head.link[j] != LinkFunction::none || !flat(j)) return;
    refuse_flat_loss(q_, head.s[j], head.c[j]);
  }
  [[noreturn]] void refuse_size(const char* what) const {
    refuse_size_of_loss(q_, what, {sorted_.front(), sorted_.back(), deviation_});
  }

  const HeadQuestion& q_;
  Values sorted_;
  double median_ = 0, deviation_ = 0;
};

}  // namespace

Head head_of_numbers(const HeadQuestion& question) { return Search(question).find(); }

}  // namespace downhill::detail
