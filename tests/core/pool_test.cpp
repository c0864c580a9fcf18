#include "downhill/core/pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace downhill {
namespace {

TEST(Pool, PiecesAreAlignedAndApart) {
  std::vector<std::pair<char*, std::size_t>> pieces;
  for (std::size_t bytes : {0u, 1u, 63u, 64u, 65u, 255u, 256u, 257u, 319u, 320u, 321u, 511u, 512u,
                            513u, 4095u, 4097u, 100000u, 1048577u}) {
    auto* p = static_cast<char*>(pool::allocate(bytes));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 64, 0u);
    std::memset(p, static_cast<int>(pieces.size() + 1), bytes);
    pieces.emplace_back(p, bytes);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t k = 0; k < pieces[i].second; ++k)
      ASSERT_EQ(pieces[i].first[k], static_cast<char>(i + 1));
    pool::deallocate(pieces[i].first, pieces[i].second);
  }
}

TEST(Pool, AsksTheSystemForNothingAfterWarmUp) {
  const std::size_t sizes[] = {40, 4096, 100, 77777, 40, 64, 1 << 20};
  const auto round = [&] {
    std::vector<void*> held;
    for (const std::size_t bytes : sizes) held.push_back(pool::allocate(bytes));
    for (std::size_t i = 0; i < held.size(); ++i) pool::deallocate(held[i], sizes[i]);
  };
  round();
  const std::int64_t before = pool::system_allocations();
  for (int i = 0; i < 1000; ++i) round();
  EXPECT_EQ(pool::system_allocations(), before);
  pool::release();
  round();
  EXPECT_GT(pool::system_allocations(), before);
}

TEST(Pool, MemoryMayBeFreedOnAnotherThread) {
  void* from_other = nullptr;
  std::thread([&] { from_other = pool::allocate(1000); }).join();
  std::memset(from_other, 1, 1000);
  pool::deallocate(from_other, 1000);
  void* ours = pool::allocate(1000);
  EXPECT_EQ(ours, from_other);  // kept here now
  std::thread([&] { pool::deallocate(ours, 1000); }).join();
}

TEST(Pool, ImpossibleSizesAreBadAlloc) {
  EXPECT_THROW(pool::allocate(static_cast<std::size_t>(-1)), std::bad_alloc);
  pool::deallocate(nullptr, 100);
}

}  // namespace
}  // namespace downhill
