#pragma once
#include "tests/oracle/real.h"

// Functions of the oracles' number. Values are libquadmath's; slopes and curvatures stand here.

namespace oracle {

/// libquadmath, which has no header that clang finds.
namespace quad {
extern "C" {
Quad acosq(Quad);
Quad atanq(Quad);
Quad cosq(Quad);
Quad coshq(Quad);
Quad erfcq(Quad);
Quad expq(Quad);
Quad lgammaq(Quad);
Quad log1pq(Quad);
Quad logq(Quad);
Quad powq(Quad, Quad);
Quad sinq(Quad);
Quad sinhq(Quad);
Quad sqrtq(Quad);
}

/// Digamma and trigamma: by recurrence to above 40, then by 15 terms of their asymptotic series
/// (Abramowitz and Stegun, 6.3.18 and 6.4.12), whose next is below 1e-41 there.
struct Gamma {
  Quad first = 0, second = 0;
};
inline Gamma gamma_slopes(Quad x) {
  constexpr long long above[] = {1,      -1,         1,       -1,           5,
                                 -691,   7,          -3617,   43867,        -174611,
                                 854513, -236364091, 8553103, -23749461029, 8615841276005};
  constexpr long long below[] = {6,   30,  42,  30,   66, 2730, 6,    510,
                                 798, 330, 138, 2730, 6,  870,  14322};
  Gamma g;
  for (; x < 40; x += 1) {
    g.first -= 1 / x;
    g.second += 1 / (x * x);
  }
  const Quad square = x * x;
  g.first += logq(x) - 1 / (2 * x);
  g.second += 1 / x + 1 / (2 * square);
  Quad power = 1;
  for (int k = 0; k < 15; ++k) {
    power /= square;
    const Quad bernoulli = static_cast<Quad>(above[k]) / static_cast<Quad>(below[k]);
    g.first -= bernoulli * power / (2 * (k + 1));
    g.second += bernoulli * power / x;
  }
  return g;
}
}  // namespace quad

inline Real pi() { return held(quad::acosq(-1)); }

inline Real exp(const Real& x) {
  const Quad f = quad::expq(x.value);
  return chain(x, f, f, f);
}
inline Real log(const Real& x) {
  return chain(x, quad::logq(x.value), 1 / x.value, -1 / (x.value * x.value));
}
inline Real log1p(const Real& x) {
  const Quad inverse = 1 / (1 + x.value);
  return chain(x, quad::log1pq(x.value), inverse, -inverse * inverse);
}
inline Real sqrt(const Real& x) {
  const Quad root = quad::sqrtq(x.value), slope = 1 / (2 * root);
  return chain(x, root, slope, -slope / (2 * x.value));
}
/// 0 at 0, as the losses have it.
inline Real fabs(const Real& x) { return x.value == 0 ? Real(0) : x.value < 0 ? -x : x; }
inline Real abs(const Real& x) { return fabs(x); }

/// x^power; a power that moves needs an x above 0.
inline Real pow(const Real& x, const Real& power) {
  if (!power.constant()) return exp(power * log(x));
  const Quad p = power.value, first = times(p, quad::powq(x.value, p - 1)),
             second = p * (p - 1) == 0 ? 0 : p * (p - 1) * quad::powq(x.value, p - 2);
  return chain(x, quad::powq(x.value, p), first, second);
}
inline Real cosh(const Real& x) {
  const Quad f = quad::coshq(x.value);
  return chain(x, f, quad::sinhq(x.value), f);
}
inline Real cos(const Real& x) {
  const Quad f = quad::cosq(x.value);
  return chain(x, f, -quad::sinq(x.value), -f);
}
inline Real sin(const Real& x) {
  const Quad f = quad::sinq(x.value);
  return chain(x, f, quad::cosq(x.value), -f);
}
inline Real acos(const Real& x) {
  const Quad rest = 1 - x.value * x.value, slope = -1 / quad::sqrtq(rest);
  return chain(x, quad::acosq(x.value), slope, slope * x.value / rest);
}
inline Real atan(const Real& x) {
  const Quad slope = 1 / (1 + x.value * x.value);
  return chain(x, quad::atanq(x.value), slope, -2 * x.value * slope * slope);
}
inline Real erfc(const Real& x) {
  const Quad slope = -2 / quad::sqrtq(pi().value) * quad::expq(-x.value * x.value);
  return chain(x, quad::erfcq(x.value), slope, -2 * x.value * slope);
}
inline Real lgamma(const Real& x) {
  const quad::Gamma g = quad::gamma_slopes(x.value);
  return chain(x, quad::lgammaq(x.value), g.first, g.second);
}

}  // namespace oracle
