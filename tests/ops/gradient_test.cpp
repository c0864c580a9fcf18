// Every operation's derivatives in float64, to second order, and to third for the arithmetic.
#include <cstdio>

#include "downhill/autodiff/functional.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

// A scalar that weighs every element differently, so that no error can cancel.
Tensor weighed(const Tensor& y) { return sum(y * points(y.shape(), 77, 0.5, 1.5)); }

struct Case {
  const char* name;
  TensorFunction f;
  Tensors at;
};

std::vector<Case> cases() {
  const Tensor x = points({5}, 1, 0.2, 1.8), y = points({5}, 2, 2.1, 3), s = points({5}, 3, -2, 2);
  const Tensor m = points({3, 4}, 4), n = points({4, 2}, 5), row = points({4}, 6, 0.5, 2),
               column = points({3, 1}, 7, 0.5, 2);
  const Tensor index({1.0, 0, 2, 1}, Type::i64), labels({1.0, 0, 3}, Type::i64),
      mask({{1.0}, {0.0}, {1.0}}, Type::u8);
  const auto one = [](Tensor (*f)(const Tensor&)) {
    return [f](const Tensors& t) { return f(t[0]); };
  };
  return {
      {"add", [](const Tensors& t) { return square(t[0] + t[1]); }, {m, row}},
      {"subtract", [](const Tensors& t) { return square(t[0] - t[1]); }, {column, m}},
      {"multiply", [](const Tensors& t) { return t[0] * t[1] * t[0]; }, {m, column}},
      {"divide", [](const Tensors& t) { return t[0] / t[1]; }, {m, row}},
      {"divide by itself", [](const Tensors& t) { return t[0] / (t[0] * t[0] + 1.0); }, {s}},
      {"constants",
       [](const Tensors& t) { return square(3.0 - t[0] / 2.0) * 0.5 + 2.0 / t[0] - (-t[0]); },
       {x}},
      {"exp", one(exp), {s}},
      {"expm1", one(expm1), {s}},
      {"log", one(log), {x}},
      {"log1p", one(log1p), {x}},
      {"sqrt", one(sqrt), {x}},
      {"abs", [](const Tensors& t) { return square(abs(t[0])); }, {s}},
      {"square", one(square), {s}},
      {"sin", one(sin), {s}},
      {"cos", one(cos), {s}},
      {"tanh", one(tanh), {s}},
      {"erf", one(erf), {s}},
      {"sigmoid", one(sigmoid), {s}},
      {"softplus", one(softplus), {s}},
      {"directions", one(directions), {m}},
      {"lengths", [](const Tensors& t) { return square(lengths(t[0]) + 1.0); }, {m}},
      {"relu", [](const Tensors& t) { return relu(square(t[0]) - 0.5); }, {s}},
      {"pow constant",
       [](const Tensors& t) { return pow(t[0], 2.3) + pow(t[0], 3.0) + pow(t[0], -1.0); },
       {x}},
      {"pow", [](const Tensors& t) { return pow(t[0], t[1]); }, {x, y}},
      {"maximum", [](const Tensors& t) { return maximum(square(t[0]), t[1]); }, {s, x}},
      {"minimum", [](const Tensors& t) { return minimum(square(t[0]), t[1]); }, {s, x}},
      {"map",
       [](const Tensors& t) {
         return map([](auto a, auto b) { return a * tanh(b) + exp(a * b); }, t[0], t[1]);
       },
       {m, row}},
      {"sum", [](const Tensors& t) { return square(sum(t[0])); }, {m}},
      {"sum axis", [](const Tensors& t) { return square(sum(t[0], 0)); }, {m}},
      {"mean",
       [](const Tensors& t) { return square(mean(t[0])) + sum(square(mean(t[0], 1, true))); },
       {m}},
      {"max", [](const Tensors& t) { return square(max(t[0], 1)) * max(t[0]); }, {m}},
      {"max axis 0", [](const Tensors& t) { return square(max(t[0], 0)); }, {m}},
      {"norm", [](const Tensors& t) { return norm(t[0]); }, {m}},
      {"dot", [](const Tensors& t) { return dot(t[0], exp(t[0])); }, {s}},
      {"matmul", [](const Tensors& t) { return square(matmul(t[0], t[1])); }, {m, n}},
      {"matmul tn",
       [](const Tensors& t) { return square(matmul(t[0], t[1], true)); },
       {m, points({3, 2}, 8)}},
      {"matmul nt",
       [](const Tensors& t) { return square(matmul(t[0], t[1], false, true)); },
       {m, points({2, 4}, 9)}},
      {"matmul tt",
       [](const Tensors& t) { return square(matmul(t[0], t[1], true, true)); },
       {m, points({2, 3}, 10)}},
      {"linear",
       [](const Tensors& t) { return tanh(linear(t[0], t[1], t[2])); },
       {m, points({2, 4}, 11), points({2}, 12)}},
      {"linear without bias",
       [](const Tensors& t) { return square(linear(t[0], t[1])); },
       {m, points({2, 4}, 11)}},
      {"softmax", [](const Tensors& t) { return softmax(t[0]); }, {m}},
      {"softmax axis 0", [](const Tensors& t) { return softmax(t[0], 0); }, {m}},
      {"log_softmax", [](const Tensors& t) { return log_softmax(t[0]); }, {m}},
      {"logsumexp", [](const Tensors& t) { return logsumexp(t[0], 0); }, {m}},
      {"transpose", [](const Tensors& t) { return square(transpose(t[0])); }, {m}},
      {"reshape",
       [](const Tensors& t) {
         return square(t[0].reshape({2, 6}));
       },
       {m}},
      {"slice",
       [](const Tensors& t) { return square(slice(t[0], 1, 3)) * square(slice(t[0], 0, 2)); },
       {m}},
      {"slice axis 1", [](const Tensors& t) { return square(slice(t[0], 1, -1, 1)); }, {m}},
      {"gather", [index](const Tensors& t) { return square(gather(t[0], index)); }, {m}},
      {"scatter_add",
       [index](const Tensors& t) { return square(scatter_add(t[0], index, 3)); },
       {n}},
      {"pick", [labels](const Tensors& t) { return square(pick(t[0], labels)); }, {m}},
      {"concat",
       [](const Tensors& t) {
         return square(concat({t[0], t[1], t[0]}, 1));
       },
       {m, column}},
      {"expand",
       [](const Tensors& t) {
         return square(expand(t[0], {2, 3, 4}));
       },
       {column}},
      {"sum_to",
       [](const Tensors& t) {
         return square(sum_to(t[0], {3, 1}));
       },
       {m}},
      {"squeeze", [](const Tensors& t) { return square(squeeze(unsqueeze(t[0], 1), 1)); }, {m}},
      {"where",
       [mask](const Tensors& t) { return where(mask, square(t[0]), exp(t[1])); },
       {m, row}},
  };
}

