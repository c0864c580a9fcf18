// What this machine can do: the triad and OpenBLAS at its best.
#include <cblas.h>
#include <xmmintrin.h>

#include <algorithm>

#include "bench/table.h"
#include "downhill/core/parallel.h"
#include "downhill/tensor/tensor.h"

namespace bench {
namespace {

using downhill::Tensor;

constexpr std::int64_t kSize = 1024;

// a[i] = b[i] + s c[i], written around the cache; 12 bytes per float.
void run_triad(float* a, const float* b, const float* c, float s) {
  downhill::parallel_blocks(kTriad, [=](std::int64_t begin, std::int64_t end) {
    const __m128 factor = _mm_set1_ps(s);
    for (std::int64_t i = begin; i < end; i += 4)
      _mm_stream_ps(a + i,
                    _mm_add_ps(_mm_loadu_ps(b + i), _mm_mul_ps(factor, _mm_loadu_ps(c + i))));
    _mm_sfence();
  });
}

Row sgemm_row() {
  return {"sgemm 1024",
          [] {
            const Tensor a = Tensor::ones({kSize, kSize}), b = a.clone(), c = a.clone();
            const auto product = [=] {
              constexpr int n = kSize;
              cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data<float>(), n,
                          b.data<float>(), n, 0, c.data<float>(), n);
            };
            std::vector<Contender> contenders;
            for (const int threads : {1, 2})
              contenders.push_back({"blas " + std::to_string(threads),
                                    [threads] { openblas_set_num_threads(threads); }, product});
            return contenders;
          },
          [](const Times& times) {
            const double work = 2.0 * kSize * kSize * kSize;
            const double seconds = std::min(times.at("blas 1"), times.at("blas 2"));
            return std::vector<Claim>{{"GFLOP/s", work / seconds / 1e9, 0, true}};
          }};
}

}  // namespace

Contender triad() {
  const Tensor a = Tensor::zeros({kTriad}), b = Tensor::ones({kTriad}), c = Tensor::ones({kTriad});
  return ours([=] { run_triad(a.data<float>(), b.data<float>(), c.data<float>(), 3); }, "triad");
}

std::vector<Row> machine_rows() {
  return {{"triad", [] { return std::vector{triad()}; },
           [](const Times& times) {
             return std::vector<Claim>{{"GB/s", 12.0 * kTriad / times.at("triad") / 1e9, 0, true}};
           }},
          sgemm_row()};
}

}  // namespace bench
