#include "downhill/cli/json.h"

#include <cmath>

#include "downhill/cli/terminal.h"

namespace downhill::cli {
namespace {

Json nested(const Tensor& tensor, int axis, std::int64_t& next) {
  if (axis == tensor.rank()) return json_number(tensor.at(next++));
  Json list = Json::array();
  for (std::int64_t i = 0; i < tensor.size(axis); ++i)
    list.push_back(nested(tensor, axis + 1, next));
  return list;
}

}  // namespace

Json json_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

Json json_number(const std::optional<double>& value) {
  return value ? json_number(*value) : Json();
}

Json json_numbers(const NamedNumbers& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = json_number(value);
  return object;
}

Json json_tensor(const Tensor& tensor) {
  std::int64_t next = 0;
  return nested(tensor, 0, next);
}

void print_json(const Json& json) {
  // What is no UTF-8 (a file's name can be so) must not stop the result.
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace downhill::cli
