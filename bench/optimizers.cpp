// One step of Adam on 25 million parameters.
#include <memory>

#include "bench/table.h"
#include "bench/torch_side.h"
#include "downhill/downhill.h"

namespace bench {
namespace {

using namespace downhill;

constexpr std::int64_t kParameters = 25'000'000;

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

}  // namespace

std::vector<Row> optimizer_rows() { return {adam_row()}; }

}  // namespace bench
