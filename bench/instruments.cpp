// What the instruments cost, in gradients, forward passes and steps.
#include <memory>

#include "bench/table.h"
#include "bench/training.h"
#include "downhill/downhill.h"
#include "downhill/inspect/landscape.h"
#include "downhill/inspect/spectrum.h"

namespace bench {
namespace {

using namespace downhill;

/// The 784-256-128-10 network on 1,024 rows.
struct Network {
  nn::Sequential model = large_model();
  Tensor x = normal({1024, 784}), y = labels(1024, 10);
  Loss loss = CrossEntropy{};
  Tensors weights;
  Objective objective{[this] { return loss(model(x), y); }};
  Network() {
    for (const Parameter& p : model.parameters()) weights.push_back(p.tensor);
  }
};

Row lanczos_row() {
  return {"20 Lanczos steps, 784 network, 1,024 rows",
          [] {
            const auto n = std::make_shared<Network>();
            return std::vector{
                ours([n] { gradients(n->objective.parts()[0](), n->weights); }, "gradient"),
                ours(
                    [n] {
                      const LocalModel here = local_model(n->objective, n->weights);
                      spectrum(here.hessian, count_elements(n->weights),
                               {.steps = 20, .tolerance = 0});
                    },
                    "lanczos")};
          },
          [](const Times& times) {
            return std::vector<Claim>{
                {"gradients a step", times.at("lanczos") / times.at("gradient") / 20, 2.3, false}};
          },
          5};
}

Row plane_row() {
  constexpr int kSide = 11;  // the cost a point is that of 51 x 51
  return {"a plane of the landscape, 784 network, 1,024 rows",
          [] {
            const auto n = std::make_shared<Network>();
            const auto along = std::make_shared<std::vector<double>>(flatten(n->weights));
            return std::vector{ours([n] { n->objective(); }, "forward"),
                               ours(
                                   [n, along] {
                                     landscape(n->objective, n->weights, *along, *along,
                                               {.columns = kSide, .rows = kSide});
                                   },
                                   "plane")};
          },
          [](const Times& times) {
            return std::vector<Claim>{{"forward passes a point",
                                       times.at("plane") / times.at("forward") / (kSide * kSide),
                                       1.1, false}};
          },
          5};
}

// 1,000 steps at batch 64 with the gauges of fit, and without.
Row gauges_row() {
  return {"1,000 steps of the 784 network with gauges",
          [] {
            const auto run = [](bool gauges) {
              return [gauges, x = normal({6400, 784}), y = labels(6400, 10)] {
                nn::Sequential model = large_model();
                Optimizer optimizer(Adam{}, model.parameters());
                fit(model, optimizer, CrossEntropy{}, Dataset(x, y), nullptr,
                    {.epochs = 10, .batch = 64, .explain = false, .gauges = gauges});
              };
            };
            return std::vector{ours(run(false), "without"), ours(run(true), "with")};
          },
          [](const Times& times) {
            return std::vector<Claim>{
                {"times as long", times.at("with") / times.at("without"), 1.05, false}};
          },
          5};
}

}  // namespace

std::vector<Row> instrument_rows() { return {lanczos_row(), plane_row(), gauges_row()}; }

}  // namespace bench
