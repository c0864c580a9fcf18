#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/optim/chain.h"

namespace downhill {

/// An optimizer before it has parameters: a named one with its options, or a chain of links. Its
/// settings are read and written by name, and it prints as a spec that reads back.
class Method {
 public:
  /// From an optimizer struct (`name`, `options()`, `chain_of`).
  template <class M, class Level = LevelTag>
  requires requires {
    M::options();
    M::name;
  }
  Method(M method) : model_(std::make_shared<Named<M, Level>>(std::move(method))) {}
  /// From a chain; settings are those of its links, the first of a name counts.
  Method(Chain chain);
  static Method parse(std::string_view spec);  ///< "adam:lr=0.01,beta1=0.8"

  const std::string& name() const { return model_->name(); }
  Chain chain() const { return model_->chain(); }
  std::vector<Setting> settings() const { return model_->settings(); }
  std::string get(const std::string& setting) const;
  Method with(const std::string& setting, const std::string& text) const;
  /// "adam:lr=0.001,beta1=0.9,...".
  std::string text() const;
  /// Whether it evaluates the loss itself and chooses its own steps.
  bool searches() const;
  /// Whether a schedule can multiply its learning rate: it has one, and it is a number.
  bool takes_schedule() const;

 private:
  struct Model {
    virtual ~Model() = default;
    virtual const std::string& name() const = 0;
    virtual Chain chain() const = 0;
    virtual std::vector<Setting> settings() const = 0;
    virtual std::shared_ptr<const Model> with(const std::string&, const std::string&) const = 0;
  };
  struct Raw;

  template <class M, class Level>
  struct Named final : Model {
    explicit Named(M m) : name_(M::name), method(std::move(m)) { check_options(M::name, method); }
    const std::string& name() const override { return name_; }
    Chain chain() const override { return chain_of(method); }
    std::vector<Setting> settings() const override { return settings_of(method); }
    std::shared_ptr<const Model> with(const std::string& setting,
                                      const std::string& text) const override {
      M changed = method;
      read_options(M::name, changed, Spec{std::string(M::name), {{setting, text}}});
      return std::make_shared<Named<M, Level>>(std::move(changed));
    }
    std::string name_;
    M method;
  };

  explicit Method(std::shared_ptr<const Model> model) : model_(std::move(model)) {}
  std::shared_ptr<const Model> model_;
};

/// UsageError unless a schedule can multiply the learning rate: the chain scales by it, and it is a
/// number (a line search chooses its own steps).
void check_takes_schedule(const Method& method);

}  // namespace downhill
