// Figures that other projects' own tests publish, converted by tools/convert_golden.py.
#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/reduce.h"
#include "tests/golden/golden_support.h"

namespace downhill {
namespace {

using Json = nlohmann::json;

Tensor tensor(const Json& json) {
  std::vector<double> values;
  for (const Json& v : json["values"]) values.push_back(golden_number(v));
  const auto sizes = json["shape"].get<std::vector<std::int64_t>>();
  return Tensor::from(values, Shape(std::span<const std::int64_t>(sizes)))
      .to(json["type"] == "int64" ? Type::i64 : Type::f64);
}

Loss make(const Json& one) {
  Spec spec{one["loss"].get<std::string>(), {}};
  for (const auto& [name, value] : one["options"].items())
    spec.options.emplace_back(name, value.get<std::string>());
  // Where those projects have the classes of soft targets: Keras on the last axis, MONAI on 1.
  if (one.contains("target") && one["target"]["type"] != "int64" &&
      one["target"]["shape"].size() > 2 && (spec.name == "cross_entropy" || spec.name == "dice"))
    spec.options.emplace_back("axis", spec.name == "dice" ? "1" : "-1");
  detail::LossPtr made;
  Losses::for_each([&]<class L>() {
    if (spec.name != L::name) return;
    L loss;
    read_options(L::name, loss, spec);
    made = detail::builtin_loss(L::name, sizeof(L), &loss);
  });
  return Loss(made);
}

void run(const Json& one) {
  const Loss loss = make(one);
  Tensors predictions;
  for (const Json& p : one["predictions"]) predictions.push_back(tensor(p));
  const Tensor target = one.contains("target") ? tensor(one["target"]) : Tensor();
  const Tensor weight = one.contains("weight") ? tensor(one["weight"]) : Tensor();
  const std::string word = one["reduction"].get<std::string>();
  const Reduction reduction = word == "mean"  ? Reduction::mean
                              : word == "sum" ? Reduction::sum
                                              : Reduction::each;
  const double scale = one.value("scale", 1.0);
  if (one.contains("expected")) {
    Tensor value = loss.apply(predictions, target, weight, reduction);
    if (one.value("average_last_axis", false)) value = mean(value, -1);
    ASSERT_EQ(value.elements(), static_cast<std::int64_t>(one["expected"].size()));
    for (std::int64_t i = 0; i < value.elements(); ++i)
      expect_golden(value.at(i) * scale, one["expected"][static_cast<std::size_t>(i)],
                    one["tolerance"]);
  }
  if (!one.contains("gradient")) return;
  const Tensor g =
      value_and_grad(
          [&](const Tensors& p) { return sum(loss.apply(p, target, weight, reduction)); },
          predictions)
          .gradients[0];
  for (std::int64_t i = 0; i < g.elements(); ++i)
    expect_golden(g.at(i), one["gradient"][static_cast<std::size_t>(i)], one["tolerance"],
                  one.value("gradient_atol", 0.0));
}

TEST(LossesGolden, PublishedCases) { run_golden("losses.json", run); }

/// Figures of further projects' tests and documentation, written by hand in the converted form.
TEST(LossesGolden, FurtherPublishedCases) { run_golden("more_losses.json", run); }

}  // namespace
}  // namespace downhill
