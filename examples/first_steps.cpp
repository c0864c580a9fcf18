// The tutorial that everybody knows: fit y = 2x + 1 by gradient descent.
#include <downhill/downhill.h>

#include <cstdio>

using namespace downhill;

int main() {
  Tensor x = {{1}, {2}, {3}, {4}}, y = {{3}, {5}, {7}, {9}};
  nn::Linear model(1, 1);
  Loss criterion = MSE{};
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  for (int epoch = 1; epoch <= 100; ++epoch) {
    optimizer.zero_grad();
    Tensor loss = criterion(model(x), y);
    loss.backward();
    optimizer.step();
    if (epoch % 20 == 0) std::printf("Epoch %d, Loss: %.4f\n", epoch, loss.item());
  }
}
