// Allocations per training step after the second: operator new, and the pool asking the system.
#include <atomic>
#include <cstdlib>
#include <new>

#include "bench/table.h"
#include "bench/training.h"
#include "downhill/core/pool.h"

namespace {

// Counted without a locked instruction: the counts are read when one thread runs.
std::atomic<long> calls{0};

void* counted(std::size_t bytes) {
  calls.store(calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace bench {
namespace {

double allocations_per_step(const std::function<void()>& step) {
  constexpr int kSteps = 100;
  step();
  step();
  const long before = calls.load() + downhill::pool::system_allocations();
  for (int i = 0; i < kSteps; ++i) step();
  const long after = calls.load() + downhill::pool::system_allocations();
  return static_cast<double>(after - before) / kSteps;
}

Row allocations(const std::string& name, const std::function<std::function<void()>()>& make) {
  return {name, [] { return std::vector<Contender>(); },
          [make](const Times&) {
            return std::vector<Claim>{{"allocations", allocations_per_step(make()), 0, false}};
          }};
}

}  // namespace

std::vector<Row> allocation_rows() {
  return {
      allocations("allocations, tutorial step", [] { return tutorial_step(); }),
      allocations("allocations, MLP 2-16-16-1", [] { return small_step(); }),
      allocations("allocations, MLP 784-256-128-10, batch 512", [] { return large_step(512); })};
}

}  // namespace bench
