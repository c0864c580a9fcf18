#pragma once
#include "downhill/ops/elementwise.h"
#include "tests/contracts/loss_case.h"
#include "tests/oracle/loss_numbers.h"

namespace downhill {
namespace contract {

inline Real real(double x) { return static_cast<Real>(x); }

/// A loss of two predictions: item(first, second, target).
template <class F>
Case pair_case(std::string name, Loss loss, const Tensor& a, const Tensor& b, const Tensor& y,
               F item) {
  return {std::move(name),
          std::move(loss),
          {a, b},
          y,
          [y = reals(y), item](const std::vector<Reals>& x, const Reals& w) {
            Real total = 0;
            for (std::size_t i = 0; i < y.size(); ++i) total += w[i] * item(x[0][i], x[1][i], y[i]);
            return total;
          }};
}

inline std::vector<Case> robust_cases() {
  const Tensor y = points({13}, 1), p = away_from_kinks(y, 0), far = points({13}, 71, -9, 9);
  std::vector<Case> all;
  const auto add = [&](const char* name, Loss loss, const Tensor& x, auto item) {
    all.push_back(pointwise_case(name, std::move(loss), x, y, item));
  };
  using oracle::barron;
  for (const Tensor& x : {y, p, far}) {
    add("log_cosh", LogCosh{}, x, [](Real a, Real t) { return oracle::log_cosh(a, t); });
    add("pseudo_huber", PseudoHuber{.delta = 0.7}, x,
        [](Real a, Real t) { return oracle::pseudo_huber(a, t, real(0.7)); });
    add("linex", Linex{.a = -0.8}, x,
        [](Real a, Real t) { return oracle::linex(a, t, real(-0.8)); });
    add("cauchy", Cauchy{.c = 1.5}, x,
        [](Real a, Real t) { return oracle::cauchy(a, t, real(1.5)); });
    add("welsch", Welsch{.c = 2.5}, x,
        [](Real a, Real t) { return oracle::welsch(a, t, real(2.5)); });
    add("geman_mcclure", GemanMcClure{.c = 1.5}, x,
        [](Real a, Real t) { return oracle::geman_mcclure(a, t, real(1.5)); });
    for (const double alpha : {2.0, 1.0, 0.5, 0.0, -2.0, -7.5})
      add("barron", Barron{.alpha = alpha, .c = 1.5}, x,
          [=](Real a, Real t) { return barron(a, t, real(alpha), real(1.5)); });
  }
  add("tukey", Tukey{.c = 2}, away_from_kinks(y, 2),
      [](Real a, Real t) { return oracle::tukey(a, t, 2); });
  add("fair", Fair{.c = 1.2}, p, [](Real a, Real t) { return oracle::fair(a, t, real(1.2)); });
  return all;
}

inline std::vector<Case> error_cases() {
  const Tensor y = points({13}, 1), p = away_from_kinks(y, 0), far = points({13}, 71, 1, 9);
  std::vector<Case> all;
  const auto add = [&](const char* name, Loss loss, const Tensor& x, const Tensor& t, auto item) {
    all.push_back(pointwise_case(name, std::move(loss), x, t, item));
  };
  for (const double power : {1.0, 1.5, 2.0, 3.5})
    add("lp", Lp{.p = power}, p, y, [=](Real a, Real t) { return oracle::lp(a, t, real(power)); });
  add("expectile", Expectile{.quantile = 0.8}, p, y,
      [](Real a, Real t) { return oracle::expectile(a, t, real(0.8)); });
  add("epsilon_insensitive", EpsilonInsensitive{.epsilon = 0.6}, away_from_kinks(y, 0.6), y,
      [](Real a, Real t) { return oracle::epsilon_insensitive(a, t, real(0.6)); });
  add("mape", MAPE{.eps = 0.3}, p, y, [](Real a, Real t) { return oracle::mape(a, t, real(0.3)); });
  add("smape", SMAPE{}, far, points({13}, 72, -3, 0.8),
      [](Real a, Real t) { return oracle::smape(a, t); });
  add("smape", SMAPE{}, far, points({13}, 72, 10, 20),
      [](Real a, Real t) { return oracle::smape(a, t); });
  add("msle", MSLE{}, far, points({13}, 73, -0.9, 5),
      [](Real a, Real t) { return oracle::msle(a, t); });
  return all;
}

/// x (1 + share u) with u from -1 to 1.
inline Tensor near(const Tensor& x, double share) {
  std::vector<double> moved = x.to_vector();
  const std::vector<double> u = points({x.elements()}, 83, -1, 1).to_vector();
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] *= 1 + share * u[i];
  return Tensor::from(moved, x.shape());
}

inline std::vector<Case> distribution_cases() {
  const Tensor y = points({13}, 1), a = away_from_kinks(y, 0), positive = points({13}, 74, 0.3, 4),
               scale = points({13}, 75, 0.4, 3), inside = points({13}, 76, 0.05, 0.95),
               counts = labels({13}, 9, 77).to(Type::f64), odds = points({13}, 78, -3, 3);
  std::vector<Case> all = {
      pair_case("laplace_nll", LaplaceNLL{}, a, scale, y, oracle::laplace_nll),
      pair_case("gamma_nll", GammaNLL{}, positive, scale, points({13}, 79, 0.1, 9),
                oracle::gamma_nll),
      pair_case("gamma_nll of large shapes", GammaNLL{}, positive, points({13}, 80, 8, 300),
                points({13}, 79, 0.3, 5), oracle::gamma_nll),
      pair_case("gamma_nll nearly certain", GammaNLL{}, positive, points({13}, 80, 1e6, 1e9),
                near(positive, 0.05), oracle::gamma_nll),
      pair_case("log_normal_nll", LogNormalNLL{}, a, scale, positive, oracle::log_normal_nll),
      pair_case("beta_nll", BetaNLL{}, odds, points({13}, 81, 0.5, 40), inside, oracle::beta_nll),
      pair_case("beta_nll nearly certain", BetaNLL{}, odds, points({13}, 81, 1e4, 1e7),
                near(sigmoid(odds), 0.05), oracle::beta_nll),
      pair_case("negative_binomial_nll", NegativeBinomialNLL{}, positive, scale, counts,
                oracle::negative_binomial_nll),
      pair_case("negative_binomial_nll nearly Poisson", NegativeBinomialNLL{}, positive,
                points({13}, 82, 0.002, 0.09), counts, oracle::negative_binomial_nll),
      pair_case("negative_binomial_nll as good as Poisson", NegativeBinomialNLL{}, positive,
                points({13}, 82, 1e-6, 1e-4), counts, oracle::negative_binomial_nll),
      pair_case("zero_inflated_poisson", ZeroInflatedPoisson{}, positive, odds, counts,
                oracle::zero_inflated_poisson),
      pair_case("zero_inflated_poisson of zeros", ZeroInflatedPoisson{}, positive, odds,
                Tensor::zeros({13}, Type::f64), oracle::zero_inflated_poisson),
      pair_case("weibull_nll", WeibullNLL{}, positive, scale, points({13}, 79, 0.2, 5),
                oracle::weibull_nll),
      pair_case("crps_normal", CRPSNormal{}, a, scale, y, oracle::crps_normal)};
  for (const double df : {0.5, 4.0, 30.0})
    all.push_back(pair_case(
        "student_t_nll", StudentTNLL{.df = df}, a, scale, y,
        [=](Real l, Real s, Real t) { return oracle::student_t_nll(l, s, t, real(df)); }));
  for (const bool log_input : {true, false})
    all.push_back(pointwise_case(
        "tweedie", Tweedie{.power = 1.3, .log_input = log_input}, log_input ? odds : positive,
        counts, [=](Real x, Real t) { return oracle::tweedie(x, t, real(1.3), log_input); }));
  return all;
}

}  // namespace contract
}  // namespace downhill
