#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "downhill/losses/list.h"
#include "downhill/nn/init.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/list.h"
#include "downhill/runlog/reader.h"
#include "downhill/schedules/cosine.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

// A run that is stopped after any step and goes on in a process that knows nothing of it ends with
// the bits of the run that was never stopped.

namespace downhill {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSteps = 50;  // 10 epochs of 5 batches: 37 rows by 8, the last one of 5

/// Everything a process would make anew. `seed` differs between the processes: whatever is not
/// read from the checkpoint would show.
struct Process {
  Process(const Method& method, std::uint64_t seed, std::int64_t width = 8)
      : random(seed),
        model(nn::Linear(6, width, random), nn::relu, nn::Dropout(0.3, seed),
              nn::Linear(width, 3, random)),
        optimizer(method, model.parameters()) {}

  FitResult fit(const fs::path& out, bool resume, std::int64_t stop_after) {
    const Dataset train(points({37, 6}, 1, -2, 2, Type::f32), labels({37}, 3, 2));
    const Dataset validation(points({11, 6}, 3, -2, 2, Type::f32), labels({11}, 3, 4));
    std::stop_source stop;
    if (stop_after == 0) stop.request_stop();
    FitOptions options{.epochs = kSteps / 5,
                       .batch = 8,
                       .seed = 7,
                       .out = out,
                       .resume = resume,
                       .explain = false,
                       .config = {{"seed", "7"}},
                       .stop = stop.get_token(),
                       .progress = [&](const Progress& p) {
                         if (p.step == stop_after) stop.request_stop();
                       }};
    if (!optimizer.needs_closure()) options.schedule = Cosine{};
    return downhill::fit(model, optimizer, CrossEntropy{}, train, &validation, options);
  }

  std::vector<std::pair<std::string, Tensor>> weights() const {
    std::vector<std::pair<std::string, Tensor>> all;
    for (const Parameter& p : model.state()) all.emplace_back(p.name, p.tensor);
    return all;
  }

