#pragma once
#include <cstdint>

/// How often this program has called operator new. Counted without a locked instruction, so that
/// others' allocations are not slowed down: of two at the same moment one may be missed.
std::int64_t operator_new_calls() noexcept;
