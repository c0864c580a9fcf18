// Longer than 300 lines: every way in which a file can be wrong, one line each.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "downhill/io/input_file.h"
#include "downhill/io/safetensors.h"
#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "downhill/train/model_file.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"

// Checkpoints and models that are cut, flipped or made up are refused as such, and change nothing.

namespace downhill {
namespace {

namespace fs = std::filesystem;
using Change = std::function<void(SafeTensors&)>;

std::string bytes_of(const fs::path& path) {
  return read_file(path, FileError::Kind::model, 1 << 24);
}
void write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Expects FileError (model) whose message holds `part`.
template <class Call>
void expect_model_error(Call&& call, const std::string& part) {
  try {
    call();
    ADD_FAILURE() << "it was taken";
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), FileError::Kind::model) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
  }
}

Tensor* find(SafeTensors& file, const std::string& name) {
  for (auto& [key, tensor] : file.tensors)
    if (key == name) return &tensor;
  ADD_FAILURE() << "no " << name;
  return nullptr;
}
Change drop(const std::string& name) {
  return [=](SafeTensors& file) {
    const std::size_t gone =
        std::erase_if(file.tensors, [&](const auto& t) { return t.first == name; });
    EXPECT_EQ(gone, 1U) << name;
  };
}
Change put(const std::string& name, const Tensor& value) {
  return [=](SafeTensors& file) { *find(file, name) = value; };
}
Change metadata(const std::string& key, const std::string& value) {
  return [=](SafeTensors& file) {
    for (auto& [known, text] : file.metadata)
      if (known == key) text = value;
  };
}
Tensor count(std::int64_t value) { return Tensor::from(std::vector<std::int64_t>{value}); }

class HostileCheckpoint : public testing::Test {
 protected:
  explicit HostileCheckpoint(const char* method = "adam")
      : out_(fs::path(testing::TempDir()) / ("hostile_" + std::string(method))),
        random_(2),
        model_(nn::Linear(3, 4, random_), nn::tanh, nn::Linear(4, 1, random_)),
        optimizer_(Method::parse(method), model_.parameters()),
        x_(points({20, 3}, 1, -1, 1, Type::f32)),
        y_(points({20, 1}, 2, -1, 1, Type::f32)) {
    fs::remove_all(out_);
    run(false, 3);
    whole_ = bytes_of(out_ / kCheckpointFile);
    for (const Parameter& p : model_.state()) before_.emplace_back(p.name, p.tensor.clone());
    for (const auto& [name, tensor] : optimizer_.state()) state_.emplace_back(name, tensor.clone());
  }

  FitResult run(bool resume, std::int64_t epochs) {
    const Dataset train(x_, y_);
    return fit(model_, optimizer_, MSE{}, train, &train,
               {.epochs = epochs,
                .batch = 8,
                .out = out_,
                .resume = resume,
                .explain = false,
                .config = {{"seed", "1"}, {"lr", "0.1"}}});
  }
  void refused(const std::string& part) {
    expect_model_error([&] { run(true, 5); }, part);
    std::vector<std::pair<std::string, Tensor>> now;
    for (const Parameter& p : model_.state()) now.emplace_back(p.name, p.tensor);
    EXPECT_TRUE(same_bits(now, before_));
    EXPECT_TRUE(same_bits(optimizer_.state(), state_));
  }
  void refused(const Change& change, const std::string& part) {
    SCOPED_TRACE(part);
    write_bytes(out_ / kCheckpointFile, whole_);
    SafeTensors file = read_safetensors(out_ / kCheckpointFile);
    change(file);
    write_safetensors(out_ / kCheckpointFile, file);
    refused(part);
  }

  fs::path out_;
  Random random_;
  nn::Sequential model_;
  Optimizer optimizer_;
  Tensor x_, y_;
  std::string whole_;
  std::vector<std::pair<std::string, Tensor>> before_, state_;
};

TEST_F(HostileCheckpoint, GoesOnWhenItIsWhole) { EXPECT_EQ(run(true, 5).epochs, 5); }

TEST_F(HostileCheckpoint, CutOrFlipped) {
  const auto size = whole_.size();
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, size / 2, size - 1}) {
    write_bytes(out_ / kCheckpointFile, whole_.substr(0, cut));
    refused(kCheckpointFile);
  }
  for (std::size_t at = 3; at < size; at += size / 23) {
    std::string flipped = whole_;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write_bytes(out_ / kCheckpointFile, flipped);
    refused(kCheckpointFile);
  }
  write_bytes(out_ / kCheckpointFile, whole_ + "x");
  refused(kCheckpointFile);
  write_bytes(out_ / kCheckpointFile, "{\"not\": \"one\"}");
  refused(kCheckpointFile);
  fs::remove(out_ / kCheckpointFile);
  refused(kCheckpointFile);
  fs::create_directory(out_ / kCheckpointFile);
  refused(kCheckpointFile);
}

