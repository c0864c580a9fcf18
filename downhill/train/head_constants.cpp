#include "downhill/train/detail/head_constants.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/autodiff/node.h"
#include "downhill/ops/shape.h"
#include "downhill/train/detail/loss_totals.h"
#include "downhill/train/loss_of.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kPiece = std::int64_t{1} << 17;  // rows
constexpr int kTogether = 100, kDampings = 14;          // steps of two constants, and tries of one

double number_or_infinity(double loss) { return std::isnan(loss) ? kInfinity : loss; }

}  // namespace

double mean_of(const Values& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
double mean_size_of(const Values& x) {
  double sum = 0;
  for (const double v : x) sum += std::abs(v);
  return sum / static_cast<double>(x.size());
}
double deviation_of(const Values& x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

/// The value at a share of sorted numbers, linear between neighbours.
double quantile_of(const Values& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  if (part == 0) return sorted[below];
  return sorted[below] * (1 - part) + sorted[below + 1] * part;
}
double median_of(Values x) {
  std::sort(x.begin(), x.end());
  return quantile_of(x, 0.5);
}

HeadConstants::HeadConstants(const HeadQuestion& question)
    : rows(question.target.elements()), columns(outputs_for_number(question.loss)), q_(question) {}

std::vector<HeadConstants::Piece> HeadConstants::pieces() const {
  std::vector<Piece> all;
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const std::int64_t count = std::min(kPiece, rows - begin);
    const auto part = [&](const Tensor& whole) {
      return whole.defined() ? whole.alias({count}, begin) : Tensor();
    };
    all.push_back({count, part(q_.target), part(q_.weight)});
  }
  return all;
}

double HeadConstants::get(std::size_t j) const {
  return head.link[j] == LinkFunction::softplus ? std::log(head.c[j]) : head.c[j];
}

void HeadConstants::move(std::size_t j, double step) {
  if (head.link[j] != LinkFunction::softplus) {
    head.c[j] += step;
    return;
  }
  const Head one{.link = {LinkFunction::softplus}, .c = {head.c[j]}, .s = {1}};
  head.c[j] = one(Tensor::full({1, 1}, step, Type::f64)).item();
}

void HeadConstants::put(std::size_t j, double a) {
  head.c[j] = head.link[j] == LinkFunction::softplus ? std::exp(a) : a;
}

double HeadConstants::loss() const {
  const NoGraph off;
  const Tensor row = head(Tensor::zeros({1, columns}, Type::f64));
  LossTotals totals;
  for (const Piece& piece : pieces()) {
    const auto all = predictions_for(q_.loss, expand(row, {piece.rows, columns}));
    const Tensor target = target_for(q_.loss, piece.target, columns);
    if (piece.rows == rows) return number_or_infinity(q_.loss(all, target, piece.weight).item());
    totals.add(batch_loss(q_.loss, all, target, piece.weight).parts({}));
  }
  return number_or_infinity(totals.all().loss);
}

double HeadConstants::loss(std::size_t j, double a) {
  const double before = head.c[j];
  put(j, a);
  const double mean = loss();
  head.c[j] = before;
  return mean;
}

HessianProduct HeadConstants::product(const Piece& piece, std::size_t j, double at) const {
  Tensors z;
  for (std::size_t i = 0; i < head.size(); ++i)
    z.push_back(Tensor::full({piece.rows, 1}, i == j ? at : 0, Type::f64));
  const Tensor target = target_for(q_.loss, piece.target, columns);
  return HessianProduct(
      [&](const Tensors& x) {
        const Tensor outputs = x.size() == 1 ? x[0] : concat(x, 1);
        return q_.loss.sum(predictions_for(q_.loss, head(outputs)), target, piece.weight);
      },
      z);
}

Tensors HeadConstants::along(const Piece& piece, std::size_t j) const {
  Tensors direction;
  for (std::size_t i = 0; i < head.size(); ++i)
    direction.push_back(Tensor::full({piece.rows, 1}, i == j ? 1 : 0, Type::f64));
  return direction;
}

std::array<Values, 2> HeadConstants::derivatives(const Piece& piece, std::size_t j,
                                                 double at) const {
  const HessianProduct all = product(piece, j, at);
  return {all.gradient()[j].to_vector(), all(along(piece, j))[j].to_vector()};
}

Bowl HeadConstants::bowl() const {
  Bowl all;
  const double total = total_weight();
  const auto add = [&](double& to, const Tensor& each) {
    for (const double v : each.to_vector()) to += v / total;
  };
  for (const Piece& piece : pieces()) {
    const HessianProduct here = product(piece, 0, 0);
    const Tensors first = here(along(piece, 0)), second = here(along(piece, 1));
    for (std::size_t j = 0; j < 2; ++j) add(all.g[j], here.gradient()[j]);
    add(all.h[0], first[0]);
    add(all.h[1], first[1]);
    add(all.h[2], second[1]);
  }
  return all;
}

// Newton's steps, damped where they do not fall or it is no bowl, each output in its own unit
// (Marquardt, An algorithm for least-squares estimation of nonlinear parameters, 1963).
bool HeadConstants::descend_together() {
  double least = loss();
  for (int i = 0; i < kTogether; ++i) {
    const auto [g, h] = bowl();
    const double first = std::abs(h[0]), second = std::abs(h[2]), cross = h[1];
    if (!(first > 0) || !(second > 0)) return false;
    const bool is_bowl = h[0] > 0 && h[2] > 0 && first * second > cross * cross;
    const std::vector<double> before = head.c;
    double found = kInfinity;
    double damping = is_bowl ? 0 : 1.1 * std::abs(cross) / std::sqrt(first * second) + 1e-2;
    for (int k = 0; k < kDampings && !(found < least); ++k, damping = 4 * damping + 1e-2) {
      const double a = first * (1 + damping), b = second * (1 + damping);
      const double determinant = a * b - cross * cross;
      if (!(determinant > 0)) continue;
      head.c = before;
      move(0, (cross * g[1] - b * g[0]) / determinant);
      move(1, (cross * g[0] - a * g[1]) / determinant);
      found = loss();
    }
    if (!(found < least)) {
      head.c = before;
      return is_bowl;
    }
    least = found;
  }
  return true;
}

double HeadConstants::total_weight() const {
  const NoGraph off;
  double total = 0;
  for (const Piece& piece : pieces()) {
    const Tensor zeros = Tensor::zeros({piece.rows, columns}, Type::f64);
    total += q_.loss.total_weight(predictions_for(q_.loss, head(zeros)),
                                  target_for(q_.loss, piece.target, columns), piece.weight);
  }
  return total;
}

Slopes HeadConstants::slopes(std::size_t j, double at, double beyond) const {
  const double scale = static_cast<double>(rows) / total_weight();
  Slopes all;
  double seen = 0, squares = 0;  // of g around its mean so far
  for (const Piece& piece : pieces()) {
    auto [g, h] = derivatives(piece, j, at);
    for (double& v : g) v *= scale;
    for (double& v : h) v *= scale;
    const auto n = static_cast<double>(piece.rows);
    const double mean = mean_of(g), deviation = deviation_of(g), moved = mean - all.mean_g;
    // Chan, Golub and LeVeque, 1979: the squares around the mean of both.
    squares += deviation * deviation * n + moved * moved * seen * (n / (seen + n));
    const double share = n / (seen + n);
    const auto merge = [&](double& whole, double part) { whole += (part - whole) * share; };
    merge(all.mean_g, mean);
    merge(all.mean_size_g, mean_size_of(g));
    merge(all.mean_h, mean_of(h));
    merge(all.mean_size_h, mean_size_of(h));
    seen += n;
    for (const double v : h) all.largest_h = std::max(all.largest_h, std::abs(v));
    all.moving += std::ranges::count_if(g, [](double v) { return v != 0; });
    all.curved += std::ranges::count_if(h, [&](double v) { return std::abs(v) > beyond; });
    all.deviation_g = piece.rows == rows ? deviation : std::sqrt(squares / seen);
  }
  return all;
}

bool HeadConstants::breaks(double p) const {
  const NoGraph off;
  return std::ranges::any_of(pieces(), [&](const Piece& piece) {
    const Tensor all = Tensor::full({piece.rows, columns}, p, Type::f64);
    const Tensor each =
        q_.loss.each(predictions_for(q_.loss, all), target_for(q_.loss, piece.target, columns));
    return std::ranges::any_of(each.values<double>(), [](double v) { return std::isnan(v); });
  });
}

}  // namespace downhill::detail
