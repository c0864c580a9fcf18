#include "downhill/cli/json.h"

#include "downhill/cli/terminal.h"

namespace downhill::cli {
namespace {

void write_nested(JsonWriter& json, const Tensor& tensor, int axis, std::int64_t& next) {
  if (axis == tensor.rank()) return json.value(tensor.at(next++));
  json.begin_list();
  for (std::int64_t i = 0; i < tensor.size(axis); ++i) write_nested(json, tensor, axis + 1, next);
  json.end_list();
}

}  // namespace

void write_tensor(JsonWriter& json, const Tensor& tensor) {
  std::int64_t next = 0;
  write_nested(json, tensor, 0, next);
}

std::string tensor_text(const Tensor& tensor) {
  JsonWriter json;
  write_tensor(json, tensor);
  std::string text = json.take();
  std::erase(text, '"');  // JSON has no nan and inf, but people do
  return text;
}

void print_json(JsonWriter& json) { print(json.take() + "\n"); }

}  // namespace downhill::cli