TEST_F(HostileCheckpoint, OfAnotherKindOrRun) {
  refused(metadata("downhill.kind", "model 1"), "'model 1'");
  refused([](SafeTensors& file) { file.metadata.clear(); }, "absent");
  refused(metadata("config.lr", "0.2"), "lr = 0.1 now, 0.2 in the checkpoint");
  refused([](SafeTensors& f) { f.metadata.emplace_back("config.more", "1"); },
          "more = 1 in the checkpoint");
}

TEST_F(HostileCheckpoint, WithTensorsThatDoNotFit) {
  refused(drop("model.0.weight"), "0.weight is missing");
  refused(drop("best.2.bias"), "2.bias is missing");
  refused(drop("optimizer.0.bias.scale_by_adam.mean"), "mean is missing");
  refused(drop("optimizer.steps"), "steps is missing");
  refused(drop("position.epoch"), "position.epoch");
  refused(put("model.0.weight", Tensor::zeros({4, 4})), "0.weight is (4, 4)");
  refused(put("model.2.bias", Tensor::zeros({1}, Type::f64)), "float64");
  refused(put("best.0.bias", Tensor::zeros({7})), "0.bias is (7)");
  refused(put("optimizer.2.weight.scale_by_adam.root_mean_square", Tensor::zeros({1, 5})),
          "root_mean_square is (1, 5)");
  refused([](SafeTensors& f) { f.tensors.emplace_back("model.9.weight", Tensor::zeros({1})); },
          "9.weight is not expected");
  refused([](SafeTensors& f) { f.tensors.emplace_back("optimizer.memory.x", Tensor::zeros({1})); },
          "memory.x is not expected");
  refused(put("position.step", Tensor::zeros({1})), "position.step");
  refused(
      [](SafeTensors& f) {
        std::erase_if(f.tensors, [](const auto& t) { return t.first.starts_with("best."); });
      },
      "best");
}

TEST_F(HostileCheckpoint, WithCountsThatCannotBe) {
  for (const char* name : {"epoch", "batch", "step", "best_epoch", "bad_epochs"})
    for (const std::int64_t value : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()})
      refused(put(std::string("position.") + name, count(value)), std::string("position.") + name);
  for (const double value : {-1.0, std::nan(""), kInfinity})
    refused(put("position.epoch_weight", Tensor::from(std::vector<double>{value})),
            "position.epoch_weight");
  refused(put("optimizer.steps", Tensor::from(std::vector<std::int64_t>{-1}, {})), "steps");
  refused(put("optimizer.0.weight.step", Tensor::from(std::vector<std::int64_t>{-7}, {})),
          "0.weight.step");
}

TEST_F(HostileCheckpoint, WithNumbersThatNoRunHas) {
  const auto number = [](double value) { return Tensor::from(std::vector<double>{value}); };
  for (const char* name : {"epoch_loss", "first_loss", "epoch_norms", "last_lr", "best_loss"})
    for (const double value : {std::nan(""), kInfinity})
      refused(put(std::string("position.") + name, number(value)), std::string("position.") + name);
  refused(put("position.batch", count(1000000)), "batch 1000000");
  refused(put("position.epoch", count(std::int64_t{1} << 53)), "step");
  refused(put("position.step", count(4)), "step 4 is not batch 0 of epoch 3 with 3 batches");
  refused(put("position.best_epoch", count(4)), "its best in epoch 4");
  refused(put("position.bad_epochs", count(4)), "4 worse ones");
  refused(put("position.skipped", count(100)), "100 skipped steps");
  refused(put("position.epoch_skipped", count(1)), "1 of them in this epoch");
  Tensor nan = Tensor::zeros({4});
  nan.data<float>()[2] = std::nanf("");
  refused(put("best.0.bias", nan), "best.0.bias");
  refused(put("model.0.bias", nan), "model.0.bias");
  refused(
      [&](SafeTensors& file) {
        for (auto& [name, tensor] : file.tensors)
          if (name.starts_with("optimizer.") && tensor.shape() == nan.shape()) tensor = nan;
      },
      "holds NaN");
  refused(put("position.last_lr", number(-1)), "position.last_lr");
  refused(put("position.epoch_norms", number(-1)), "epoch_norms -1");
  refused(metadata("ended", "yesterday"), "'yesterday' is no end");
}

class HostileMemory : public HostileCheckpoint {
 protected:
  HostileMemory() : HostileCheckpoint("lbfgs") {}
};

TEST_F(HostileMemory, OfASearchIsRefused) {
  refused(drop("optimizer.memory.scale_by_lbfgs.g"), "memory.scale_by_lbfgs.g is missing");
  refused(drop("optimizer.memory.scale_by_lbfgs.s"), "memory.scale_by_lbfgs.s is missing");
  refused(put("optimizer.memory.scale_by_lbfgs.y", Tensor::zeros({3}, Type::f64)),
          "memory.scale_by_lbfgs.y is (3)");
  refused(put("optimizer.memory.scale_by_lbfgs.x", Tensor::zeros({21})),
          "memory.scale_by_lbfgs.x is (21) float32");
  refused(
      [](SafeTensors& f) {
        f.tensors.emplace_back("optimizer.memory.scale_by_lbfgs.s99",
                               Tensor::zeros({21}, Type::f64));
      },
      "memory.scale_by_lbfgs.s99");
}

