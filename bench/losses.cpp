// Losses at the sizes that they are held to, and losses of one's own beside built-in ones.
#include "bench/loss_work.h"
#include "bench/table.h"
#include "downhill/downhill.h"
#include "tests/contracts/loss_samples.h"

namespace bench {
namespace {

using namespace downhill;

constexpr std::int64_t kFloats = 10'000'000;

Tensor uniform(std::uint64_t seed, const Shape& shape, double low = -3, double high = 3) {
  Random random(seed);
  return random_uniform(random, shape, low, high, Type::f32);
}

/// Ours beside libtorch's, held to a multiple of its speed.
Row against_torch_row(const std::string& work, const Loss& loss, double goal,
                      std::function<Tensor()> prediction, std::function<Tensor()> target) {
  return {work,
          [=] {
            const Tensor p = prediction(), y = target();
            std::vector<Contender> all{ours(value_and_gradient(loss, {p}, {y}))};
            add_torch(all, torch_loss(loss.name(), {p}, {y}).gradient, {2});
            return all;
          },
          [=](const Times& times) { return std::vector{against_torch(times, goal)}; }, 9};
}

Row cross_entropy_row(std::int64_t rows, std::int64_t classes, double goal) {
  return against_torch_row(
      "cross_entropy " + std::to_string(rows) + " x " + std::to_string(classes), CrossEntropy{},
      goal,
      [=] {
        return uniform(1, {rows, classes});
      },
      [=] {
        Tensor y = Tensor::empty({rows}, Type::i64);
        for (std::int64_t i = 0; i < rows; ++i) y.data<std::int64_t>()[i] = i * 7919 % classes;
        return y;
      });
}
Row volume_row(const Loss& loss) {
  const Shape shape{256, 256, 256};
  return against_torch_row(
      loss.name() + " of one region of 256^3", loss, 6,
      [=] { return uniform(1, shape, 0.01, 0.99); }, [=] { return uniform(2, shape, 0, 1); });
}
Row boxes_row() {
  constexpr std::int64_t kBoxes = 1'000'000;
  return against_torch_row(
      "giou of a million boxes", GIoU{}, 10, [] { return contract::boxes(kBoxes, 1, Type::f32); },
      [] { return contract::boxes(kBoxes, 9, Type::f32); });
}

constexpr auto huber = [](auto p, auto y) {
  auto r = p - y;
  return where(abs(r) <= 1, 0.5 * r * r, abs(r) - 0.5);
};
constexpr auto asymmetric = [](auto p, auto y) {
  auto r = p - y;
  return where(r < 0, 10.0, 1.0) * where(abs(r) <= 1, 0.5 * r * r, abs(r) - 0.5);
};

/// A formula of one's own, as C++ and as text, beside the built-in loss of the same formula.
Row own_row() {
  return {"a huber of one's own, 10 million floats",
          [] {
            const Tensor p = uniform(1, {kFloats}), y = uniform(2, {kFloats});
            const auto of = [&](const Loss& loss) { return value_and_gradient(loss, {p}, {y}); };
            return std::vector{
                ours(of(Huber{}), "built-in"), ours(of(pointwise(huber)), "lambda"),
                ours(of(pointwise_text("where(abs(p - y) <= 1, 0.5*(p - y)^2, abs(p - y) - 0.5)")),
                     "text")};
          },
          [](const Times& times) {
            const double built_in = times.at("built-in");
            return std::vector<Claim>{
                {"lambda: times the built-in", times.at("lambda") / built_in, 1.03, false},
                {"text: times the built-in", times.at("text") / built_in, 2.5, false}};
          },
          15};
}
Row asymmetric_row() {
  return {"asymmetric huber, 10 million floats",
          [] {
            const Tensor p = uniform(1, {kFloats}), y = uniform(2, {kFloats});
            std::vector<Contender> all{
                ours(value_and_gradient(pointwise(asymmetric), {p}, {y}), "lambda"),
                ours(value_and_gradient(pointwise_text("where(p < y, 10, 1) * where(abs(p - y) <= "
                                                       "1, 0.5 * (p - y)^2, abs(p - y) - 0.5)"),
                                        {p}, {y}),
                     "text")};
            add_torch(all, torch_loss("asymmetric huber", {p}, {y}).gradient, {2});
            return all;
          },
          [](const Times& times) {
            Claim lambda = against_torch(times, 100, "lambda");
            lambda.text = "lambda: times libtorch's eager form";
            return std::vector<Claim>{lambda,
                                      {"text: times the same compiled",
                                       times.at("text") / times.at("lambda"), 2.5, false}};
          },
          9};
}

}  // namespace

std::vector<Row> loss_rows() {
  return {own_row(),
          asymmetric_row(),
          cross_entropy_row(65536, 10, 4),
          cross_entropy_row(4096, 1000, 4),
          cross_entropy_row(2048, 32000, 5),
          volume_row(Dice{.over = Over::pooled}),
          volume_row(Tversky{.over = Over::pooled}),
          boxes_row()};
}

}  // namespace bench
