#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/train/starts.h"

namespace downhill {
namespace {

using Place = std::vector<double>;

/// The i-th number of van der Corput's sequence to a base.
double radical_inverse(std::int64_t i, std::int64_t base) {
  double result = 0, part = 1;
  for (; i > 0; i /= base) {
    part /= static_cast<double>(base);
    result += part * static_cast<double>(i % base);
  }
  return result;
}

/// Places of a box: Halton's sequence up to twelve variables, shifted as a whole; random numbers above.
Place start_in(const StartsOptions& o, std::int64_t i) {
  constexpr std::array<std::int64_t, 12> kBases = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  Random shifts(o.seed, 1), random(o.seed, 2 + static_cast<std::uint64_t>(i));
  Place place;
  for (std::size_t k = 0; k < o.box.size(); ++k) {
    const double shift = shifts.uniform(), free = random.uniform();
    double part = k < kBases.size() ? radical_inverse(i + 1, kBases[k]) + shift : free;
    part -= std::floor(part);
    place.push_back(o.box[k].first + part * (o.box[k].second - o.box[k].first));
  }
  return place;
}

bool same_end(const MinimizeEnd& a, const MinimizeEnd& b, const StartsOptions& o) {
  for (std::size_t k = 0; k < a.x.size(); ++k) {
    const double width = o.box[k].second - o.box[k].first;
    if (!(std::abs(a.x[k] - b.x[k]) <= o.same * std::max(width, std::abs(a.x[k])))) return false;
  }
  return true;
}

void add_end(std::vector<MinimizeEnd>& ends, const MinimizeResult& run, const StartsOptions& o) {
  MinimizeEnd end{.x = run.path.back().x,
                  .value = run.path.back().value,
                  .state = run.state,
                  .ended = run.ended,
                  .starts = 1};
  for (MinimizeEnd& known : ends) {
    const bool lost = !end.reached() && known.ended == end.ended;
    if (!lost && !(end.reached() && known.reached() && same_end(known, end, o))) continue;
    end.starts = known.starts + 1;
    if (known.value <= end.value) known.starts = end.starts;
    else known = end;  // the lowest stands for all
    return;
  }
  ends.push_back(std::move(end));
}

void add_barriers(MinimizeStarts& found, const std::shared_ptr<const TextFormula>& formula,
                  const std::stop_token& stop) {
  constexpr int kAsked = 101;
  Tensor x = Tensor::from(found.ends.front().x);
  x.requires_grad(true);
  const Objective objective([&] { return evaluate_formula(formula, x); });
  for (std::size_t i = 1; i < found.ends.size(); ++i) {
    MinimizeEnd& end = found.ends[i];
    if (!end.reached() || !found.ends.front().reached() || stop.stop_requested()) break;
    const std::vector<double>& lowest = found.ends.front().x;
    end.barrier = barrier(objective, {x}, end.x, lowest, kAsked).height;
    end.bent = bent_barrier(objective, {x}, end.x, lowest, {.asked = kAsked, .stop = stop}).height;
  }
}

}  // namespace

MinimizeStarts minimize_starts(const std::shared_ptr<const TextFormula>& formula,
                               const Method& method, const StartsOptions& o) {
  if (o.starts < 1) throw_usage("minimize", "starts must be at least 1");
  if (o.box.size() != formula->variables().size())
    throw_usage("minimize", fmt::format("the box has {} variables, the formula {}", o.box.size(),
                                        formula->variables().size()));
  for (std::size_t k = 0; k < o.box.size(); ++k)
    if (const auto [low, high] = o.box[k];
        !(low <= high) || !std::isfinite(low) || !std::isfinite(high))
      throw_usage("minimize", fmt::format("the box of {} is {} to {}; expected two finite numbers, "
                                          "the lower first",
                                          formula->variables()[k], low, high));
  MinimizeStarts result{{}, formula->variables(), o.starts};
  std::int64_t done = 0;
  for (; done < o.starts && !o.minimize.stop.stop_requested(); ++done) {
    add_end(result.ends, minimize(formula, start_in(o, done), method, o.minimize), o);
    if (o.progress) o.progress(done + 1, o.starts);
  }
  result.starts = done;
  result.stopped = done < o.starts;
  for (MinimizeEnd& end : result.ends)
    end.share =
        static_cast<double>(end.starts) / static_cast<double>(std::max<std::int64_t>(1, done));
  std::ranges::stable_sort(result.ends, [](const MinimizeEnd& a, const MinimizeEnd& b) {
    const auto order = [](const MinimizeEnd& e) {
      return std::pair(e.reached() ? 0 : 1, std::isfinite(e.value) ? e.value : 0.0);
    };
    return order(a) < order(b);
  });
  if (!result.ends.empty() && !result.stopped) add_barriers(result, formula, o.minimize.stop);
  result.stopped = o.minimize.stop.stop_requested();
  return result;
}

}  // namespace downhill
