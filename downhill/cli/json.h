#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "downhill/runlog/verdict.h"
#include "downhill/tensor/tensor.h"

namespace downhill::cli {

using Json = nlohmann::ordered_json;

/// A number that reads back exactly; "nan", "inf" or "-inf" where JSON has none.
Json json_number(double value);
Json json_number(const std::optional<double>& value);  ///< null where there is none
Json json_numbers(const NamedNumbers& values);         ///< an object
/// The numbers of a tensor as nested arrays in its shape; one number for a scalar.
Json json_tensor(const Tensor& tensor);

/// Prints the object as one line on standard output.
void print_json(const Json& json);

}  // namespace downhill::cli
