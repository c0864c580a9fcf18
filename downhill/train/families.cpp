// The distributions behind losses of numbers, fitted and asked of held-out rows.
#include "downhill/train/detail/families.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "downhill/autodiff/node.h"
#include "downhill/catalog/catalog.h"
#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"
#include "downhill/train/head.h"

namespace downhill::detail {
namespace {

using Rows = std::vector<double>;

/// A loss of the catalog with its head. Means of positive numbers are e^z, so that all families of a kind
/// have the same means to choose from.
class Fitted {
 public:
  Fitted(const QuickRows& rows, const std::string& spec, std::int64_t driven)
      : rows_(rows), loss_(loss_from(spec)) {
    head_ = find_head({.loss = loss_, .target = rows.target(), .weight = rows.weight()});
    if (head_.link[0] == LinkFunction::softplus) {
      head_.link[0] = LinkFunction::exp;
      head_.c[0] = std::log(head_.c[0]);
      head_.s[0] = 1;
    }
    model_.outputs = static_cast<std::int64_t>(head_.size());
    model_.driven = driven == 0 ? model_.outputs : driven;
    model_.loss = [this](const Tensor& z, const Tensor& y) { return each(z, y); };
  }
  Fitted(const Fitted&) = delete;
  Fitted& operator=(const Fitted&) = delete;

  /// Of a loss that is no log-likelihood.
  void in_units() { model_.unit = head_.k; }
  void minimise(std::function<Tensor(const Tensor& columns, const Tensor& y)> instead) {
    instead_ = std::move(instead);
  }
  void fit() { z_ = rows_.held_out(model_); }

  /// The log density of each row; over cells of a width where the numbers have steps.
  Rows log_likelihood(double step) const {
    const NoGraph off;
    const auto at = [&](double moved) { return each(z_, rows_.target() + moved).to_vector(); };
    Rows middle = at(0);
    for (double& v : middle) v = -v;
    if (step == 0) return middle;
    const Rows half_below = at(-step / 4), half_above = at(step / 4), below = at(-step / 2),
               above = at(step / 2);
    for (std::size_t i = 0; i < middle.size(); ++i)  // Simpson's rule
      middle[i] =
          std::log((std::exp(-below[i]) + 4 * std::exp(-half_below[i]) + 2 * std::exp(middle[i]) +
                    4 * std::exp(-half_above[i]) + std::exp(-above[i])) /
                   12);
    return middle;
  }
  Rows predicted() const {
    const NoGraph off;
    const Rows all = head_(z_).to_vector();
    const std::size_t width = head_.size();
    Rows values;
    for (std::size_t i = 0; i < all.size(); i += width) {
      const double first = takes_at(loss_, 0) == Takes::log_rate ? std::exp(all[i]) : all[i];
      values.push_back(width == 1 ? first : loss_.expected({all.data() + i, width}));
    }
    return values;
  }

 private:
  Tensor each(const Tensor& z, const Tensor& y) const {
    const Tensor columns = head_(z);
    if (instead_) return instead_(columns, y);
    return loss_
        .each(Inputs(predictions_for(loss_, columns)), target_for(loss_, y, columns.size(1)))
        .reshape({z.size(0)});
  }

  const QuickRows& rows_;
  Loss loss_;
  Head head_;
  QuickModel model_;
  std::function<Tensor(const Tensor&, const Tensor&)> instead_;
  Tensor z_;
};

double mean_of(const Rows& values, const Tensor& weight) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double w = weight.data<double>()[i];
    sum += w * values[i];
    total += w;
  }
  return sum / total;
}

class Families {
 public:
  Families(const QuickRows& rows, const TargetFacts& facts) : rows_(rows), facts_(facts) {
    const double deviation = std::sqrt(facts.variance);
    // Numbers in steps cannot be known better than to the deviation of rounding.
    scale_floor_ = std::max(1e-6 * deviation, facts.step / std::sqrt(12.0));
  }

