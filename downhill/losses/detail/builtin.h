#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// The compiled form of a loss of the list, made inside the library for the machine's level. It is
/// found by its name; null if the list has none. UsageError if its options have another size than
/// the program was compiled with.
LossPtr builtin_loss(std::string_view name, std::size_t size, const void* options);

[[noreturn]] void throw_other_version(std::string_view name);

}  // namespace downhill::detail
