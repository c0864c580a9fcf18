#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <type_traits>

// The oracles' number: 113 bits (the quad precision of libquadmath, about 34 digits) that carry
// exact derivatives, so that nothing is lost to differences.

namespace oracle {

__extension__ typedef __float128 Quad;

template <class T>
concept Plain = std::is_arithmetic_v<T>;

/// A number f of the oracle with its derivatives by one input x_i and along one direction u, and
/// with the second derivative by both: of a sum over the inputs the last is (H u)_i. Also the
/// largest number that was added on the way to f, carried through the formula by its slopes: what
/// a rounding of one unit at any addition can do to f.
struct Real {
  Quad value = 0;
  Quad by_input = 0;
  Quad along = 0;
  Quad both = 0;
  double term = 0;

  Real() = default;
  template <Plain T>
  Real(T x) : value(static_cast<Quad>(x)), term(std::abs(static_cast<double>(x))) {}
  Real(Quad f, Quad f_input, Quad f_along, Quad f_both, double largest)
      : value(f), by_input(f_input), along(f_along), both(f_both), term(largest) {}

  template <Plain T>
  explicit operator T() const {
    return static_cast<T>(value);
  }
  bool constant() const { return by_input == 0 && along == 0 && both == 0; }

  Real& operator+=(const Real& b);
  Real& operator-=(const Real& b);
  Real& operator*=(const Real& b);
  Real& operator/=(const Real& b);
};

inline Quad magnitude(Quad x) { return x < 0 ? -x : x; }
/// 0 times anything is 0: a number that does not move takes nothing from an endless slope.
inline Quad times(Quad a, Quad b) { return a == 0 || b == 0 ? 0 : a * b; }

/// f(x) from f, f' and f'' at x.
inline Real chain(const Real& x, Quad f, Quad slope, Quad curvature) {
  const double size = static_cast<double>(magnitude(f)),
               carried = static_cast<double>(times(magnitude(slope), x.term));
  return {f, times(slope, x.by_input), times(slope, x.along),
          times(slope, x.both) + times(curvature, times(x.by_input, x.along)),
          std::max(size, carried)};
}

inline Real operator-(const Real& a) { return {-a.value, -a.by_input, -a.along, -a.both, a.term}; }
inline Real operator+(const Real& a, const Real& b) {
  return {a.value + b.value, a.by_input + b.by_input, a.along + b.along, a.both + b.both,
          std::max(a.term, b.term)};
}
inline Real operator-(const Real& a, const Real& b) { return a + -b; }
inline Real operator*(const Real& a, const Real& b) {
  return {a.value * b.value, times(a.by_input, b.value) + times(a.value, b.by_input),
          times(a.along, b.value) + times(a.value, b.along),
          times(a.both, b.value) + times(a.by_input, b.along) + times(a.along, b.by_input) +
              times(a.value, b.both),
          static_cast<double>(
              std::max(times(magnitude(a.value), b.term), times(magnitude(b.value), a.term)))};
}
inline Real operator/(const Real& a, const Real& b) {
  const Quad inverse = 1 / b.value, square = inverse * inverse;
  return a * chain(b, inverse, -square, 2 * square * inverse);
}
inline Real& Real::operator+=(const Real& b) { return *this = *this + b; }
inline Real& Real::operator-=(const Real& b) { return *this = *this - b; }
inline Real& Real::operator*=(const Real& b) { return *this = *this * b; }
inline Real& Real::operator/=(const Real& b) { return *this = *this / b; }

/// The number alone, as a constant.
inline Real held(Quad x) { return {x, 0, 0, 0, static_cast<double>(magnitude(x))}; }

inline bool operator==(const Real& a, const Real& b) { return a.value == b.value; }
inline bool operator<(const Real& a, const Real& b) { return a.value < b.value; }
inline bool operator>(const Real& a, const Real& b) { return a.value > b.value; }
inline bool operator<=(const Real& a, const Real& b) { return a.value <= b.value; }
inline bool operator>=(const Real& a, const Real& b) { return a.value >= b.value; }

}  // namespace oracle
