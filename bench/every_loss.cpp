// A row for every loss of the list, with inputs made from what it takes: value and gradient of the
// mean, H u, and libtorch's where it has the loss.
#include <chrono>
#include <memory>
#include <set>

#include "bench/loss_work.h"
#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "tests/contracts/loss_samples.h"

namespace bench {
namespace {

using namespace downhill;
using contract::Sample;

constexpr std::int64_t kFloats = 10'000'000;

/// Formulas of arithmetic alone, at most a square root: held to the memory's bandwidth.
bool is_arithmetic(const std::string& name) {
  static const std::set<std::string> names = {"mse",
                                              "mae",
                                              "huber",
                                              "smooth_l1",
                                              "quantile",
                                              "expectile",
                                              "mape",
                                              "smape",
                                              "tukey",
                                              "geman_mcclure",
                                              "asymmetric",
                                              "hinge",
                                              "perceptron",
                                              "squared_hinge",
                                              "pseudo_huber",
                                              "hinge_embedding",
                                              "margin_ranking",
                                              "epsilon_insensitive"};
  return names.contains(name);
}

std::int64_t floats(const Sample& s) {
  std::int64_t all = 0;
  for (const Tensor& p : s.predictions) all += p.elements();
  return all;
}
bool by_element(const Sample& s) {
  return s.loss.terms().size() == 1 &&
         s.loss.each(s.predictions, s.targets).elements() == s.predictions[0].elements();
}
double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// 10 million elements; of losses of rows, regions and tensors as many as take some milliseconds.
Sample sized(const Loss& loss) {
  const contract::Widths widths{.classes = 10, .features = 64, .frames = 60, .compared = 512};
  const auto of = [&](std::int64_t n) { return contract::sample_of(loss, n, Type::f32, widths); };
  Sample s = of(1024);
  if (by_element(s)) return of(kFloats);
  for (std::int64_t n = 4096; 2 * floats(s) < kFloats; n *= 4) {
    const auto work = value_and_gradient(loss, s.predictions, s.targets);
    work();
    if (seconds(work) > 0.005) break;
    Sample more = of(n);
    if (floats(more) == floats(s)) break;
    s = std::move(more);
  }
  return s;
}

/// What a row holds once it runs.
struct Measured {
  bool element = false, torch = false, built_in = false;
  double bytes = 0, difference = 0;
};

std::vector<Claim> claims_of(const std::string& name, const Measured& m, const Times& times) {
  std::vector<Claim> claims;
  const bool fast = m.element && is_arithmetic(name);
  if (m.element) claims.push_back(against_triad(times, m.bytes, fast ? 0.9 : 0));
  if (m.torch) {
    Claim torch = against_torch(times, fast ? 8 : m.element && m.built_in ? 4 : 0);
    torch.text += m.built_in ? "'s own" : "'s operations";
    claims.push_back(torch);
    claims.push_back({"relative difference of the values", m.difference, 1e-3, false});
  }
  claims.push_back({"H u: gradients", times.at("H u") / times.at("ours"), 2.5, false});
  return claims;
}

Row row_of(const Loss& loss) {
  const std::string name = loss.name();
  const auto measured = std::make_shared<Measured>();
  const auto contenders = [=] {
    const Sample s = sized(loss);
    const Tensors u = [&] {
      Tensors all;
      for (const Tensor& p : s.predictions)
        all.push_back(contract::points(p.shape(), 7, -1, 1, Type::f32));
      return all;
    }();
    const auto mean = [loss, y = s.targets](const Tensors& p) { return loss(p, y); };
    std::vector<Contender> all{ours(value_and_gradient(loss, s.predictions, s.targets)),
                               ours([=] { hvp(mean, s.predictions, u); }, "H u")};
    const auto torch = torch_loss(name, s.predictions, s.targets);
    *measured = {.element = by_element(s),
                 .torch = static_cast<bool>(torch.gradient),
                 .built_in = torch.built_in,
                 .bytes = (2.0 * static_cast<double>(floats(s)) +
                           (s.targets.empty() ? 0 : static_cast<double>(s.targets[0].elements()))) *
                          4};
    if (measured->element) all.push_back(triad());
    if (!measured->torch) return all;
    const double value = loss(s.predictions, s.targets).item();
    measured->difference = std::abs(torch.mean() / value - 1);
    add_torch(all, torch.gradient, {2});
    return all;
  };
  return {"every loss: " + name, contenders,
          [=](const Times& times) { return claims_of(name, *measured, times); }, 3, 0.01};
}

}  // namespace

std::vector<Row> every_loss_rows() {
  std::vector<Row> rows;
  Losses::for_each([&]<class L>() { rows.push_back(row_of(L{})); });
  return rows;
}

}  // namespace bench
