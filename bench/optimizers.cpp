// Steps of optimizers over many parameters.
#include <memory>

#include "bench/table.h"
#include "bench/torch_side.h"
#include "downhill/downhill.h"

namespace bench {
namespace {

using namespace downhill;

constexpr std::int64_t kParameters = 25'000'000;
constexpr std::int64_t kOfChains = 10'000'000;

Row adam_row() {
  return {
      "Adam, 25 million parameters",
      [] {
        Random random(1);
        const Tensor gradient = random_normal(random, {kParameters}, 0, 1, Type::f32);
        Tensor parameter = Tensor::zeros({kParameters});
        parameter.requires_grad(true);
        parameter.set_grad(gradient);
        auto optimizer = std::make_shared<Optimizer>(Adam{}, std::vector<Tensor>{parameter});
        std::vector<Contender> all{ours([optimizer] { optimizer->step(); }), triad()};
        add_torch(all, torch_side::adam(gradient.data<float>(), kParameters));
        return all;
      },
      [](const Times& times) {
        return std::vector{against_triad(times, 28.0 * kParameters, 0.75), against_torch(times, 5)};
      }};
}

// One step over `count` parameters of float32.
std::function<void()> step_of(const Method& method, std::int64_t count) {
  Random random(1);
  Tensor parameter = Tensor::zeros({count});
  parameter.requires_grad(true);
  parameter.set_grad(random_normal(random, {count}, 0, 1, Type::f32));
  auto optimizer = std::make_shared<Optimizer>(method, std::vector<Tensor>{parameter});
  return [optimizer] { optimizer->step(); };
}

// Gradient, parameter, two moments and mean: 4 bytes for what is read, 4 for what is written; the
// norm reads the gradient once more.
Row chain_row() {
  constexpr double kBytes = (28.0 + 8 + 4) * kOfChains;
  return {"chain clip, adam, decay, ema, 10 million parameters",
          [] {
            const Chain links = chain(ClipByGlobalNorm{}, ScaleByAdam{}, AddDecayedWeights{},
                                      ScaleByLearningRate{}, Ema{});
            return std::vector{ours(step_of(links, kOfChains)),
                               ours(step_of(AdamW{}, kOfChains), "adamw"), triad()};
          },
          [](const Times& times) {
            const double moved = times.at("triad") * kBytes / (12.0 * kTriad);
            return std::vector<Claim>{{"times the bytes that must move, at the triad's bandwidth",
                                       times.at("ours") / moved, 1.15, false}};
          },
          9};
}

}  // namespace

std::vector<Row> optimizer_rows() { return {adam_row(), chain_row()}; }

}  // namespace bench