  std::vector<Candidate> fit() {
    if (facts_.zeros_and_more() || facts_.shares_with_ends()) {
      if (facts_.shares_with_ends()) {
        add("bce", "the cross-entropy of shares: a mean between 0 and 1", 0, "bce", 1, false);
        if (!all_.empty()) all_.back().further = "--task numbers";
      } else tweedie();
      add("mse", "", 0, "mse", 1, false);
      add("mae", "", 0, "mae", 1, false);
      return std::move(all_);
    }
    of_errors();
    if (facts_.positive()) of_positive();
    if (facts_.low > 0 && facts_.high < 1)
      add("beta_nll", "a beta distribution", 2, "beta_nll", 1, true);
    if (facts_.counts()) of_counts();
    return std::move(all_);
  }

 private:
  // The same names for all: a loss that cannot be fitted here is left out.
  void add(const std::string& loss, const std::string& name, int parameters,
           const std::string& spec, std::int64_t driven, bool likely, double step = 0) {
    try {
      Fitted fitted(rows_, spec, driven);
      if (!likely) fitted.in_units();
      fitted.fit();
      take(fitted, {.loss = loss, .name = name, .parameters = parameters}, likely, step);
    } catch (const DataError&) {
    } catch (const NumericError&) {
    }
  }

  // Of two of a name (a scale for all, a scale by row) the likelier one stays.
  void take(const Fitted& fitted, Candidate candidate, bool likely, double step) {
    candidate.predicted = fitted.predicted();
    if (likely) candidate.log_likelihood = fitted.log_likelihood(step);
    const auto finite = [](double v) { return std::isfinite(v); };
    if (!std::ranges::all_of(candidate.predicted, finite)) return;
    // What cannot be is as unlikely as a double can say.
    for (double& v : candidate.log_likelihood)
      if (!finite(v)) v = -700;
    const auto same = std::ranges::find(all_, candidate.loss, &Candidate::loss);
    if (same == all_.end()) all_.push_back(std::move(candidate));
    else if (mean_of(candidate.log_likelihood, rows_.weight()) >
             mean_of(same->log_likelihood, rows_.weight()))
      *same = std::move(candidate);
  }

  std::string floor() const { return fmt::format("eps={}", print_option(scale_floor_)); }

  void of_errors() {
    const double step = facts_.step;
    const std::string variance =
        fmt::format("gaussian_nll:full=true,eps={}", print_option(scale_floor_ * scale_floor_));
    add("mse", "a normal distribution of one spread", 1, variance, 1, true, step);
    add("mae", "a Laplace distribution of one spread", 1, "laplace_nll:" + floor(), 1, true, step);
    add("gaussian_nll", "a normal distribution whose spread depends on the inputs", 3, variance, 0,
        true, step);
    const Rows errors = pilot_errors();
    if (errors.empty()) return;
    const ErrorShape shape = shape_of(errors, rows_.weight().to_vector());
    const std::string df = decimal(shape.df, 3);
    const std::string student = fmt::format("student_t_nll:df={},{}", df, floor());
    const std::string named = "student_t_nll:df=" + df;
    const std::string what = "Student's t with df = " + df;
    add(named, what, 2, student, 1, true, step);
    add(named, what + ", its spread by the inputs", 4, student, 0, true, step);
    huber(shape);
  }

  Rows pilot_errors() const {
    try {
      Fitted pilot(rows_, "student_t_nll:df=3," + floor(), 1);
      pilot.fit();
      Rows errors = pilot.predicted();
      for (std::size_t i = 0; i < errors.size(); ++i)
        errors[i] = rows_.target().data<double>()[i] - errors[i];
      const bool finite = std::ranges::all_of(errors, [](double v) { return std::isfinite(v); });
      return finite ? errors : Rows();
    } catch (const Error&) {
      return {};
    }
  }

