#include <gtest/gtest.h>

#include "downhill/core/error.h"
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

// A step is tried again after its closure threw: all goes on as if it had not.
TEST(Lbfgs, AClosureThatThrowsLeavesTheMemory) {
  const auto run = [](int fail_at_step, int fail_at_call) {
    Tensor x = Tensor({-1.2, 1.0, 0.7}, Type::f64);
    x.requires_grad(true);
    int calls = 0;
    bool fail = false;
    const std::function<Tensor()> loss = [&] {
      if (fail && ++calls == fail_at_call) throw DataError("[test] no more");
      return sum(square(square(x) - 1.0)) + 0.3 * square(sum(x) - 0.5);
    };
    Optimizer optimizer(Method::parse("lbfgs:history=2,lr=0.01"), std::vector<Tensor>{x});
    for (int i = 0; i < 9; ++i) {
      fail = i == fail_at_step;
      if (fail) {
        EXPECT_THROW(optimizer.step(loss), DataError);
      }
      fail = false;
      optimizer.step(loss);
    }
    return x.to_vector();
  };
  const std::vector<double> undisturbed = run(-1, 0);
  for (const int step : {1, 2, 3, 4, 5})
    for (const int call : {1, 2}) EXPECT_EQ(run(step, call), undisturbed) << step << " " << call;
}

TEST(Lbfgs, NumbersThatAreNoRowsOfItsMemoryAreRefused) {
  Tensor x = Tensor({1.0, 2.0}, Type::f64);
  x.requires_grad(true);
  const std::function<Tensor()> loss = [&] { return sum(square(square(x))); };
  for (const char* number : {"pairs", "next", "last"})
    for (const double value : {-1.0, 0.5, 1e9}) {
      Optimizer optimizer(Method::parse("lbfgs:history=2"), std::vector<Tensor>{x});
      for (int i = 0; i < 3; ++i) optimizer.step(loss);
      NamedTensors state = optimizer.state();
      for (auto& [name, tensor] : state)
        if (name.ends_with(std::string(".") + number)) {
          tensor = tensor.clone();
          tensor.fill(value);
        }
      optimizer.load_state(state);
      EXPECT_THROW(optimizer.step(loss), DataError) << number << " " << value;
    }
}

}  // namespace
}  // namespace downhill
