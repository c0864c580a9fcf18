#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "downhill/core/pool.h"
#include "downhill/formula/text_formula.h"

// Text formulas over many elements and of many variables.

namespace downhill {
namespace {

// Every function at once, so that no result may depend on the place of an element.
const char* const kEverything =
    "exp(x)+log(abs(y)+1)+log1p(abs(x))+expm1(y)+sqrt(abs(x))+tanh(x*y)+sigmoid(x)+softplus(y)+"
    "erf(x)+sin(40*x)+cos(9*y)+sign(x)+min(x,y)*max(x,0.5)+where(x<y and y>0,abs(x)^y,x^3)";

template <class T>
void expect_same_bits_everywhere() {
  const auto f = TextFormula::parse(kEverything, {"x", "y"}, 2);
  constexpr std::int64_t kMost = 5000;
  std::vector<T> x(kMost), y(kMost), w(kMost);
  for (std::size_t i = 0; i < kMost; ++i) {
    x[i] = static_cast<T>(std::sin(static_cast<double>(i) + 0.5) * 3);
    y[i] = static_cast<T>(std::cos(static_cast<double>(7 * i) + 0.5) * 2);
    w[i] = static_cast<T>(i % 3) / 2;
  }
  struct Run {
    std::vector<T> value, gx, gy, hx, hy, along;
  };
  const auto run = [&](std::int64_t n) {
    // Exact sizes on the heap, so that the address sanitizer sees every step beyond the end.
    const auto size = static_cast<std::size_t>(n);
    std::vector<T> a(x.begin(), x.begin() + n), b(y.begin(), y.begin() + n),
        c(w.begin(), w.begin() + n);
    Run r{std::vector<T>(size), std::vector<T>(size), std::vector<T>(size),
          std::vector<T>(size), std::vector<T>(size), std::vector<T>(size)};
    const T* const in[] = {a.data(), b.data()};
    T* const slopes[] = {r.gx.data(), r.gy.data()};
    T* const products[] = {r.hx.data(), r.hy.data()};
    f->slopes(in, c.data(), T{2}, r.value.data(), slopes, false, n);
    f->curvature(in, c.data(), T{2}, in, products, r.along.data(), n);
    std::vector<T> alone(size);
    f->value(in, alone.data(), n);
    EXPECT_EQ(alone, r.value);
    return r;
  };
  const Run whole = run(kMost);
  for (const std::int64_t n : {1, 7, 255, 256, 257, 4999}) {
    const Run part = run(n);
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      ASSERT_EQ(part.value[i], whole.value[i]) << n << " " << i;
      ASSERT_EQ(part.gx[i], whole.gx[i]) << n << " " << i;
      ASSERT_EQ(part.gy[i], whole.gy[i]) << n << " " << i;
      ASSERT_EQ(part.hx[i], whole.hx[i]) << n << " " << i;
      ASSERT_EQ(part.hy[i], whole.hy[i]) << n << " " << i;
      ASSERT_EQ(part.along[i], whole.along[i]) << n << " " << i;
    }
  }
}

TEST(TextRuns, SameBitsForEverySize) {
  expect_same_bits_everywhere<float>();
  expect_same_bits_everywhere<double>();
}

TEST(TextRuns, StreamedSlopesAndSums) {
  const auto f = TextFormula::parse("where(y > p, 10*(y-p)^2, (y-p)^2)", {"p", "y"}, 1);
  constexpr std::int64_t n = 1003;
  std::vector<float> p(n), y(n, 0.5F), plain(n);
  double expected = 0;
  for (std::size_t i = 0; i < n; ++i) {
    p[i] = static_cast<float>(i % 5) / 4;
    const double e = 0.5 - static_cast<double>(p[i]);
    expected += (e > 0 ? 10 : 1) * e * e;
  }
  auto* const streamed = static_cast<float*>(pool::allocate(n * sizeof(float)));
  const float* const in[] = {p.data(), y.data()};
  float* const aligned[] = {streamed};
  float* const usual[] = {plain.data()};
  const double sum = f->slopes(in, nullptr, 0.25F, nullptr, aligned, true, n);
  EXPECT_NEAR(sum, expected, 1e-5 * expected);
  EXPECT_EQ(f->slopes(in, nullptr, 0.25F, nullptr, usual, false, n), sum);
  for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(streamed[i], plain[i]);
  pool::deallocate(streamed, n * sizeof(float));
}

TEST(TextRuns, AThousandVariables) {
  constexpr std::size_t kCount = 1000;
  std::string text;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string a = "x" + std::to_string(i), b = "x" + std::to_string((i + 1) % kCount);
    names.push_back(a);
    text += (i == 0 ? "" : " + ") + std::string("(1-") + a + ")^2 + 100*(" + b + "-" + a + "^2)^2";
  }
  const auto before = std::chrono::steady_clock::now();
  const auto f = TextFormula::parse(text, names, static_cast<int>(kCount));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - before;
#if defined(NDEBUG)
  EXPECT_LT(seconds.count(), 5);
#endif
  EXPECT_LT(seconds.count(), 5);
  std::vector<double> x(kCount), g(kCount), u(kCount), h(kCount);
  std::vector<const double*> in, direction;
  std::vector<double*> slopes, products;
  for (std::size_t i = 0; i < kCount; ++i) {
    x[i] = std::sin(static_cast<double>(i));
    u[i] = std::cos(static_cast<double>(i));
    in.push_back(&x[i]);
    direction.push_back(&u[i]);
    slopes.push_back(&g[i]);
    products.push_back(&h[i]);
  }
  f->slopes(in.data(), nullptr, 1.0, nullptr, slopes.data(), false, 1);
  f->curvature(in.data(), nullptr, 1.0, direction.data(), products.data(), nullptr, 1);
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t next = (i + 1) % kCount, last = (i + kCount - 1) % kCount;
    const double own = x[next] - x[i] * x[i], other = x[i] - x[last] * x[last];
    EXPECT_NEAR(g[i], -2 * (1 - x[i]) - 400 * x[i] * own + 200 * other, 1e-10);
    const double diagonal = 2 - 400 * own + 800 * x[i] * x[i] + 200;
    const double hessian = diagonal * u[i] - 400 * x[i] * u[next] - 400 * x[last] * u[last];
    EXPECT_NEAR(h[i], hessian, 1e-9);
  }
}

}  // namespace
}  // namespace downhill
