#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "downhill/tensor/tensor.h"

/// True where shape, type and every bit are the same.
inline bool same_bits(const downhill::Tensor& a, const downhill::Tensor& b) {
  return a.shape() == b.shape() && a.type() == b.type() &&
         (a.bytes() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0);
}

/// Named tensors of two sources, bit for bit; names what differs.
inline testing::AssertionResult same_bits(
    const std::vector<std::pair<std::string, downhill::Tensor>>& a,
    const std::vector<std::pair<std::string, downhill::Tensor>>& b) {
  if (a.size() != b.size())
    return testing::AssertionFailure() << a.size() << " tensors, but " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].first != b[i].first)
      return testing::AssertionFailure() << a[i].first << " is called " << b[i].first;
    if (!same_bits(a[i].second, b[i].second))
      return testing::AssertionFailure() << a[i].first << " differs";
  }
  return testing::AssertionSuccess();
}
