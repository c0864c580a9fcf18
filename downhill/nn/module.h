#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/tensor/tensor.h"

namespace downhill::nn {

/// Something with named parameters. A copy is the same parameters (a shared handle, like a tensor).
/// A module of one's own registers its tensors and parts by name in its constructor:
///
///     struct Net : nn::Module {
///       nn::Linear hidden{2, 16}, out{16, 1};
///       Net() { add("hidden", hidden); add("out", out); }
///       Tensor operator()(const Tensor& x) const { return out(nn::tanh(hidden(x))); }
///     };
class Module {
 public:
  Module() : parts_(std::make_shared<Parts>()) {}
  Module(const Module&) = default;  // a copy is the same module, and so is what was moved from
  Module& operator=(const Module&) = default;

  /// All parameters, parts included, with names like "hidden.weight"; one that several parts share
  /// once, under its first name.
  std::vector<Parameter> parameters() const;
  /// What is saved beside the parameters (the random state of Dropout).
  std::vector<Parameter> buffers() const;
  /// Parameters and buffers, in order: what a model file holds.
  std::vector<Parameter> state() const;
  /// Copies values in by name; DataError listing all missing, unexpected and misshapen tensors at
  /// once, and then nothing is changed.
  void load(const std::vector<std::pair<std::string, Tensor>>& tensors);

  void zero_grad();
  /// Training mode (dropout on) or not, for all parts.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return parts_->training; }
  /// Changes the precision of all parameters and floating buffers in place.
  void to(Type type);
  std::int64_t parameter_count() const;

 protected:
  /// Registers a parameter (it will require a gradient), a buffer, or a part.
  Tensor& add(const std::string& name, Tensor& tensor);
  Tensor& add_buffer(const std::string& name, Tensor& tensor);
  void add(const std::string& name, const Module& part);

 private:
  struct Parts {
    std::vector<Parameter> parameters, buffers;
    std::vector<std::pair<std::string, std::shared_ptr<Parts>>> parts;
    bool training = true;
  };
  static void collect(const Parts& parts, const std::string& prefix, bool buffers,
                      std::vector<Parameter>& all);
  static void set_training(Parts& parts, bool on);
  void check_name(const std::string& name) const;

  std::shared_ptr<Parts> parts_;
};

}  // namespace downhill::nn
