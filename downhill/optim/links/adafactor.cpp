#include "downhill/optim/links/adafactor.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/core/parallel.h"
#include "downhill/optim/context.h"
#include "downhill/optim/detail/block_sum.h"

namespace downhill {
namespace {

constexpr std::int64_t kColumns = 512;  // of one task: a few cache lines of every row

// The matrices of the last two axes, one after the other.
struct Layout {
  std::int64_t batch, rows, columns;
  explicit Layout(const Shape& shape) : batch(1), rows(shape[-2]), columns(shape[-1]) {
    for (int axis = 0; axis + 2 < shape.rank(); ++axis) batch *= shape[axis];
  }
};

// root = sqrt((1 - share) root^2 + share mean)
template <class T>
void learn(T& root, double share, double mean) {
  const double r = static_cast<double>(root);
  root = static_cast<T>(std::sqrt(r * r + share * (mean - r * r)));
}

// The roots of the running means of g^2 over columns and over rows.
template <class T>
void learn_factors(const Layout& m, const T* g, T* row, T* column, double share) {
  const bool worth_it = m.batch * m.rows * m.columns >= kParallelThreshold;
  parallel_for(m.batch * m.rows, worth_it, [&](std::int64_t r) {
    double sum = 0;
    for (const T* x = g + r * m.columns; x < g + (r + 1) * m.columns; ++x)
      sum += static_cast<double>(*x) * static_cast<double>(*x);
    learn(row[r], share, sum / static_cast<double>(m.columns));
  });
  const std::int64_t tiles = blocks(m.columns, kColumns);
  parallel_for(m.batch * tiles, worth_it, [&](std::int64_t task) {
    const std::int64_t b = task / tiles, first = task % tiles * kColumns;
    const std::int64_t count = std::min(kColumns, m.columns - first);
    double sums[kColumns] = {};
    for (std::int64_t r = 0; r < m.rows; ++r) {
      const T* x = g + (b * m.rows + r) * m.columns + first;
      for (std::int64_t i = 0; i < count; ++i)
        sums[i] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    for (std::int64_t i = 0; i < count; ++i)
      learn(column[b * m.columns + first + i], share, sums[i] / static_cast<double>(m.rows));
  });
}

// g over the roots of R C / mean R, in d.
template <class T>
void divide_by_factors(const Layout& m, T* d, const T* row, const T* column, double eps) {
  for (std::int64_t b = 0; b < m.batch; ++b) {
    double mean = 0;
    for (std::int64_t r = 0; r < m.rows; ++r) {
      const double root = static_cast<double>(row[b * m.rows + r]);
      mean += root * root;
    }
    const double size = std::sqrt(std::max(mean / static_cast<double>(m.rows), eps));
    parallel_for(m.rows, m.rows * m.columns >= kParallelThreshold, [&](std::int64_t r) {
      const double factor = static_cast<double>(row[b * m.rows + r]) / size;
      T* x = d + (b * m.rows + r) * m.columns;
      for (std::int64_t i = 0; i < m.columns; ++i) {
        const double root = factor * static_cast<double>(column[b * m.columns + i]);
        x[i] = static_cast<T>(static_cast<double>(x[i]) / std::max(root, eps));
      }
    });
  }
}

template <class T>
double root_mean_square(const Tensor& tensor) {
  const T* x = tensor.data<T>();
  const double sum = detail::block_sum(tensor.elements(), [&](std::int64_t i) {
    return static_cast<double>(x[i]) * static_cast<double>(x[i]);
  });
  return std::sqrt(sum / static_cast<double>(std::max<std::int64_t>(tensor.elements(), 1)));
}

}  // namespace

StateShapes ScaleByAdafactor::states(const Shape& parameter) {
  if (parameter.rank() < 2) return {{"root", parameter}};
  return {{"row_root", parameter.without(-1)}, {"column_root", parameter.without(-2)}};
}

void ScaleByAdafactor::run(std::span<Part> parts, Context& context) const {
  const Step& step = context.step;
  const double most = lr.at(step.index) * step.lr_factor;
  const double decayed = most * weight_decay.at(step.index);
  for (const Part& part : parts) {
    const double t = static_cast<double>(part.t), share = std::pow(t, decay);
    with_floating(part.parameter.type(), [&]<class T>() {
      const double eps = static_cast<double>(std::numeric_limits<T>::epsilon());
      T* d = part.direction.template data<T>();
      const T* p = part.parameter.template data<T>();
      T* first = part.states[0].template data<T>();
      const std::int64_t n = part.parameter.elements();
      if (part.parameter.rank() >= 2) {
        const Layout matrices(part.parameter.shape());
        T* column = part.states[1].template data<T>();
        learn_factors(matrices, d, first, column, share);
        divide_by_factors(matrices, d, first, column, eps);
      } else {
        parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            const double g = static_cast<double>(d[i]);
            learn(first[i], share, g * g);
            d[i] = static_cast<T>(g / std::max(static_cast<double>(first[i]), eps));
          }
        });
      }
      const double size = std::max(eps2, root_mean_square<T>(part.parameter));
      const double factor = -size * std::min(most, 1 / std::sqrt(t)) /
                            std::max(1.0, root_mean_square<T>(part.direction) / clip);
      parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          d[i] = static_cast<T>(factor * static_cast<double>(d[i]) -
                                decayed * static_cast<double>(p[i]));
      });
    });
  }
}

}  // namespace downhill
