// Whole training steps, and the Hessian-vector product against a gradient.
#include <fmt/format.h>

#include <memory>

#include "bench/table.h"
#include "bench/torch_side.h"
#include "bench/training.h"
#include "downhill/downhill.h"

namespace bench {
namespace {

using namespace downhill;

Row tutorial_row() {
  return {"tutorial step",
          [] {
            std::vector<Contender> all{ours(tutorial_step())};
            add_torch(all, torch_side::tutorial_step());
            return all;
          },
          [](const Times& times) { return std::vector{against_torch(times, 100)}; }, 15};
}

Row small_row() {
  return {"MLP 2-16-16-1, batch 32",
          [] {
            std::vector<Contender> all{ours(small_step())};
            const Tensor x = normal({32, 2}), y = normal({32, 1});
            add_torch(all,
                      torch_side::training_step(
                          {{2, 16, 16, 1}, false, 32, x.data<float>(), y.data<float>(), nullptr}));
            return all;
          },
          [](const Times& times) { return std::vector{against_torch(times, 25)}; }, 15};
}

Row large_row(std::int64_t batch) {
  const double goal = batch == 1 ? 3 : batch == 64 ? 2 : batch == 512 ? 1.25 : 0.95;
  return {fmt::format("MLP 784-256-128-10, batch {}", batch),
          [batch] {
            std::vector<Contender> all{ours(large_step(batch))};
            const Tensor x = normal({batch, 784}), y = labels(batch, 10);
            add_torch(all, torch_side::training_step({{784, 256, 128, 10},
                                                      true,
                                                      batch,
                                                      x.data<float>(),
                                                      nullptr,
                                                      y.data<std::int64_t>()}));
            return all;
          },
          [goal](const Times& times) { return std::vector{against_torch(times, goal)}; }};
}

// A whole hvp, forward pass and all, against value_and_grad.
Row hessian_row(std::int64_t batch) {
  return {
      fmt::format("Hessian-vector product, 784 network, batch {}", batch),
      [batch] {
        struct State {
          nn::Sequential model = large_model();
          Loss criterion = CrossEntropy{};
          Tensor x, y;
          std::vector<Tensor> at, direction;
        };
        auto s = std::make_shared<State>();
        s->x = normal({batch, 784});
        s->y = labels(batch, 10);
        for (const Parameter& p : s->model.parameters()) {
          s->at.push_back(p.tensor.detach());
          s->direction.push_back(normal(p.tensor.shape()));
        }
        const auto loss = [s](const std::vector<Tensor>& p) {
          const Tensor first = nn::relu(linear(s->x, p[0], p[1]));
          const Tensor second = nn::relu(linear(first, p[2], p[3]));
          return s->criterion(linear(second, p[4], p[5]), s->y);
        };
        return std::vector{ours([s, loss] { value_and_grad(loss, s->at); }, "gradient"),
                           ours([s, loss] { hvp(loss, s->at, s->direction); }, "hvp")};
      },
      [](const Times& times) {
        return std::vector<Claim>{{"gradients", times.at("hvp") / times.at("gradient"), 4, false}};
      }};
}

}  // namespace

std::vector<Row> step_rows() {
  std::vector<Row> rows{tutorial_row(), small_row()};
  for (std::int64_t batch = 1; batch <= 4096; batch *= 2) rows.push_back(large_row(batch));
  rows.push_back(hessian_row(64));
  rows.push_back(hessian_row(512));
  return rows;
}

}  // namespace bench
