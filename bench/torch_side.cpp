#include "bench/torch_side.h"

#include <torch/torch.h>

#include <memory>

namespace bench::torch_side {
namespace {

torch::Tensor copied(const float* from, std::vector<std::int64_t> shape) {
  return torch::from_blob(const_cast<float*>(from), shape, torch::kFloat32).clone();
}
torch::Tensor copied(const std::int64_t* from, std::int64_t n) {
  return torch::from_blob(const_cast<std::int64_t*>(from), {n}, torch::kInt64).clone();
}

}  // namespace

void set_threads(int count) { at::set_num_threads(count); }
const char* version() { return TORCH_VERSION; }

Work tutorial_step() {
  struct State {
    torch::Tensor x = torch::tensor({{1.f}, {2.f}, {3.f}, {4.f}});
    torch::Tensor y = torch::tensor({{3.f}, {5.f}, {7.f}, {9.f}});
    torch::nn::Linear model{1, 1};
    torch::optim::SGD optimizer{model->parameters(), torch::optim::SGDOptions(0.01)};
  };
  return [s = std::make_shared<State>()] {
    s->optimizer.zero_grad();
    torch::Tensor loss = torch::mse_loss(s->model(s->x), s->y);
    loss.backward();
    s->optimizer.step();
  };
}

Work training_step(const Network& network) {
  struct State {
    torch::Tensor x, y;
    torch::nn::Sequential model;
    std::unique_ptr<torch::optim::Adam> optimizer;
    bool classes;
  };
  auto s = std::make_shared<State>();
  s->classes = network.classes;
  const auto& sizes = network.sizes;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    s->model->push_back(torch::nn::Linear(sizes[i], sizes[i + 1]));
    if (i + 2 == sizes.size()) break;
    if (network.classes) s->model->push_back(torch::nn::ReLU());
    else s->model->push_back(torch::nn::Tanh());
  }
  s->x = copied(network.x, {network.batch, sizes.front()});
  s->y = network.classes ? copied(network.labels, network.batch)
                         : copied(network.y, {network.batch, sizes.back()});
  s->optimizer =
      std::make_unique<torch::optim::Adam>(s->model->parameters(), torch::optim::AdamOptions(1e-3));
  return [s] {
    s->optimizer->zero_grad();
    const torch::Tensor out = s->model->forward(s->x);
    torch::Tensor loss =
        s->classes ? torch::nn::functional::cross_entropy(out, s->y) : torch::mse_loss(out, s->y);
    loss.backward();
    s->optimizer->step();
  };
}

Work adam(const float* gradient, std::int64_t n) {
  torch::Tensor parameter = torch::zeros({n}).requires_grad_(true);
  parameter.mutable_grad() = copied(gradient, {n});
  auto optimizer = std::make_shared<torch::optim::Adam>(std::vector<torch::Tensor>{parameter},
                                                        torch::optim::AdamOptions(1e-3));
  return [=] { optimizer->step(); };
}

}  // namespace bench::torch_side