class HostileModel : public testing::Test {
 protected:
  HostileModel() : path_(fs::path(testing::TempDir()) / "hostile_model.safetensors") {
    Random random(1);
    ModelCard card{.architecture = "mlp:3", .loss = "mse", .target = "t"};
    for (const char* name : {"a", "b"}) {
      TableColumn column;
      column.name = name;
      column.parts.emplace_back().scaling.scale = 2;
      card.inputs.columns.push_back(column);
    }
    card.head = {.link = {LinkFunction::none}, .c = {5}, .s = {2}, .k = 8};
    TableModel(card, nn::Sequential(nn::Linear(2, 3, random), nn::relu, nn::Linear(3, 1, random)))
        .write(path_);
    whole_ = bytes_of(path_);
    card_ = *read_safetensors(path_).find_metadata("downhill.model");
  }
  void refused(const std::string& part) {
    expect_model_error([&] { TableModel::read(path_); }, part);
  }
  void refused(const Change& change, const std::string& part) {
    SCOPED_TRACE(part);
    write_bytes(path_, whole_);
    SafeTensors file = read_safetensors(path_);
    change(file);
    write_safetensors(path_, file);
    refused(part);
  }
  /// With a piece of the card's JSON replaced.
  void card(const std::string& from, const std::string& to, const std::string& part) {
    std::string text = card_;
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    refused(metadata("downhill.model", text.replace(at, from.size(), to)), part);
  }

  fs::path path_;
  std::string whole_, card_;
};

TEST_F(HostileModel, IsReadWhenItIsWhole) {
  EXPECT_EQ(TableModel::read(path_).card.inputs.feature_names(),
            (std::vector<std::string>{"a", "b"}));
}

TEST_F(HostileModel, CutOrFlipped) {
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{5}, std::size_t{50}, whole_.size() / 2, whole_.size() - 1}) {
    write_bytes(path_, whole_.substr(0, cut));
    refused(path_.filename().string());
  }
  for (std::size_t at = 1; at < whole_.size(); at += whole_.size() / 31) {
    std::string flipped = whole_;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    write_bytes(path_, flipped);
    refused(path_.filename().string());
  }
  fs::remove(path_);
  refused(path_.filename().string());
}

TEST_F(HostileModel, WithACardThatIsNotSound) {
  refused(metadata("downhill.kind", "checkpoint 1"), "not a model");
  refused([](SafeTensors& f) { f.metadata.clear(); }, "not a model");
  refused(metadata("downhill.model", "{"), "downhill.model");
  refused(metadata("downhill.model", "[]"), "downhill.model");
  refused(metadata("downhill.model", std::string(100000, '[')), "nested");
  refused(metadata("downhill.model", ""), "downhill.model");
  card("\"numbers\"", "\"number\"", "task");
  card("\"mlp:3\"", "\"mlp:x\"", "mlp");
  card("\"mlp:3\"", "\"mlp:4\"", "expected");
  card("\"mlp:3\"", "\"mlp:1000000\"", "numbers");  // before memory is taken
  card("\"mlp:3\"", "\"mlp:1000000000,1000000000\"", "mlp");
  card("\"mlp:3\"", "\"mlp:1000000,1000000\"", "learns 1000005000001");
  card("\"mlp:3\"", "17", "downhill.model");
  card("\"mse\"", "\"mze\"", "mse");
  card("\"mse\"", "\"gaussian_nll\"", "outputs");
  card("\"inputs\"", "\"input\"", "inputs");
  card("\"link\":[\"none\"]", "\"link\":[\"some\"]", "link");
  card("\"link\":[\"none\"]", "\"link\":[]", "equally long");
  card("\"c\":[5]", "\"c\":[\"nan\"]", "finite");
  card("\"s\":[2]", "\"s\":[2,2]", "equally long");
  card("\"k\":8", "\"k\":-8", "positive");
  card("\"k\":8", "\"k\":null", "downhill.model");
  card("\"threshold\":0.5", "\"threshold\":2", "threshold");
  card("\"price\":1", "\"price\":0", "price");
  card("\"decimal\":\".\"", "\"decimal\":\"x\"", "decimal");
  card("\"classes\":[]", "\"classes\":[\"x\",\"y\"]", "classes");
}

TEST_F(HostileModel, WithTensorsThatDoNotFit) {
  refused(drop("0.weight"), "0.weight is missing");
  refused(put("2.bias", Tensor::zeros({2})), "2.bias is (2)");
  refused(put("0.bias", Tensor::zeros({3}, Type::f64)), "float64");
  refused([](SafeTensors& f) { f.tensors.emplace_back("4.weight", Tensor::zeros({1})); },
          "4.weight is not expected");
  refused([](SafeTensors& f) { f.tensors.clear(); }, "2.bias is missing");
}

}  // namespace
}  // namespace downhill
