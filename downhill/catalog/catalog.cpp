#include "downhill/catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "downhill/core/error.h"
#include "downhill/losses/list.h"
#include "downhill/nn/init.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/list.h"

namespace downhill {
namespace {

std::vector<std::int64_t> widths(std::string_view spec, std::string_view text) {
  std::vector<std::int64_t> all;
  while (!text.empty()) {
    std::int64_t width = 0;
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + comma, width);
    if (error != std::errc() || end != text.data() + comma || width < 1 || width > 1'000'000)
      throw UsageError(
          fmt::format("model '{}': '{}' is not a width between 1 and 1,000,000; expected "
                      "linear or mlp:64,32",
                      spec, text.substr(0, comma)));
    all.push_back(width);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (all.empty() || all.size() > 64)
    throw UsageError(fmt::format("model '{}': expected 1 to 64 widths, as in mlp:64,32", spec));
  return all;
}

// Of every layer: those that the text names, then `out`.
std::vector<std::int64_t> layer_widths(std::string_view spec, std::int64_t out) {
  const std::size_t colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::vector<std::string> known = {"linear", "mlp"};
  if (name != "linear" && name != "mlp") throw_unknown("model", name, known);
  if (name == "linear" && colon != std::string_view::npos)
    throw UsageError(fmt::format("model '{}': linear has no options", spec));
  std::vector<std::int64_t> sizes;
  if (name == "mlp")
    sizes = widths(spec, colon == std::string_view::npos ? "" : spec.substr(colon + 1));
  sizes.push_back(out);
  return sizes;
}

}  // namespace

Loss loss_from(std::string_view text) { return Loss::parse(text); }

Method optimizer_from(std::string_view spec) { return Method::parse(spec); }

Schedule schedule_from(std::string_view spec) { return Schedule::parse(spec); }

nn::Sequential model_from(std::string_view spec, std::int64_t in, std::int64_t out,
                          std::uint64_t seed) {
  const std::vector<std::int64_t> sizes = layer_widths(spec, out);
  Random random(seed);
  nn::Sequential model;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    model.push_back(nn::Linear(i == 0 ? in : sizes[i - 1], sizes[i], random));
    if (i + 1 < sizes.size()) model.push_back(nn::relu);
  }
  return model;
}

std::int64_t model_numbers(std::string_view spec, std::int64_t in, std::int64_t out) {
  std::int64_t count = 0;
  for (const std::int64_t width : layer_widths(spec, out)) {
    std::int64_t layer = 0;
    if (__builtin_mul_overflow(in + 1, width, &layer) ||
        __builtin_add_overflow(count, layer, &count))
      throw UsageError(fmt::format("model '{}': has more than 2^63 numbers", spec));
    in = width;
  }
  return count;
}

std::vector<CatalogEntry> list_losses() { return entries_of<Losses>(); }
std::vector<CatalogEntry> list_optimizers() { return entries_of<Optimizers>(); }
std::vector<CatalogEntry> list_links() { return entries_of<Links>(); }
std::vector<CatalogEntry> list_schedules() { return entries_of<Schedules>(); }

}  // namespace downhill
