#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "downhill/catalog/entries.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/method.h"
#include "downhill/schedules/schedule.h"

namespace downhill {

/// A loss from "huber:delta=0.5", a sum of such, or a text formula in p and y (Loss::parse).
Loss loss_from(std::string_view spec);
/// An optimizer from "adam:lr=0.01".
Method optimizer_from(std::string_view spec);
/// A schedule from "cosine" or "warmup:steps=100,then=(cosine)".
Schedule schedule_from(std::string_view spec);
/// A model from "linear" or "mlp:64,32" (relu between the layers): `in` numbers to `out`. Its first
/// weights depend on the seed.
nn::Sequential model_from(std::string_view spec, std::int64_t in, std::int64_t out,
                          std::uint64_t seed);

/// How many numbers such a model's weights are, before any memory is taken for them.
std::int64_t model_numbers(std::string_view spec, std::int64_t in, std::int64_t out);

/// What `downhill list` and the reference pages show.
std::vector<CatalogEntry> list_losses();
std::vector<CatalogEntry> list_optimizers();
std::vector<CatalogEntry> list_links();
std::vector<CatalogEntry> list_schedules();

}  // namespace downhill