  // exp(-huber(r / s)) over its integral: normal in the middle, Laplace's tails.
  void huber(const ErrorShape& shape) {
    const double k = shape.delta;
    const double constant =
        std::log(std::sqrt(2 * std::numbers::pi) * std::erf(k / std::sqrt(2.0)) +
                 2 / k * std::exp(-k * k / 2));
    const Loss loss = loss_from("huber:delta=" + print_option(k));
    Fitted fitted(rows_, "laplace_nll:" + floor(), 1);
    fitted.minimise([loss, constant, least = scale_floor_](const Tensor& columns, const Tensor& y) {
      const Tensor s = maximum(slice(columns, 1, 2, 1), Tensor::full({1, 1}, least, Type::f64));
      const Tensor u = (slice(columns, 0, 1, 1) - y.reshape({y.elements(), 1})) / s;
      const Tensor zero = Tensor::zeros(u.shape(), Type::f64);
      return (loss.each(u, zero) + log(s) + constant).reshape({y.elements()});
    });
    fitted.fit();
    take(fitted,
         {.loss = "huber:delta=" + decimal(k * shape.scale, 3),
          .name = "the density of huber: normal in the middle, with Laplace's tails",
          .parameters = 2},
         true, facts_.step);
  }

  void of_positive() {
    add("gamma_nll", "a gamma distribution", 2, "gamma_nll", 1, true, facts_.step);
    add("log_normal_nll", "a log-normal distribution", 2, "log_normal_nll", 1, true, facts_.step);
    add("weibull_nll", "a Weibull distribution", 2, "weibull_nll", 1, true, facts_.step);
  }

  void of_counts();
  void tweedie();

  const QuickRows& rows_;
  const TargetFacts& facts_;
  double scale_floor_ = 0;
  std::vector<Candidate> all_;
};

void Families::of_counts() {
  // Of what may be amounts the densities count as simpler: a tie says nothing for counts.
  add("negative_binomial_nll", "a negative binomial distribution", facts_.may_be_amounts() ? 3 : 1,
      "negative_binomial_nll", 1, true);
  if (facts_.zeros > 0)
    add("zero_inflated_poisson", "a Poisson distribution with zeros of another origin", 1,
        "zero_inflated_poisson", 1, true);
  Fitted fitted(rows_, "poisson_nll", 1);
  fitted.fit();
  Candidate poisson{.loss = "poisson_nll", .name = "a Poisson distribution", .parameters = 0};
  poisson.predicted = fitted.predicted();
  for (std::size_t i = 0; i < poisson.predicted.size(); ++i) {
    const double m = std::max(poisson.predicted[i], 1e-9), y = rows_.target().data<double>()[i];
    poisson.log_likelihood.push_back(y * std::log(m) - m - std::lgamma(y + 1));
  }
  all_.push_back(std::move(poisson));
}

// The power is the likeliest at the means that 1.5 gives, with Pearson's dispersion.
void Families::tweedie() {
  const auto means = [&](double power) {
    Fitted fitted(rows_, "tweedie:power=" + decimal(power, 2), 1);
    fitted.in_units();
    fitted.fit();
    return fitted.predicted();
  };
  const auto y = rows_.target().values<double>();
  const auto likelihood = [&](const Rows& mean, double power) {
    Rows pearson;
    for (std::size_t i = 0; i < mean.size(); ++i)
      pearson.push_back((y[i] - mean[i]) * (y[i] - mean[i]) / std::pow(mean[i], power));
    const double dispersion = mean_of(pearson, rows_.weight());
    Rows rows;
    for (std::size_t i = 0; i < mean.size(); ++i)
      rows.push_back(tweedie_log_density(y[i], mean[i], dispersion, power));
    return rows;
  };
  Rows mean = means(1.5);
  double best = 1.5, most = -INFINITY;
  for (int tenths = 11; tenths <= 19; ++tenths) {
    const double value = mean_of(likelihood(mean, tenths / 10.0), rows_.weight());
    if (value > most) most = value, best = tenths / 10.0;
  }
  mean = means(best);
  all_.push_back({.loss = "tweedie:power=" + decimal(best, 2),
                  .name = "Tweedie's compound Poisson distribution",
                  .parameters = 2,
                  .log_likelihood = likelihood(mean, best),
                  .predicted = mean});
}

}  // namespace

std::vector<Candidate> fit_numbers(const QuickRows& rows, const TargetFacts& facts) {
  return Families(rows, facts).fit();
}

Candidate fit_loss(const QuickRows& rows, const std::string& spec) {
  Fitted fitted(rows, spec, 0);
  fitted.in_units();
  fitted.fit();
  return {.loss = spec, .name = spec, .parameters = 0, .predicted = fitted.predicted()};
}

}  // namespace downhill::detail
