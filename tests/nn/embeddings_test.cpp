#include "downhill/nn/embeddings.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Embeddings, TakeWholeCodesAndPutTheirRowsBehindTheNumbers) {
  Random random(3);
  const nn::Embeddings layer(1, {{"colour", 3, 2}}, random);
  const Tensor weight = layer.parameters()[0].tensor;
  const Tensor y = layer(Tensor{{5, 2}, {6, 0}});
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(y.at(0), 5);
  EXPECT_EQ(y.at(1), weight.at(4));
  EXPECT_EQ(y.at(5), weight.at(1));
}

TEST(Embeddings, RefuseWhatIsNoCode) {
  Random random(3);
  const nn::Embeddings layer(0, {{"colour", 3, 2}}, random);
  for (const float code : {0.5F, std::nanf(""), 3e30F, -HUGE_VALF})
    expect_usage([&] { layer(Tensor{{code}}); }, "row 0", "category 0", "whole number");
  EXPECT_THROW(layer(Tensor{{3}}), UsageError);
  EXPECT_THROW(layer(Tensor{{-1}}), UsageError);
}

}  // namespace
}  // namespace downhill
