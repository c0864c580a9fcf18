// Small matrix products: op(B) is packed into rows padded to whole lanes, then four rows of C by
// two lanes of columns are kept in registers while k runs.
#include <array>

#include "downhill/formula/lanes.h"
#include "downhill/tensor/product.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

using Index = std::int64_t;

template <class T>
struct Operand {
  const T* data;
  Index row, column;  // strides
};

// C[i .. i+Rows, j .. j+Wide lanes) = alpha A B + beta C.
template <class T, int Rows, int Wide>
[[gnu::always_inline]] inline void corner(const Operand<T>& a, const T* panel, Index stride,
                                          Index k, T alpha, T beta, T* c, Index n, Index i,
                                          Index j) {
  using B = typename Lanes<T>::Batch;
  constexpr Index kLanes = Lanes<T>::size;
  B sum[Rows][Wide];
  for (auto& row : sum)
    for (auto& s : row) s = B(T(0));
  const T* b = panel + j;
  for (Index l = 0; l < k; ++l, b += stride) {
    B right[Wide];
    for (int w = 0; w < Wide; ++w) right[w] = B::load_unaligned(b + w * kLanes);
    for (int r = 0; r < Rows; ++r) {
      const B left(a.data[(i + r) * a.row + l * a.column]);
      for (int w = 0; w < Wide; ++w) sum[r][w] = xsimd::fma(left, right[w], sum[r][w]);
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int w = 0; w < Wide; ++w) {
      alignas(64) T out[static_cast<std::size_t>(kLanes)];
      (sum[r][w] * B(alpha)).store_aligned(out);
      const Index first = j + w * kLanes, live = std::min(kLanes, n - first);
      T* to = c + (i + r) * n + first;
      for (Index q = 0; q < live; ++q) to[q] = beta == 0 ? out[q] : out[q] + beta * to[q];
    }
  }
}

template <class T, int Wide>
void columns(const Operand<T>& a, const T* panel, Index stride, const Product& p, T alpha, T beta,
             T* c, Index j) {
  Index i = 0;
  for (; i + 4 <= p.m; i += 4)
    corner<T, 4, Wide>(a, panel, stride, p.k, alpha, beta, c, p.n, i, j);
  for (; i < p.m; ++i) corner<T, 1, Wide>(a, panel, stride, p.k, alpha, beta, c, p.n, i, j);
}

template <class T>
void tiny(const Operand<T>& a, const Operand<T>& b, const Product& p, T alpha, T beta, T* c) {
  for (Index i = 0; i < p.m; ++i) {
    for (Index j = 0; j < p.n; ++j) {
      T sum = 0;
      for (Index l = 0; l < p.k; ++l)
        sum += a.data[i * a.row + l * a.column] * b.data[l * b.row + j * b.column];
      T& to = c[i * p.n + j];
      to = beta == 0 ? alpha * sum : alpha * sum + beta * to;
    }
  }
}

template <class T>
void small(const Product& p, T alpha, const T* a, const T* b, T beta, T* c) {
  constexpr Index kLanes = Lanes<T>::size;
  const Operand<T> left{a, p.transpose_a ? 1 : p.k, p.transpose_a ? p.m : 1};
  const Operand<T> right{b, p.transpose_b ? 1 : p.n, p.transpose_b ? p.k : 1};
  if (p.m * p.n * p.k <= 64 || p.n < 4) return tiny(left, right, p, alpha, beta, c);

  const Index stride = (p.n + kLanes - 1) / kLanes * kLanes;
  constexpr Index kPanel = 16384;
  alignas(64) std::array<T, static_cast<std::size_t>(kPanel)> panel;
  if (stride * p.k > kPanel) return tiny(left, right, p, alpha, beta, c);
  for (Index l = 0; l < p.k; ++l) {
    T* row = panel.data() + l * stride;
    for (Index j = 0; j < p.n; ++j) row[j] = b[l * right.row + j * right.column];
    for (Index j = p.n; j < stride; ++j) row[j] = 0;
  }
  Index j = 0;
  for (; j + 2 * kLanes <= stride; j += 2 * kLanes)
    columns<T, 2>(left, panel.data(), stride, p, alpha, beta, c, j);
  if (j < stride) columns<T, 1>(left, panel.data(), stride, p, alpha, beta, c, j);
}

constexpr detail::SmallProducts kSmallProducts{small<float>, small<double>};

}  // namespace

const detail::SmallProducts& level_small_products();
const detail::SmallProducts& level_small_products() { return kSmallProducts; }

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
