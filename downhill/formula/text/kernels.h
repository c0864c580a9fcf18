#pragma once
#include <cstdint>

#include "downhill/formula/dual_math.h"
#include "downhill/formula/lanes.h"
#include "downhill/formula/text/op.h"

// The loops of the program's instructions over one strip. Only for runner.level.cpp.

namespace downhill::text {
inline namespace DOWNHILL_LEVEL {

/// Where an operand's numbers lie; a step of 0 is one batch, over and over.
template <class T>
struct Source {
  const T* p;
  std::int64_t step;

  Lanes<T> take() {
    const Lanes<T> lanes = Lanes<T>::load(p);
    p += step;
    return lanes;
  }
};

template <class T, class F>
void each1(T* out, const Source<T>* in, std::int64_t n, F f) {
  Source<T> a = in[0];
  for (std::int64_t i = 0; i < n; i += Lanes<T>::size) f(a.take()).store(out + i);
}

template <class T, class F>
void each2(T* out, const Source<T>* in, std::int64_t n, F f) {
  Source<T> a = in[0], b = in[1];
  for (std::int64_t i = 0; i < n; i += Lanes<T>::size) {
    const Lanes<T> x = a.take();
    f(x, b.take()).store(out + i);
  }
}

// What follows is for arithmetic, where counting and loading would cost more than the work: four
// batches at a time, constants in registers.
template <class T, class Body>
void each_batch(std::int64_t n, Body body) {
  constexpr std::int64_t kBatch = Lanes<T>::size;
  std::int64_t i = 0;
  for (; i + 4 * kBatch <= n; i += 4 * kBatch) {
    body(i);
    body(i + kBatch);
    body(i + 2 * kBatch);
    body(i + 3 * kBatch);
  }
  for (; i < n; i += kBatch) body(i);
}

// Calls `body` with a function that gives the operand's batch at i.
template <class T, class Body>
void opened(const Source<T>& source, Body body) {
  if (source.step == 0) body([x = Lanes<T>::load(source.p)](std::int64_t) { return x; });
  else body([p = source.p](std::int64_t i) { return Lanes<T>::load(p + i); });
}

template <class T, class F>
void quick2(T* out, const Source<T>* in, std::int64_t n, F f) {
  opened(in[0], [&](auto a) {
    opened(in[1], [&](auto b) {
      each_batch<T>(n, [&](std::int64_t i) { f(a(i), b(i)).store(out + i); });
    });
  });
}

template <class T, class F>
void quick4(T* out, const Source<T>* in, std::int64_t n, F f) {
  opened(in[0], [&](auto a) {
    opened(in[1], [&](auto b) {
      opened(in[2], [&](auto c) {
        opened(in[3], [&](auto d) {
          each_batch<T>(n, [&](std::int64_t i) { f(a(i), b(i), c(i), d(i)).store(out + i); });
        });
      });
    });
  });
}

template <class T>
void choose(T* out, const Source<T>* in, std::int64_t n) {
  Source<T> a = in[0], b = in[1], c = in[2];
  for (std::int64_t i = 0; i < n; i += Lanes<T>::size) {
    const Lanes<T> condition = a.take(), yes = b.take();
    where(condition != Lanes<T>(0.0), yes, c.take()).store(out + i);
  }
}

/// Truth values are kept as 1 and 0.
template <class T>
Lanes<T> kept(Mask<T> mask) {
  return where(mask, 1.0, 0.0);
}

template <class T>
void power(T* out, const Source<T>* in, std::int64_t n) {
  using L = Lanes<T>;
  if (in[1].step != 0) return each2(out, in, n, [](L a, L b) { return pow(a, b); });
  const double exponent = static_cast<double>(*in[1].p);
  each1(out, in, n, [exponent](L a) { return pow(a, exponent); });
}

template <class T>
void execute_function(Op op, T* out, const Source<T>* in, std::int64_t n) {
  using L = Lanes<T>;
  switch (op) {
    case Op::neg:
      return each1(out, in, n, [](L a) { return -a; });
#define ROW(name, slope) \
  case Op::name:         \
    return each1(out, in, n, [](L a) { return name(a); });
      DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW
    default:
      return each1(out, in, n, [](L a) { return L(1.0) - a; });  // opposite
  }
}

/// One instruction over n numbers, n a multiple of the batch.
template <class T>
void execute(Op op, T* out, const Source<T>* in, std::int64_t n) {
  using L = Lanes<T>;
  switch (op) {
    case Op::add:
      return quick2(out, in, n, [](L a, L b) { return a + b; });
    case Op::sub:
      return quick2(out, in, n, [](L a, L b) { return a - b; });
    case Op::mul:
      return quick2(out, in, n, [](L a, L b) { return a * b; });
    case Op::div:
      return quick2(out, in, n, [](L a, L b) { return a / b; });
    case Op::min:
      return quick2(out, in, n, [](L a, L b) { return min(a, b); });
    case Op::max:
      return quick2(out, in, n, [](L a, L b) { return max(a, b); });
    case Op::pow:
      return power(out, in, n);
    case Op::less:
      return quick2(out, in, n, [](L a, L b) { return kept(a < b); });
    case Op::less_equal:
      return quick2(out, in, n, [](L a, L b) { return kept(a <= b); });
    case Op::equal:
      return quick2(out, in, n, [](L a, L b) { return kept(a == b); });
    case Op::both:
      return quick2(out, in, n, [](L a, L b) { return a * b; });
    case Op::either:
      return quick2(out, in, n, [](L a, L b) { return where(a != L(0.0), a, b); });
    case Op::where:
      return choose(out, in, n);
    case Op::where_less:
      return quick4(out, in, n, [](L a, L b, L c, L d) { return where(a < b, c, d); });
    case Op::where_less_equal:
      return quick4(out, in, n, [](L a, L b, L c, L d) { return where(a <= b, c, d); });
    case Op::where_equal:
      return quick4(out, in, n, [](L a, L b, L c, L d) { return where(a == b, c, d); });
    default:
      return execute_function(op, out, in, n);
  }
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill::text