TEST(OpGradients, FirstAndSecondOrder) {
  std::int64_t first_count = 0, second_count = 0;
  double first_worst = 0, second_worst = 0;
  const auto all = cases();
  for (const Case& c : all) {
    const auto f = [&](const Tensors& t) { return weighed(c.f(t)); };
    const Gradcheck first = gradcheck(f, c.at), second = gradcheck_second(f, c.at);
    EXPECT_LE(first.worst, 1e-8) << c.name << " input " << first.input << " element "
                                 << first.element << ": " << first.ours << " against "
                                 << first.reference;
    EXPECT_LE(second.worst, 1e-6) << c.name << " input " << second.input << " element "
                                  << second.element << ": " << second.ours << " against "
                                  << second.reference;
    first_count += first.compared;
    second_count += second.compared;
    first_worst = std::max(first_worst, first.worst);
    second_worst = std::max(second_worst, second.worst);
  }
  std::printf(
      "  %zu operations by 4-point differences: %lld slopes (worst %.1e), %lld second (worst "
      "%.1e)\n",
      all.size(), static_cast<long long>(first_count), first_worst,
      static_cast<long long>(second_count), second_worst);
}

TEST(OpGradients, ThirdOrderOfArithmetic) {
  const Tensor x = points({4}, 1, 0.5, 2), u = points({4}, 2);
  const auto check = [&](const char* name, const TensorFunction& f) {
    // The gradient's product with u is a scalar; its Hessian holds third derivatives.
    const ScalarFunction slope = [&](const Tensors& t) {
      Tensor p = t[0].requires_grad() ? t[0] : t[0].detach();
      if (!p.requires_grad()) p.requires_grad(true);
      return sum(gradients(weighed(f({p})), {p}, true)[0] * u);
    };
    const Gradcheck third = gradcheck_second(slope, {x});
    EXPECT_LE(third.worst, 1e-6) << name;
  };
  check("multiply", [](const Tensors& t) { return t[0] * t[0] * t[0] * t[0]; });
  check("divide", [](const Tensors& t) { return 1.0 / (t[0] * t[0]) + t[0] / (1.0 + t[0]); });
  check("matmul", [](const Tensors& t) {
    const Tensor m = t[0].reshape({2, 2});
    return matmul(matmul(m, m), matmul(m, m, true));
  });
  check("moving", [](const Tensors& t) {
    const Tensor a = transpose(t[0].reshape({2, 2}));
    return concat({slice(a, 0, 1), a}, 0) * sum(a) * sum(a * a, 0);
  });
}

TEST(OpGradients, AThirdDerivativeOfAFormulaIsRefused) {
  Tensor x({1.0}, Type::f64);
  x.requires_grad(true);
  const Tensor g = gradients(sum(exp(x)), {x}, true)[0];
  const Tensor h = gradients(sum(g), {x}, false, true)[0];
  EXPECT_NEAR(h.item(), std::exp(1.0), 1e-14);
  expect_usage([&] { gradients(sum(g), {x}, true); }, "[exp]", "third derivative");
}

TEST(OpGradients, OfEmptyTensors) {
  Tensor x = Tensor::zeros({0, 3}, Type::f64);
  x.requires_grad(true);
  sum(exp(x) * x + relu(x)).backward();
  EXPECT_EQ(x.grad().shape(), x.shape());
}

TEST(OpGradients, StatedValuesAtKinks) {
  const auto slope = [](Tensor (*f)(const Tensor&), double at) {
    return value_and_grad([f](const Tensors& t) { return sum(f(t[0])); }, {Tensor({at}, Type::f64)})
        .gradients[0]
        .item();
  };
  EXPECT_EQ(slope(abs, 0), 0);
  EXPECT_EQ(slope(relu, 0), 0);
  const auto tie = value_and_grad([](const Tensors& t) { return sum(maximum(t[0], t[1])); },
                                  {Tensor({1.0}, Type::f64), Tensor({1.0}, Type::f64)});
  EXPECT_EQ(tie.gradients[0].item(), 0);
  EXPECT_EQ(tie.gradients[1].item(), 1);
  const auto first =
      value_and_grad([](const Tensors& t) { return max(t[0]); }, {Tensor({3.0, 3.0}, Type::f64)});
  EXPECT_EQ(first.gradients[0].to_vector(), (std::vector<double>{1, 0}));
}

}  // namespace
}  // namespace downhill
