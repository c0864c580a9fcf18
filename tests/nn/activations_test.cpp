#include "downhill/nn/activations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "downhill/autodiff/functional.h"
#include "downhill/ops/reduce.h"

// Value, slope and second derivative of each activation against the closed form.

namespace downhill {
namespace {

using Real = std::function<double(double)>;

struct Activation {
  const char* name;
  std::function<Tensor(const Tensor&)> ours;
  Real value, slope, curvature;
};

double s(double x) { return 1 / (1 + std::exp(-x)); }
double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
double normal(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

std::vector<Activation> activations() {
  const auto zero = [](double) { return 0.0; };
  return {{"relu", nn::relu, [](double x) { return x > 0 ? x : 0; },
           [](double x) { return x > 0 ? 1 : 0; }, zero},
          {"leaky_relu", [](const Tensor& x) { return nn::leaky_relu(x); },
           [](double x) { return x > 0 ? x : 0.01 * x; }, [](double x) { return x > 0 ? 1 : 0.01; },
           zero},
          {"leaky_relu 0.2", [](const Tensor& x) { return nn::leaky_relu(x, 0.2); },
           [](double x) { return x > 0 ? x : 0.2 * x; }, [](double x) { return x > 0 ? 1 : 0.2; },
           zero},
          {"elu", [](const Tensor& x) { return nn::elu(x); },
           [](double x) { return x > 0 ? x : std::expm1(x); },
           [](double x) { return x > 0 ? 1 : std::exp(x); },
           [](double x) { return x > 0 ? 0 : std::exp(x); }},
          {"elu 0.5", [](const Tensor& x) { return nn::elu(x, 0.5); },
           [](double x) { return x > 0 ? x : 0.5 * std::expm1(x); },
           [](double x) { return x > 0 ? 1 : 0.5 * std::exp(x); },
           [](double x) { return x > 0 ? 0 : 0.5 * std::exp(x); }},
          {"gelu", nn::gelu, [](double x) { return x * normal(x); },
           [](double x) { return normal(x) + x * density(x); },
           [](double x) { return (2 - x * x) * density(x); }},
          {"silu", nn::silu, [](double x) { return x * s(x); },
           [](double x) { return s(x) * (1 + x * (1 - s(x))); },
           [](double x) { return s(x) * (1 - s(x)) * (2 + x * (1 - 2 * s(x))); }},
          {"softplus", nn::softplus,
           [](double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); },
           s, [](double x) { return s(x) * (1 - s(x)); }},
          {"sigmoid", nn::sigmoid, s, [](double x) { return s(x) * (1 - s(x)); },
           [](double x) { return s(x) * (1 - s(x)) * (1 - 2 * s(x)); }},
          {"tanh", nn::tanh, [](double x) { return std::tanh(x); },
           [](double x) { return 1 - std::pow(std::tanh(x), 2); },
           [](double x) { return -2 * std::tanh(x) * (1 - std::pow(std::tanh(x), 2)); }}};
}

TEST(Activations, EqualTheirClosedForms) {
  std::vector<double> at;
  for (int i = -60; i <= 60; ++i) at.push_back(0.11 * i + 0.003);  // no kink is hit
  const Tensor x = Tensor::from(at), ones = Tensor::ones(x.shape(), Type::f64);
  for (const Activation& a : activations()) {
    const ScalarFunction total = [&](const Tensors& t) { return sum(a.ours(t[0])); };
    const ValueAndGrad first = value_and_grad(total, {x});
    const Tensor value = a.ours(x), second = hvp(total, {x}, {ones})[0];
    for (std::size_t i = 0; i < at.size(); ++i) {
      const auto k = static_cast<std::int64_t>(i);
      EXPECT_NEAR(value.at(k), a.value(at[i]), 1e-14) << a.name << " at " << at[i];
      EXPECT_NEAR(first.gradients[0].at(k), a.slope(at[i]), 1e-13) << a.name << "' at " << at[i];
      EXPECT_NEAR(second.at(k), a.curvature(at[i]), 1e-12) << a.name << "'' at " << at[i];
    }
  }
}

TEST(Activations, StayFiniteFarOutAndKeepNan) {
  for (const Activation& a : activations()) {
    for (const Type type : {Type::f32, Type::f64}) {
      Tensor x = Tensor({-1e4, -200.0, -90.0, 0.0, 90.0, 200.0, 1e4}, Type::f64).to(type).clone();
      x.requires_grad(true);
      const Tensor y = a.ours(x);
      sum(y).backward();
      for (std::int64_t i = 0; i < x.elements(); ++i) {
        EXPECT_NEAR(y.at(i), a.value(x.at(i)), 1e-6 * std::max(1.0, std::abs(x.at(i))))
            << a.name << " at " << x.at(i);
        EXPECT_TRUE(std::isfinite(x.grad().at(i))) << a.name << "' at " << x.at(i);
      }
    }
    EXPECT_TRUE(std::isnan(a.ours(Tensor({std::nan("")}, Type::f64)).item())) << a.name;
    EXPECT_EQ(a.ours(Tensor::zeros({0, 3})).elements(), 0) << a.name;
  }
}

TEST(Activations, EluIsSmoothAtZero) {
  for (const double zero : {0.0, -0.0}) {
    Tensor x = Tensor::full({3}, zero, Type::f64);
    x.requires_grad(true);
    sum(nn::elu(x)).backward();
    EXPECT_EQ(x.grad().to_vector(), (std::vector<double>{1, 1, 1}));
  }
}

}  // namespace
}  // namespace downhill
