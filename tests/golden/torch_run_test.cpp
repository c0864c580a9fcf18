#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "downhill/data/csv.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/index.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"

// One whole run against PyTorch: tools/make_torch_run.py says what was run, with the rules for
// first weights and batches that are repeated here.

namespace downhill {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kRoot = DOWNHILL_SOURCE_DIR;
constexpr std::int64_t kWidth = 64;

Json read_golden() {
  std::ifstream in(kRoot / "tests/golden/torch_run.json");
  return Json::parse(in);
}

struct Digits {
  explicit Digits(std::int64_t rows)
      : x(Tensor::empty({rows, kWidth}, Type::f64)), y(Tensor::empty({rows}, Type::i64)) {
    const CsvTable table = read_csv(kRoot / "data/digits.csv");
    for (std::int64_t i = 0; i < rows; ++i) {
      const double* row = table.numbers.data<double>() + i * (kWidth + 1);
      for (std::int64_t j = 0; j < kWidth; ++j) x.data<double>()[i * kWidth + j] = row[j] / 16;
      y.data<std::int64_t>()[i] = static_cast<std::int64_t>(row[kWidth]);
    }
  }
  Tensor x, y;
};

void set_first_weights(nn::Sequential& model) {
  std::uint64_t state = 1;
  for (Parameter& p : model.parameters())
    for (double& w : p.tensor.values<double>()) {
      state = (1103515245 * state + 12345) % 2147483648;
      w = (static_cast<double>(state) / 1073741824 - 1) * 0.125;
    }
}

Tensor batch_rows(std::int64_t rows, std::int64_t begin, std::int64_t end, std::int64_t epoch) {
  std::vector<std::int64_t> index;
  for (std::int64_t i = begin; i < end; ++i) index.push_back((7 * i + 3 * epoch) % rows);
  return Tensor::from(index);
}

class TorchRun : public testing::TestWithParam<const char*> {};

TEST_P(TorchRun, GivesTheSameLossesAndWeights) {
  const Json golden = read_golden();
  const auto rows = golden["rows"].get<std::int64_t>(), size = golden["batch"].get<std::int64_t>();
  const auto steps = golden["steps"].get<std::int64_t>();
  ASSERT_NE(rows % size, 0) << "the last batch must be ragged";
  const Json& expected = golden.at(GetParam());
  const Digits digits(rows);

  nn::Sequential model(nn::Linear(kWidth, 32), nn::relu, nn::Linear(32, 10));
  model.to(Type::f64);
  set_first_weights(model);
  Optimizer optimizer(Method::parse(GetParam()), model.parameters());
  const Loss criterion = CrossEntropy{};
  std::int64_t step = 0;
  for (std::int64_t epoch = 0; step < steps; ++epoch)
    for (std::int64_t begin = 0; begin < rows && step < steps; begin += size, ++step) {
      const Tensor index = batch_rows(rows, begin, std::min(rows, begin + size), epoch);
      optimizer.zero_grad();
      const Tensor loss = criterion(model(gather(digits.x, index)), gather(digits.y, index));
      loss.backward();
      optimizer.step();
      EXPECT_NEAR(loss.item(), expected["losses"][static_cast<std::size_t>(step)].get<double>(),
                  1e-9)
          << "step " << step;
    }
  for (const Parameter& p : model.parameters()) {
    const auto weights = expected["weights"].at(p.name).get<std::vector<double>>();
    ASSERT_EQ(static_cast<std::int64_t>(weights.size()), p.tensor.elements()) << p.name;
    for (std::size_t i = 0; i < weights.size(); ++i)
      ASSERT_NEAR(p.tensor.at(static_cast<std::int64_t>(i)), weights[i], 1e-9)
          << p.name << " " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Optimizers, TorchRun,
                         testing::Values("sgd:lr=0.05,momentum=0.9",
                                         "adamw:lr=0.01,weight_decay=0.1"));

}  // namespace
}  // namespace downhill
