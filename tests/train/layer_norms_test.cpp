#include <gtest/gtest.h>

#include "downhill/losses/list.h"
#include "downhill/optim/list.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

// Plain gradient descent steps by the rate times the gradient, layer by layer; the log has these of the last
// step of each epoch, beside the norm of the weights before it.
TEST(LayerNorms, TheUpdateOfGradientDescentIsTheRateTimesTheGradient) {
  const Tensor x = points({40, 2}, 1, -1, 1, Type::f32);
  Random random(4);
  nn::Sequential model(nn::Linear(2, 3, random), nn::Linear(3, 1, random));
  Optimizer optimizer(SGD{.lr = 0.125}, model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, quick(3));
  std::size_t epochs = 0;
  for (const EpochRecord& epoch : result.log.epochs) {
    if (epoch.split != Split::train) continue;
    ++epochs;
    ASSERT_EQ(epoch.layers.size(), 2U);
    for (const LayerRecord& layer : epoch.layers) {
      ASSERT_GT(*layer.gradient, 0);
      EXPECT_NEAR(*layer.update / *layer.gradient, 0.125, 1e-5) << layer.name;
      EXPECT_GT(*layer.parameter, 0);
    }
  }
  EXPECT_EQ(epochs, 3U);
  EXPECT_EQ(result.log.epochs[0].layers[0].name, "0.weight");
}

}  // namespace
}  // namespace downhill
