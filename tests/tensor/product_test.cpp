#include "downhill/tensor/product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/points.h"

namespace downhill {
namespace {

struct Size {
  std::int64_t m, n, k;
};

template <class T>
std::vector<T> product(const Product& p, const Tensor& a, const Tensor& b, double alpha,
                       double beta, T before) {
  std::vector<T> c(static_cast<std::size_t>(p.m * p.n), before);
  multiply(p, alpha, a.data<T>(), b.data<T>(), beta, c.data());
  return c;
}

template <class T>
void against_naive(const Size& s) {
  const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Product p{ta, tb, s.m, s.n, s.k};
      const Tensor a = points({s.m * s.k}, 1, -1, 1, type_of<T>);
      const Tensor b = points({s.k * s.n}, 2, -1, 1, type_of<T>);
      const T nan = std::numeric_limits<T>::quiet_NaN();
      const auto plain = product<T>(p, a, b, 1, 0, nan);  // beta 0 must not read what was there
      const auto mixed = product<T>(p, a, b, -0.5, 2, T(3));
      for (std::int64_t i = 0; i < s.m; ++i) {
        for (std::int64_t j = 0; j < s.n; ++j) {
          double sum = 0;
          for (std::int64_t l = 0; l < s.k; ++l)
            sum += a.at(ta ? l * s.m + i : i * s.k + l) * b.at(tb ? j * s.k + l : l * s.n + j);
          const auto at = static_cast<std::size_t>(i * s.n + j);
          const double tolerance = 4 * epsilon * (static_cast<double>(s.k) + 8);
          ASSERT_NEAR(static_cast<double>(plain[at]), sum, tolerance)
              << s.m << " " << s.n << " " << s.k << " " << ta << tb;
          ASSERT_NEAR(static_cast<double>(mixed[at]), 6 - 0.5 * sum, tolerance);
        }
      }
    }
  }
}

constexpr Size kSizes[] = {{1, 1, 1},     {1, 1, 7},      {3, 5, 1},     {2, 3, 4},
                           {7, 5, 3},     {17, 1, 33},    {1, 19, 31},   {33, 35, 37},
                           {1, 257, 301}, {255, 1, 303},  {65, 129, 67}, {200, 3, 90},
                           {3, 300, 129}, {257, 131, 70}, {40, 40, 25}};

TEST(Product, EveryTransposeAgainstPlainLoops) {
  for (const Size& s : kSizes) {
    against_naive<float>(s);
    against_naive<double>(s);
  }
}

TEST(Product, EmptySizes) {
  std::vector<double> c = {5, 6};
  multiply({false, false, 2, 1, 0}, 1, static_cast<double*>(nullptr), nullptr, 0, c.data());
  EXPECT_EQ(c, (std::vector<double>{0, 0}));
  c = {5, 6};
  multiply({false, false, 2, 1, 0}, 1, static_cast<double*>(nullptr), nullptr, 0.5, c.data());
  EXPECT_EQ(c, (std::vector<double>{2.5, 3}));
  multiply({false, false, 0, 3, 2}, 1, c.data(), c.data(), 0, static_cast<double*>(nullptr));
}

template <class T>
void same_bits(const Size& s) {
  const Tensor a = points({s.m * s.k}, 3, -1, 1, type_of<T>);
  const Tensor b = points({s.k * s.n}, 4, -1, 1, type_of<T>);
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Product p{ta, tb, s.m, s.n, s.k};
      std::vector<T> first;
      for (int threads = 1; threads <= 4; ++threads) {
        const Threads chosen(threads);
        const auto c = product<T>(p, a, b, 1, 0, T(0));
        if (threads == 1) first = c;
        EXPECT_EQ(std::memcmp(first.data(), c.data(), c.size() * sizeof(T)), 0)
            << s.m << " " << s.n << " " << s.k << " threads " << threads;
      }
    }
  }
}

TEST(Product, SameBitsForOneToFourThreads) {
  for (const Size& s : {Size{257, 259, 131}, Size{1, 1025, 777}, Size{1023, 1, 779},
                        Size{511, 33, 65}, Size{31, 513, 97}, Size{300, 301, 1}, Size{9, 11, 13}}) {
    same_bits<float>(s);
    same_bits<double>(s);
  }
}

TEST(Product, NansAndInfinitiesGoThrough) {
  for (const std::int64_t n : {3, 80}) {
    Tensor a = points({n * n}, 5), b = points({n * n}, 6);
    a.set(0, std::nan(""));
    b.set(1, std::numeric_limits<double>::infinity());
    const auto c = product<double>({false, false, n, n, n}, a, b, 1, 0, 0.0);
    for (std::int64_t j = 0; j < n; ++j) EXPECT_TRUE(std::isnan(c[static_cast<std::size_t>(j)]));
    EXPECT_TRUE(std::isinf(c[static_cast<std::size_t>(n + 1)]));
    EXPECT_TRUE(std::isfinite(c[static_cast<std::size_t>(n + 2)]));
  }
}

TEST(Product, SaysWhichBlas) {
  EXPECT_NE(std::string(blas_description()).find("OpenBLAS"), std::string::npos);
}

}  // namespace
}  // namespace downhill
