#pragma once
#include <string>

#include "downhill/io/json_writer.h"
#include "downhill/tensor/tensor.h"

namespace downhill::cli {

/// The numbers of a tensor as nested lists in its shape; one number for a scalar.
void write_tensor(JsonWriter& json, const Tensor& tensor);
std::string tensor_text(const Tensor& tensor);

/// Prints what was written as one line on standard output.
void print_json(JsonWriter& json);

}  // namespace downhill::cli
