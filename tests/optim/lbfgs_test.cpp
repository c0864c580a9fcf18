#include <gtest/gtest.h>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/random.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/counting_new.h"

namespace downhill {
namespace {

TEST(Lbfgs, AStepAllocatesOnlyWhatItsLossDoes) {
  for (const Type type : {Type::f32, Type::f64}) {
    Random random(1);
    Tensor x = random_normal(random, {9000}, 0, 1, type);
    const Tensor width = random_uniform(random, {9000}, 0.5, 30, type);
    x.requires_grad(true);
    std::int64_t evaluations = 0;
    const std::function<Tensor()> loss = [&] {
      ++evaluations;
      return mean(width * square(square(x) - 1.0));
    };
    Optimizer optimizer(Method::parse("lbfgs:history=3"), std::vector<Tensor>{x});
    for (int i = 0; i < 6; ++i) optimizer.step(loss);
    const std::int64_t start = operator_new_calls();
    x.zero_grad();
    loss().backward();
    const std::int64_t of_loss = operator_new_calls() - start;
    for (int i = 0; i < 5; ++i) {
      evaluations = 0;
      const std::int64_t before = operator_new_calls();
      optimizer.step(loss);
      EXPECT_LE(operator_new_calls() - before, evaluations * of_loss) << "step " << i;
    }
  }
}

}  // namespace
}  // namespace downhill
