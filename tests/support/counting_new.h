#pragma once
#include <cstdint>

/// How often this program has called operator new. Counted without a locked instruction, so that
/// others' allocations are not slowed down: of two at the same moment one may be missed.
std::int64_t operator_new_calls() noexcept;

/// While it lives, operator new fails from its `calls`-th call on (0: from the next), in all
/// threads.
class FailingNew {
 public:
  explicit FailingNew(std::int64_t calls) noexcept;
  ~FailingNew();
  FailingNew(const FailingNew&) = delete;
  FailingNew& operator=(const FailingNew&) = delete;
};
