#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/optim/chain.h"

namespace downhill {

/// An optimizer before it has parameters: a named one with its options, or a chain of links and
/// named ones. Its settings are read and written by name, and it prints as text that reads back.
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
  Method(const Method&) = default;  // a move is a copy: what was moved from is still a method
  Method& operator=(const Method&) = default;
  /// "adam:lr=0.01,beta1=0.8", or a chain: "clip_by_global_norm:max_norm=1 | adam:lr=0.01".
  static Method parse(std::string_view text);

  const std::string& name() const { return model_->name(); }
  /// The links for a parameter of this shape.
  Chain chain(const Shape& shape = {}) const { return model_->chain(shape); }
  /// Whether the chain depends on the shape (`chain_of(options, shape)`).
  bool by_shape() const { return model_->by_shape(); }
  std::vector<Setting> settings() const { return model_->settings(); }
  /// Also of a method that is an option ("lr" of what lookahead is `of`). UsageError if unknown.
  std::string get(const std::string& setting) const;
  /// The setting itself; nothing if unknown.
  std::optional<Setting> find(const std::string& setting) const { return model_->find(setting); }
  Method with(const std::string& setting, const std::string& text) const;
  /// The same with every schedule of 0 steps lasting so many.
  Method over(std::int64_t steps) const { return Method(model_->over(steps)); }
  std::string text() const { return model_->text(); }

  /// Whether steps need `step(closure)`.
  bool needs_closure() const;
  /// Whether it chooses the length of its steps itself, by evaluating the loss (a line search).
  bool searches() const;
  /// Whether a schedule can multiply its learning rate.
  bool takes_schedule() const;

 private:
  struct Model {
    virtual ~Model() = default;
    virtual const std::string& name() const = 0;
    virtual Chain chain(const Shape& shape) const = 0;
    virtual bool by_shape() const = 0;
    virtual std::vector<Setting> settings() const = 0;
    virtual std::optional<Setting> find(const std::string& setting) const = 0;
    virtual std::shared_ptr<const Model> with(const std::string&, const std::string&) const = 0;
    virtual std::shared_ptr<const Model> over(std::int64_t) const = 0;
    virtual std::string text() const = 0;
  };
  struct Pieces;
  template <class M, class Level>
  struct Named;

  explicit Method(std::shared_ptr<const Model> model) : model_(std::move(model)) {}
  static std::shared_ptr<const Model> parse_piece(std::string_view text);
  std::shared_ptr<const Model> model_;
};

template <>
const OptionKind& option_kind<Method>();  // in parentheses

/// UsageError unless a schedule can multiply the learning rate: a link declares it, and it is a
/// number (a line search chooses its own steps).
void check_takes_schedule(const Method& method);

namespace detail {
/// Schedules of 0 steps among the options, those of methods among them as well, last so many.
void fill_options(Options options, void* owner, std::int64_t steps);
/// The option that is a method and has this setting; null if there is none.
Method* method_with(Options options, void* owner, const std::string& setting);
/// The one of `own` with that name, nothing if there is none.
std::optional<Setting> setting_among(const std::vector<Setting>& own, const std::string& setting);
}  // namespace detail

template <class M, class Level>
struct Method::Named final : Model {
  explicit Named(M m) : name_(M::name), method(std::move(m)) { check_options(M::name, method); }

  const std::string& name() const override { return name_; }
  Chain chain(const Shape& shape) const override {
    constexpr bool by_its_shape = requires { chain_of(method, shape); };
    constexpr bool has_chain = by_its_shape || requires { chain_of(method); };
    static_assert(has_chain,
                  "a named optimizer has beside it, in its namespace, `Chain chain_of(const M&)`, "
                  "or with (const M&, const Shape&) one that chooses by shape");
    if constexpr (by_its_shape) return chain_of(method, shape);
    else if constexpr (has_chain) return chain_of(method);
    else return {};
  }
  bool by_shape() const override {
    return requires(const M& m, const Shape& shape) { chain_of(m, shape); };
  }
  std::vector<Setting> settings() const override { return settings_of(method); }
  std::optional<Setting> find(const std::string& setting) const override {
    if (const auto own = detail::setting_among(settings(), setting)) return own;
    M looked = method;
    const auto options = M::options();
    const Method* inner = detail::method_with(Options(options), &looked, setting);
    return inner != nullptr ? inner->find(setting) : std::nullopt;
  }
  std::shared_ptr<const Model> with(const std::string& setting,
                                    const std::string& text) const override {
    M changed = method;
    if (!detail::setting_among(settings(), setting)) {
      const auto options = M::options();
      Method& inner = *detail::method_with(Options(options), &changed, setting);
      inner = inner.with(setting, text);
      return std::make_shared<Named>(std::move(changed));
    }
    read_options(M::name, changed, Spec{std::string(M::name), {{setting, text}}});
    return std::make_shared<Named>(std::move(changed));
  }
  std::shared_ptr<const Model> over(std::int64_t steps) const override {
    M filled = method;
    const auto options = M::options();
    detail::fill_options(Options(options), &filled, steps);
    return std::make_shared<Named>(std::move(filled));
  }
  std::string text() const override { return spec_text(M::name, method); }

  std::string name_;
  M method;
};

}  // namespace downhill
