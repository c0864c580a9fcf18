// Small matrix products: op(B) is packed into rows padded to whole lanes, then four rows of C by
// two lanes of columns are kept in registers while k runs.
#include <algorithm>
#include <array>
#include <utility>

#include "downhill/formula/lanes.h"
#include "downhill/tensor/product.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

using Index = std::int64_t;

template <class T>
struct Operand {
  T* data;
  Index row, column;  // strides
  Operand transposed() const { return {data, column, row}; }
};

// f(0), ..., f(N - 1) with constants, so that small arrays stay in registers at any -O.
template <int N, class F>
[[gnu::always_inline]] inline void unrolled(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>()), ...);
  }
  (std::make_integer_sequence<int, N>());
}

template <class T>
void put(typename Lanes<T>::Batch value, T beta, const Operand<T>& c, Index i, Index j, Index n) {
  constexpr Index kLanes = Lanes<T>::size;
  T* to = c.data + i * c.row + j * c.column;
  if (c.column == 1 && j + kLanes <= n) {
    if (beta != 0)
      value = value + typename Lanes<T>::Batch(beta) * Lanes<T>::Batch::load_unaligned(to);
    value.store_unaligned(to);
    return;
  }
  alignas(64) T out[static_cast<std::size_t>(kLanes)];
  value.store_aligned(out);
  for (Index q = 0; q < std::min(kLanes, n - j); ++q, to += c.column)
    *to = beta == 0 ? out[q] : out[q] + beta * *to;
}

// C[i .. i+Rows, j .. j+Wide lanes) = alpha A B + beta C.
template <class T, int Rows, int Wide>
void corner(const Operand<const T>& a, const Operand<const T>& panel, const Product& p, T alpha,
            T beta, const Operand<T>& c, Index i, Index j) {
  using B = typename Lanes<T>::Batch;
  constexpr int kLanes = static_cast<int>(Lanes<T>::size);
  B sum[Rows][Wide];
  unrolled<Rows>([&](auto r) { unrolled<Wide>([&](auto w) { sum[r][w] = B(T(0)); }); });
  const T* b = panel.data + j;
  const T* from = a.data + i * a.row;
  for (Index l = 0; l < p.k; ++l, b += panel.row, from += a.column) {
    B right[Wide];
    unrolled<Wide>([&](auto w) { right[w] = B::load_unaligned(b + w * kLanes); });
    unrolled<Rows>([&](auto r) {
      const B left(from[r * a.row]);
      unrolled<Wide>([&](auto w) { sum[r][w] = xsimd::fma(left, right[w], sum[r][w]); });
    });
  }
  unrolled<Rows>([&](auto r) {
    unrolled<Wide>(
        [&](auto w) { put<T>(sum[r][w] * B(alpha), beta, c, i + r, j + w * kLanes, p.n); });
  });
}

template <class T, int Wide>
void columns(const Operand<const T>& a, const Operand<const T>& panel, const Product& p, T alpha,
             T beta, const Operand<T>& c, Index j) {
  Index i = 0;
  for (; i + 4 <= p.m; i += 4) corner<T, 4, Wide>(a, panel, p, alpha, beta, c, i, j);
  for (; i < p.m; ++i) corner<T, 1, Wide>(a, panel, p, alpha, beta, c, i, j);
}

template <class T>
void tiny(const Operand<const T>& a, const Operand<const T>& b, const Product& p, T alpha, T beta,
          const Operand<T>& c) {
  for (Index i = 0; i < p.m; ++i) {
    for (Index j = 0; j < p.n; ++j) {
      T sum = 0;
      for (Index l = 0; l < p.k; ++l)
        sum += a.data[i * a.row + l * a.column] * b.data[l * b.row + j * b.column];
      T& to = c.data[i * c.row + j * c.column];
      to = beta == 0 ? alpha * sum : alpha * sum + beta * to;
    }
  }
}

// op(B) with rows that are whole lanes long, in `memory` unless it is so already.
template <class T>
Operand<const T> padded(const Operand<const T>& b, const Product& p, T* memory, Index stride) {
  if (b.column == 1 && stride == p.n) return b;
  for (Index l = 0; l < p.k; ++l)
    for (Index j = p.n; j < stride; ++j) memory[l * stride + j] = 0;
  if (b.column == 1) {
    for (Index l = 0; l < p.k; ++l) std::copy_n(b.data + l * b.row, p.n, memory + l * stride);
  } else {
    for (Index j = 0; j < p.n; ++j)
      for (Index l = 0; l < p.k; ++l) memory[l * stride + j] = b.data[l * b.row + j * b.column];
  }
  return {memory, stride, 1};
}

template <class T>
void small(const Product& given, T alpha, const T* a, const T* b, T beta, T* c) {
  constexpr Index kLanes = Lanes<T>::size;
  Product p = given;
  Operand<const T> left{a, p.transpose_a ? 1 : p.k, p.transpose_a ? p.m : 1};
  Operand<const T> right{b, p.transpose_b ? 1 : p.n, p.transpose_b ? p.k : 1};
  Operand<T> to{c, p.n, 1};
  if (p.n < 4 && p.m >= 4) {  // lanes run along the longer side: C^T = op(B)^T op(A)^T
    std::swap(p.m, p.n);
    std::swap(left, right);
    left = left.transposed(), right = right.transposed(), to = to.transposed();
  }
  constexpr Index kPanel = 16384;
  const Index stride = (p.n + kLanes - 1) / kLanes * kLanes;
  if (p.m * p.n * p.k <= 64 || p.n < 4 || stride * p.k > kPanel)
    return tiny(left, right, p, alpha, beta, to);

  alignas(64) std::array<T, static_cast<std::size_t>(kPanel)> memory;
  const Operand<const T> panel = padded(right, p, memory.data(), stride);
  Index j = 0;
  for (; j + 2 * kLanes <= stride; j += 2 * kLanes)
    columns<T, 2>(left, panel, p, alpha, beta, to, j);
  if (j < stride) columns<T, 1>(left, panel, p, alpha, beta, to, j);
}

constexpr detail::SmallProducts kSmallProducts{small<float>, small<double>};

}  // namespace

}  // namespace DOWNHILL_LEVEL

template <>
const detail::SmallProducts& detail::level_small_products<kLevel>() {
  return kSmallProducts;
}

}  // namespace downhill
