// Allocations per training step after the second: operator new, and the pool asking the system.
#include "bench/table.h"
#include "bench/training.h"
#include "downhill/core/pool.h"
#include "tests/support/counting_new.h"

namespace bench {
namespace {

std::int64_t allocations_so_far() {
  return operator_new_calls() + downhill::pool::system_allocations();
}

double allocations_per_step(const std::function<void()>& step) {
  constexpr int kSteps = 100;
  step();
  step();
  const std::int64_t before = allocations_so_far();
  for (int i = 0; i < kSteps; ++i) step();
  return static_cast<double>(allocations_so_far() - before) / kSteps;
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