  Random random;
  nn::Sequential model;
  Optimizer optimizer;
};

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

NamedTensors sorted(NamedTensors tensors) {
  std::sort(tensors.begin(), tensors.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return tensors;
}

void expect_same_log(const RunLog& a, const RunLog& b) {
  ASSERT_EQ(a.steps.size(), b.steps.size());
  for (std::size_t i = 0; i < a.steps.size(); ++i) {
    EXPECT_EQ(a.steps[i].step, b.steps[i].step);
    EXPECT_EQ(a.steps[i].loss, b.steps[i].loss) << "step " << a.steps[i].step;
    EXPECT_EQ(a.steps[i].lr, b.steps[i].lr) << "step " << a.steps[i].step;
    EXPECT_EQ(a.steps[i].gradient_norm, b.steps[i].gradient_norm) << "step " << a.steps[i].step;
  }
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    EXPECT_EQ(a.epochs[i].split, b.epochs[i].split);
    EXPECT_EQ(a.epochs[i].loss, b.epochs[i].loss)
        << text_of(a.epochs[i].split) << " " << a.epochs[i].epoch;
  }
}

/// Stops after step k, resumes, and compares everything with the run that was never stopped.
void check_step(const Method& method, std::int64_t k, Process& whole, const FitResult& expected,
                const fs::path& whole_out, std::int64_t width = 8) {
  const fs::path out = whole_out.string() + "_stopped";
  fs::remove_all(out);
  Process first(method, 5, width);
  const FitResult stopped = first.fit(out, false, k);
  EXPECT_EQ(stopped.steps, k);
  EXPECT_EQ(stopped.ended, k < kSteps ? Ended::interrupted : Ended::steps_done);

  Process second(method, 1000, width);
  const FitResult result = second.fit(out, true, -1);
  EXPECT_EQ(result.ended, Ended::steps_done);
  EXPECT_EQ(result.steps, kSteps);
  EXPECT_EQ(result.best_epoch, expected.best_epoch);
  EXPECT_EQ(result.train_loss, expected.train_loss);
  EXPECT_EQ(result.validation_loss, expected.validation_loss);
  EXPECT_TRUE(same_bits(second.weights(), whole.weights()));
  EXPECT_TRUE(same_bits(sorted(second.optimizer.state()), sorted(whole.optimizer.state())));
  EXPECT_EQ(bytes_of(out / kCheckpointFile), bytes_of(whole_out / kCheckpointFile));
  expect_same_log(read_run_log(out / kLogFile), read_run_log(whole_out / kLogFile));
  expect_same_log(result.log, expected.log);
}

class Resume : public testing::TestWithParam<std::string> {
 protected:
  fs::path out() const {
    return fs::path(testing::TempDir()) /
           ("resume_" + std::to_string(std::hash<std::string>{}(GetParam())));
  }
};

TEST_P(Resume, EqualsTheUninterruptedRunFromEveryStep) {
  const Method method = Method::parse(GetParam());
  Process whole(method, 5);
  fs::remove_all(out());
  const FitResult expected = whole.fit(out(), false, -1);
  ASSERT_EQ(expected.steps, kSteps);
  for (std::int64_t k = 0; k <= kSteps; ++k) {
    SCOPED_TRACE("stopped after step " + std::to_string(k));
    check_step(method, k, whole, expected, out());
    if (HasFailure()) return;
  }
}

TEST_P(Resume, HoldsForEveryNumberOfThreads) {
  const Method method = Method::parse(GetParam());
  Process whole(method, 5);
  fs::remove_all(out());
  const FitResult expected = whole.fit(out(), false, -1);
  for (int count = 1; count <= 4; ++count) {
    const Threads threads(count);
    for (const std::int64_t k : {3, 25, 38}) {
      SCOPED_TRACE(std::to_string(count) + " threads, stopped after step " + std::to_string(k));
      check_step(method, k, whole, expected, out());
      if (HasFailure()) return;
    }
  }
}

// Options that change what is saved: a history of more than ten pairs (a file sorts "s10" before
// "s2"), scheduled links, Nesterov's form.
std::vector<std::string> methods() {
  std::vector<std::string> all = Optimizers::names();
  // On eight noisy rows a step along curvature of nearly 0 would fit them alone, and diverge.
  std::ranges::replace(all, "saddle_free_newton", "saddle_free_newton:damping=0.1");
  for (const char* more : {"lbfgs:history=20", "sgd:momentum=0.9,nesterov=true,weight_decay=0.01",
                           "adam:weight_decay=0.1"})
    all.emplace_back(more);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Optimizers, Resume, testing::ValuesIn(methods()), [](const auto& method) {
  std::string name = method.param.substr(0, method.param.find(','));
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

// Wide enough that every kernel and the optimizer use all threads.
TEST(ResumeWide, HoldsForEveryNumberOfThreads) {
  const Method method = Method::parse("adamw:lr=0.003");
  const fs::path out = fs::path(testing::TempDir()) / "resume_wide";
  fs::remove_all(out);
  Process whole(method, 5, 9001);
  const FitResult expected = whole.fit(out, false, -1);
  for (int count = 1; count <= 4; ++count) {
    SCOPED_TRACE(std::to_string(count) + " threads");
    const Threads threads(count);
    check_step(method, 23, whole, expected, out, 9001);
  }
}

TEST(ResumeRefuses, AnotherConfigurationAndNothingToResume) {
  const fs::path out = fs::path(testing::TempDir()) / "resume_refuses";
  fs::remove_all(out);
  Process run(Method::parse("adam"), 5);
  EXPECT_THROW(run.fit(out, true, -1), FileError);
  run.fit(out, false, 10);
  Process other(Method::parse("sgd:momentum=0.9"), 5);
  std::vector<std::pair<std::string, Tensor>> weights;
  for (const auto& [name, tensor] : other.weights()) weights.emplace_back(name, tensor.clone());
  EXPECT_THROW(other.fit(out, true, -1), FileError);
  EXPECT_TRUE(same_bits(other.weights(), weights));
}

// Without a word of configuration, too.
TEST(ResumeRefuses, OtherRowsSeedsAndBatches) {
  const fs::path out = fs::path(testing::TempDir()) / "resume_refuses_rows";
  fs::remove_all(out);
  const Tensor x = points({37, 6}, 1, -2, 2, Type::f32), y = labels({37}, 3, 2);
  const auto go = [&](const Tensor& inputs, FitOptions options) {
    Process one(Method::parse("adam"), 5);
    options.out = out;
    options.explain = false;
    return fit(one.model, one.optimizer, CrossEntropy{}, Dataset(inputs, y), nullptr, options);
  };
  go(x, {.epochs = 2, .batch = 8});
  const auto refused = [&](const Tensor& inputs, const FitOptions& options, const char* what) {
    expect_error<FileError>([&] { go(inputs, options); }, what);
  };
  refused(x, {.epochs = 4, .batch = 8, .seed = 1, .resume = true}, "seed = 1 now");
  refused(x, {.epochs = 4, .batch = 9, .resume = true}, "batch = 9 now");
  Tensor changed = x.clone();
  changed.set(3, 0.25);
  refused(changed, {.epochs = 4, .batch = 8, .resume = true}, "rows = 37, checksum");
  EXPECT_EQ(go(x, {.epochs = 4, .batch = 8, .resume = true}).epochs, 4);
}

}  // namespace
}  // namespace downhill
