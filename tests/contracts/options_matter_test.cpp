// Every option of every loss, optimizer, link and schedule does something: some value of it changes
// a result on the sample inputs. What cannot show there stands below, with the reason.
#include <gtest/gtest.h>

#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/list.h"
#include "tests/contracts/loss_samples.h"
#include "tests/contracts/optimizer_cases.h"
#include "tests/contracts/option_values.h"

namespace downhill {
namespace {

using namespace contract;

const Silent kSilent = {
    {"ctc.zero_infinity", "for rows that no path reads, whose loss is infinite: extremes_test.cpp"},
    {"skip_non_finite.max_consecutive", "counts gradients that are not finite: links_test.cpp"},
};

constexpr const char* kRemedy =
    "make the option do something, or give the reason in kSilent of options_matter_test.cpp";

using Numbers = std::vector<double>;

/// Where two axes may hold the classes: the option that says which is needed.
template <class L>
std::vector<Sample> cubes(const Loss& loss) {
  if (!loss.takes_labels() || GraphShaped<L>) return {};
  const bool regions = loss.takes()[0] == Takes::probability;
  const Tensor x = regions ? points({2, 3, 3}, 1, 0.05, 0.95) : points({3, 5, 5}, 1, -3, -0.1);
  const Tensor y = regions ? ::labels({2, 3}, 2, 2) : ::labels({3, 5}, 5, 9);
  std::vector<Sample> all = {{loss, {x}, {y}}};
  if (takes_shares<L>()) all.push_back({loss, {x}, {shares(x.shape(), 11, Type::f64)}});
  return all;
}

/// Values and slopes of each sample.
Results of_loss(const std::string& spec, const std::vector<Sample>& inputs) {
  Results all;
  for (const Sample& s : inputs)
    all.push_back(unless_refused([&] {
      const Loss loss = Loss::parse(spec);
      const auto mean = [&](const Tensors& p) { return loss(p, s.targets); };
      const auto r = value_and_grad(mean, s.predictions);
      Numbers numbers = joined(r.gradients);
      numbers.push_back(r.value.item());
      return numbers;
    }));
  return all;
}

TEST(OptionsMatter, OfEveryLoss) {
  std::string wrong;
  Losses::for_each([&]<class L>() {
    const Loss loss = L{};
    std::vector<Sample> inputs = {sample_of(loss, 7, Type::f64)};
    if (takes_shares<L>()) inputs.push_back(with_shares<L>(7, Type::f64));
    for (const Sample& s : cubes<L>(loss)) inputs.push_back(s);
    wrong += without_effect<MethodList<L>>(
        [&](const std::string& spec) { return of_loss(spec, inputs); }, kSilent);
  });
  EXPECT_EQ(wrong, "") << kRemedy;
}

/// What is descended: a bowl, a bent valley, a narrow one, and a saddle that the weights begin at.
enum class Ground { bowl, bent, narrow, saddle };
Tensor height(const Tensor& x, Ground ground) {
  const std::int64_t n = x.size(-1);
  const Tensor a = slice(x, 0, n - 1, -1), b = slice(x, 1, n, -1);
  if (ground == Ground::bent) return sum(square(1 - a) + 10 * square(b - square(a)));
  if (ground == Ground::narrow) return sum(square(a) + 100 * square(b)) + sum(a * b);
  return sum(a * b);
}

/// The weights after 5 steps, and those to evaluate with.
Numbers path(const Method& method, const Shape& second, Ground ground) {
  const double scale = ground == Ground::saddle ? 1e-5 : 1;
  const Tensor a = leaf(points({3, 4}, 1) * scale), b = leaf(points(second, 2) * scale);
  Optimizer optimizer(method, std::vector<Parameter>{{"a", a}, {"b", b}});
  for (std::uint64_t t = 0; t < 5; ++t) {
    if (ground == Ground::bowl) any_step(optimizer, t);
    else optimizer.step([&] { return height(a, ground) + height(b, ground); });
  }
  Numbers all = joined({a.detach(), b.detach()});
  const EvaluationWeights now(optimizer);
  for (const double x : joined({a.detach(), b.detach()})) all.push_back(x);
  return all;
}

/// The paths of a matrix and a vector, and of two matrices.
Results of_method(const std::function<Method()>& make) {
  Results all;
  for (const Shape& second : {Shape{5}, Shape{5, 2}})
    for (const Ground ground : {Ground::bowl, Ground::bent, Ground::narrow, Ground::saddle})
      all.push_back(unless_refused([&] { return path(make(), second, ground); }));
  return all;
}

TEST(OptionsMatter, OfEveryOptimizer) {
  const auto paths = [](const std::string& spec) {
    return of_method([&] { return Method::parse(spec); });
  };
  EXPECT_EQ(without_effect<Optimizers>(paths, kSilent), "") << kRemedy;
}

TEST(OptionsMatter, OfEveryLink) {
  const auto paths = [](const std::string& spec) {
    Results all = of_method([&] { return in_a_chain(spec); });
    for (auto& one : of_method([&] { return Method::parse(spec + " | strong_wolfe"); }))
      all.push_back(std::move(one));
    return all;
  };
  EXPECT_EQ(without_effect<Links>(paths, kSilent), "") << kRemedy;
}

TEST(OptionsMatter, OfEverySchedule) {
  const auto values = [](const std::string& spec) -> Results {
    return {unless_refused([&] {
      const Schedule schedule = Schedule::parse(spec).over(8);
      Numbers all;
      for (std::int64_t t = 0; t < 10; ++t) all.push_back(schedule(t));
      return all;
    })};
  };
  EXPECT_EQ(without_effect<Schedules>(values, kSilent), "") << kRemedy;
}

}  // namespace
}  // namespace downhill
