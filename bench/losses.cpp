// Value and gradient of losses over many numbers.
#include <memory>

#include "bench/table.h"
#include "bench/torch_side.h"
#include "downhill/downhill.h"

namespace bench {
namespace {

using namespace downhill;
using torch_side::Formula;

constexpr std::int64_t kFloats = 10'000'000;
constexpr std::int64_t kRows = 2048, kClasses = 32000;
constexpr double kBytes = 12.0 * kFloats;

Tensor uniform(std::uint64_t seed, const Shape& shape, double low = -3, double high = 3) {
  Random random(seed);
  return random_uniform(random, shape, low, high, Type::f32);
}

// Value, then the gradient as backward leaves it.
std::function<void()> value_and_gradient(const Loss& loss, const Tensor& values, const Tensor& y) {
  Tensor p = values.clone();
  p.requires_grad(true);
  return [loss, p, y]() mutable {
    p.zero_grad();
    loss(p, y).backward();
  };
}

Loss asymmetric() {
  return pointwise([](auto p, auto y) {
    auto r = p - y;
    auto huber = where(abs(r) <= 1, 0.5 * r * r, abs(r) - 0.5);
    return where(r < 0, 10 * huber, huber);
  });
}
Loss asymmetric_text() {
  return pointwise_text(
      "where(p < y, 10, 1) * where(abs(p - y) <= 1, 0.5 * (p - y)^2, abs(p - y) - 0.5)");
}

Row built_in_row(const std::string& name, const Loss& loss, Formula formula) {
  return {name + ", 10 million floats",
          [=] {
            const Tensor p = uniform(1, {kFloats}), y = uniform(2, {kFloats}, 0, 1);
            std::vector<Contender> all{ours(value_and_gradient(loss, p, y)), triad()};
            add_torch(all,
                      torch_side::pointwise(formula, p.data<float>(), y.data<float>(), kFloats));
            return all;
          },
          [](const Times& times) {
            return std::vector{against_triad(times, kBytes, 0.8), against_torch(times, 5)};
          },
          11};
}

Row asymmetric_row() {
  return {"asymmetric huber, 10 million floats",
          [] {
            const Tensor p = uniform(1, {kFloats}), y = uniform(2, {kFloats});
            std::vector<Contender> all{ours(value_and_gradient(Huber{}, p, y), "built-in huber"),
                                       ours(value_and_gradient(asymmetric(), p, y), "lambda"),
                                       ours(value_and_gradient(asymmetric_text(), p, y), "text")};
            add_torch(all, torch_side::pointwise(Formula::asymmetric_huber, p.data<float>(),
                                                 y.data<float>(), kFloats));
            return all;
          },
          [](const Times& times) {
            Claim lambda = against_torch(times, 100, "lambda");
            lambda.text = "lambda: times libtorch's eager form";
            return std::vector<Claim>{
                lambda,
                {"lambda: times built-in huber", times.at("lambda") / times.at("built-in huber"),
                 1.1, false},
                {"text: times the same compiled", times.at("text") / times.at("lambda"), 3, false}};
          },
          9};
}

Row cross_entropy_row() {
  return {"cross_entropy 2048 x 32000",
          [] {
            const Tensor x = uniform(1, {kRows, kClasses});
            Tensor y = Tensor::empty({kRows}, Type::i64);
            for (std::int64_t i = 0; i < kRows; ++i)
              y.data<std::int64_t>()[i] = i * 7919 % kClasses;
            std::vector<Contender> all{ours(value_and_gradient(CrossEntropy{}, x, y))};
            add_torch(all, torch_side::cross_entropy(x.data<float>(), y.data<std::int64_t>(), kRows,
                                                     kClasses));
            return all;
          },
          [](const Times& times) { return std::vector{against_torch(times, 5)}; }, 7};
}

}  // namespace

std::vector<Row> loss_rows() {
  return {built_in_row("mse", MSE{}, Formula::mse), built_in_row("huber", Huber{}, Formula::huber),
          asymmetric_row(), cross_entropy_row()};
}

}  // namespace bench
