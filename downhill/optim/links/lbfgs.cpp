#include "downhill/optim/links/lbfgs.h"

#include <map>
#include <set>

#include "downhill/optim/detail/vectors.h"

namespace downhill {
namespace {

using detail::inner;
using Vector = std::vector<double>;

// The memory: "x" and "g" of the last step, then pairs "s0", "y0" (oldest), "s1", ...
struct History {
  explicit History(const NamedTensors& memory) {
    // By name: a file sorts them, "s10" before "s2".
    const std::map<std::string, Tensor> known(memory.begin(), memory.end());
    if (known.empty()) return;
    x = known.at("x").to_vector();
    g = known.at("g").to_vector();
    for (std::size_t i = 0; known.contains("s" + std::to_string(i)); ++i) {
      s.push_back(known.at("s" + std::to_string(i)).to_vector());
      y.push_back(known.at("y" + std::to_string(i)).to_vector());
    }
  }
  void save(NamedTensors& memory) const {
    memory.clear();
    memory.emplace_back("x", Tensor::from(x));
    memory.emplace_back("g", Tensor::from(g));
    for (std::size_t i = 0; i < s.size(); ++i) {
      memory.emplace_back("s" + std::to_string(i), Tensor::from(s[i]));
      memory.emplace_back("y" + std::to_string(i), Tensor::from(y[i]));
    }
  }
  void learn(const Vector& next_x, const Vector& next_g, std::size_t limit) {
    if (!x.empty()) {
      Vector step = next_x, change = next_g;
      detail::add(-1, x, step);
      detail::add(-1, g, change);
      if (inner(step, change) > 1e-10) {
        while (s.size() >= limit) {
          s.erase(s.begin());
          y.erase(y.begin());
        }
        s.push_back(std::move(step));
        y.push_back(std::move(change));
      }
    }
    x = next_x;
    g = next_g;
  }
  Vector x, g;
  std::vector<Vector> s, y;
};

}  // namespace

std::vector<std::string> ScaleByLbfgs::misfits(const NamedTensors& memory,
                                               std::int64_t elements) const {
  if (memory.empty()) return {};
  std::set<std::string> expected = {"x", "g"};
  for (std::size_t i = 0; 2 * i + 2 < memory.size(); ++i)
    expected.insert({"s" + std::to_string(i), "y" + std::to_string(i)});
  std::vector<std::string> problems;
  for (const auto& [label, tensor] : memory) {
    if (expected.erase(label) == 0) problems.push_back(label + " is not expected");
    else if (tensor.type() != Type::f64 || !(tensor.shape() == Shape{elements}))
      problems.push_back(label + " is " + describe(tensor) + "; expected " +
                         Shape{elements}.text() + " float64");
  }
  for (const std::string& label : expected) problems.push_back(label + " is missing");
  return problems;
}

void ScaleByLbfgs::run(Problem& problem, NamedTensors& memory) const {
  History past(memory);
  Vector d = detail::flatten(problem.directions);
  past.learn(detail::flatten(problem.parameters), d, static_cast<std::size_t>(history));
  Vector share(past.s.size());
  for (std::size_t i = past.s.size(); i-- > 0;) {
    share[i] = inner(past.s[i], d) / inner(past.s[i], past.y[i]);
    detail::add(-share[i], past.y[i], d);
  }
  if (!past.s.empty()) {
    const double scale = inner(past.s.back(), past.y.back()) / inner(past.y.back(), past.y.back());
    for (double& x : d) x *= scale;
  }
  for (std::size_t i = 0; i < past.s.size(); ++i)
    detail::add(share[i] - inner(past.y[i], d) / inner(past.s[i], past.y[i]), past.s[i], d);
  detail::unflatten(d, problem.directions);
  past.save(memory);
}

}  // namespace downhill
