// The edge of stability (Cohen et al. 2021): the sharpness of full-batch gradient descent rises to the value
// at which a quadratic would diverge, and stays there: 2 / lr, with momentum 2 (1 + beta) / lr.
// Run with a file's name to draw it.
#include <downhill/downhill.h>
#include <downhill/inspect/spectrum.h>
#include <downhill/report/lines.h>

#include <cmath>
#include <cstdio>
#include <fstream>

using namespace downhill;

struct Run {
  const char* name;
  Method method;
  double threshold;
  int steps;
  std::vector<double> step = {}, sharpness = {};
};

int main(int count, char** words) {
  const double plain = 0.2, heavy = 0.25, nesterov = 0.1;  // rates
  Random random(3);
  Tensor x = random_normal(random, {32, 4}, 0, 1, Type::f64);
  Tensor y = tanh(2.0 * slice(x, 0, 1, 1)) * slice(x, 1, 2, 1) + 0.5 * slice(x, 2, 3, 1);
  std::vector<Run> runs = {
      {"gradient descent", SGD{.lr = plain}, 2 / plain, 2400},
      {"momentum 0.5", SGD{.lr = heavy, .momentum = 0.5}, 2 * (1 + 0.5) / heavy, 2400},
      {"Nesterov 0.9", SGD{.lr = nesterov, .momentum = 0.9, .nesterov = true},
       2 * (1 + 0.9) / (nesterov * (1 + 2 * 0.9)), 1200}};
  for (Run& run : runs) {
    Random first(5);
    // One after the other: which argument of a call is made first is the compiler's choice.
    nn::Linear top(24, 1, first), middle(24, 24, first), front(4, 24, first);
    nn::Sequential model(front, nn::tanh, middle, nn::tanh, top);
    model.to(Type::f64);
    Tensors weights;
    for (const Parameter& p : model.parameters()) weights.push_back(p.tensor);
    const Loss mse = MSE{};
    const auto loss = [&] { return 0.5 * mse(model(x), y); };
    Optimizer optimizer(run.method, model.parameters());
    for (int step = 0; step <= run.steps; ++step) {
      if (step % 30 == 0) {
        const HessianProduct hessian(loss(), weights);
        run.step.push_back(step);
        run.sharpness.push_back(spectrum(hessian, {.steps = 25}).h1.value);
      }
      optimizer.zero_grad();
      loss().backward();
      optimizer.step();
    }
    double late = 0;
    const std::size_t last = 20;
    for (std::size_t i = run.sharpness.size() - last; i < run.sharpness.size(); ++i)
      late += run.sharpness[i] / last;
    std::printf("%-17s at most %.2f, at the start %.2f, at the end %.1f of it\n", run.name,
                run.threshold, run.sharpness.front(), late / run.threshold);
  }
  if (count < 2) return 0;
  LinesPicture picture{.title = "Sharpness at the edge of stability",
                       .x = "step",
                       .y = "largest eigenvalue over that at which a quadratic diverges"};
  for (const Run& run : runs) {
    std::vector<double> share = run.sharpness;
    for (double& s : share) s /= run.threshold;
    picture.lines.push_back({run.name, run.step, share});
  }
  picture.lines.push_back({"the edge", {0, 2400}, {1, 1}});
  std::ofstream(words[1]) << lines_svg(picture);
}
