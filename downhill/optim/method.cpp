#include "downhill/optim/method.h"

#include <algorithm>
#include <variant>

#include "downhill/core/error.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"

namespace downhill {

/// Links and named optimizers, one after the other.
struct Method::Pieces final : Model {
  using Piece = std::variant<LinkPtr, std::shared_ptr<const Model>>;
  explicit Pieces(std::vector<Piece> given) : pieces(std::move(given)) {}

  const std::string& name() const override {
    static const std::string text = "chain";
    return text;
  }
  Chain chain(const Shape& shape) const override {
    Chain all;
    for (const Piece& piece : pieces) {
      if (const LinkPtr* link = std::get_if<LinkPtr>(&piece)) all.push_back(*link);
      else
        for (LinkPtr& link_of_it : std::get<1>(piece)->chain(shape))
          all.push_back(std::move(link_of_it));
    }
    return all;
  }
  bool by_shape() const override {
    return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
      return piece.index() == 1 && std::get<1>(piece)->by_shape();
    });
  }
  std::vector<Setting> settings() const override {
    std::vector<Setting> all;
    for (const Piece& piece : pieces)
      std::visit(
          [&](const auto& one) {
            for (Setting& setting : one->settings()) all.push_back(std::move(setting));
          },
          piece);
    return all;
  }
  std::optional<Setting> find(const std::string& setting) const override {
    for (const Piece& piece : pieces)
      if (auto found = found_in(piece, setting)) return found;
    return {};
  }
  std::shared_ptr<const Model> with(const std::string& setting,
                                    const std::string& text) const override {
    std::vector<Piece> changed = pieces;
    for (Piece& piece : changed) {
      if (!found_in(piece, setting)) continue;
      std::visit([&](auto& one) { one = one->with(setting, text); }, piece);
      break;
    }
    return std::make_shared<Pieces>(std::move(changed));
  }
  std::shared_ptr<const Model> over(std::int64_t steps) const override {
    std::vector<Piece> filled = pieces;
    for (Piece& piece : filled) std::visit([&](auto& one) { one = one->over(steps); }, piece);
    return std::make_shared<Pieces>(std::move(filled));
  }
  std::string text() const override {
    std::string all;
    for (const Piece& piece : pieces)
      all += (all.empty() ? "" : " | ") + std::visit([](auto& one) { return one->text(); }, piece);
    return all;
  }

  static std::optional<Setting> found_in(const Piece& piece, const std::string& setting) {
    if (const LinkPtr* link = std::get_if<LinkPtr>(&piece))
      return detail::setting_among((*link)->settings(), setting);
    return std::get<1>(piece)->find(setting);
  }

  std::vector<Piece> pieces;
};

Method::Method(Chain chain)
    : model_(std::make_shared<Pieces>(std::vector<Pieces::Piece>(chain.begin(), chain.end()))) {}

Method Method::parse(std::string_view text) {
  if (text.size() > 10000)
    throw UsageError("an optimizer of more than 10,000 characters is refused");
  const auto parts = split_outside(text, '|');
  if (parts.size() == 1) return Method(parse_piece(text));
  std::vector<Pieces::Piece> pieces;
  for (const std::string_view part : parts) pieces.emplace_back(parse_piece(part));
  return Method(std::make_shared<Pieces>(std::move(pieces)));
}

// A named optimizer, or a chain of one link.
std::shared_ptr<const Method::Model> Method::parse_piece(std::string_view text) {
  const Spec spec = parse_spec(text, "optimizer");
  std::shared_ptr<const Model> model;
  Optimizers::with(spec.name, [&]<class M>() {
    M method;
    read_options(M::name, method, spec);
    model = std::make_shared<Named<M, LevelTag>>(std::move(method));
  });
  Links::with(spec.name, [&]<class L>() {
    L link;
    read_options(L::name, link, spec);
    model = std::make_shared<Pieces>(std::vector<Pieces::Piece>{make_link(std::move(link))});
  });
  if (model != nullptr) return model;
  auto known = Optimizers::names();
  for (std::string& link : Links::names()) known.push_back(std::move(link));
  throw_unknown("optimizer", spec.name, known);
}

std::string Method::get(const std::string& setting) const {
  if (const auto found = find(setting)) return found->text;
  std::vector<std::string> known;
  for (const Setting& s : settings()) known.push_back(s.name);
  throw_unknown(name() + " option", setting, known);
}

Method Method::with(const std::string& setting, const std::string& text) const {
  get(setting);  // refuses unknown names
  return Method(model_->with(setting, text));
}

bool Method::needs_closure() const {
  const Chain links = chain();
  return std::any_of(links.begin(), links.end(),
                     [](const LinkPtr& link) { return link->traits().needs_closure; });
}

bool Method::searches() const {
  const Chain links = chain();
  return std::any_of(links.begin(), links.end(), [](const LinkPtr& link) {
    return link->traits().needs_closure && link->traits().moves;
  });
}

bool Method::takes_schedule() const {
  const Chain links = chain();
  double number = 0;
  bool any = false;
  for (const LinkPtr& link : links) {
    if (link->traits().rate == nullptr) continue;
    any = true;
    for (const Setting& setting : link->settings())
      if (setting.name == link->traits().rate && !read_option(setting.text, number).empty())
        return false;
  }
  return any;
}

template <>
const OptionKind& option_kind<Method>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        *static_cast<Method*>(member) = Method::parse(without_parentheses(text));
        return "";
      },
      [](const void* member) { return "(" + static_cast<const Method*>(member)->text() + ")"; },
      [](const void*, const Range&) { return true; }};
  return kind;
}

void detail::fill_options(Options options, void* owner, std::int64_t steps) {
  fill_schedules(options, owner, steps);
  for (const Option& option : options)
    if (&option.kind() == &option_kind<Method>()) {
      Method& method = *static_cast<Method*>(option.at(owner));
      method = method.over(steps);
    }
}

Method* detail::method_with(Options options, void* owner, const std::string& setting) {
  for (const Option& option : options)
    if (&option.kind() == &option_kind<Method>()) {
      auto* method = static_cast<Method*>(option.at(owner));
      if (method->find(setting)) return method;
    }
  return nullptr;
}

std::optional<Setting> detail::setting_among(const std::vector<Setting>& own,
                                             const std::string& setting) {
  const auto at = std::ranges::find(own, setting, &Setting::name);
  return at != own.end() ? std::optional(*at) : std::nullopt;
}

void check_takes_schedule(const Method& method) {
  if (method.takes_schedule()) return;
  const Chain links = method.chain();
  if (std::any_of(links.begin(), links.end(),
                  [](const LinkPtr& link) { return link->traits().rate != nullptr; }))
    throw_usage(method.name(), "its learning rate is already a schedule; give one or the other");
  if (method.searches())
    throw_usage(method.name(), "its steps are chosen by a search; it takes no schedule");
  throw_usage(method.name(),
              "none of its links has a learning rate for a schedule to multiply; add one, such as "
              "scale_by_learning_rate:lr=0.01");
}

}  // namespace downhill
