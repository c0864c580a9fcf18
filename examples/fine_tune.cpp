// Fine-tuning: the first layers of a network that learned one task learn another with a new head.
// First the head alone, then all of it with a smaller rate.
#include <downhill/downhill.h>

#include <cstdio>
#include <filesystem>

using namespace downhill;

struct Net : nn::Module {
  nn::Linear first{2, 16}, second{16, 16}, head;
  explicit Net(std::int64_t outputs) : head(16, outputs) {
    add("first", first), add("second", second), add("head", head);
  }
  Tensor operator()(const Tensor& x) const { return head(nn::tanh(second(nn::tanh(first(x))))); }
};

int main() {
  nn::seed(1);
  Random random(2);
  Tensor x = random_normal(random, {256, 2});
  Tensor product = slice(x, 0, 1, 1) * slice(x, 1, 2, 1);
  const auto file = std::filesystem::temp_directory_path() / "downhill_fine_tune.safetensors";

  Net old(2);  // learned x1 x2 and its negative
  {
    Optimizer optimizer(Adam{.lr = 0.01}, old.parameters());
    Dataset task(x, concat({product, product * -1.0}, 1));
    fit(old, optimizer, MSE{}, task, nullptr, {.epochs = 60, .explain = false});
    SafeTensors content;
    for (const Parameter& p : old.state()) content.tensors.emplace_back("net." + p.name, p.tensor);
    write_safetensors(file, content);
  }

  Net net(1);  // learns |x1 x2| of few rows
  nn::LoadReport report = nn::load(net, file,
                                   {.rename = {{"net.head.*", "old_head.*"}, {"net.*", "*"}},
                                    .allow_missing = {"head.*"},
                                    .allow_extra = {"old_head.*"}});
  std::filesystem::remove(file);
  std::printf("loaded %zu tensors, new %zu, left out %zu\n", report.loaded.size(),
              report.missing.size(), report.extra.size());

  Dataset few(slice(x, 0, 64), abs(slice(product, 0, 64)));
  std::printf("frozen %ld tensors\n",
              static_cast<long>(nn::freeze(net, "first.*") + nn::freeze(net, "second.*")));
  Tensor before = net.first.weight.clone();
  Optimizer head_only(Adam{.lr = 0.01}, net.parameters());
  double frozen =
      fit(net, head_only, MSE{}, few, nullptr, {.epochs = 60, .explain = false}).train_loss;
  bool same = sum(square(net.first.weight - before)).item() == 0;
  std::printf("the first layer is as it was: %s\n", same ? "yes" : "no");

  nn::unfreeze(net, "*");
  Optimizer all(Adam{.lr = 0.001}, net.parameters());
  double tuned = fit(net, all, MSE{}, few, nullptr, {.epochs = 60, .explain = false}).train_loss;
  std::printf("all layers fit better than the head alone: %s\n", tuned < frozen ? "yes" : "no");
}
