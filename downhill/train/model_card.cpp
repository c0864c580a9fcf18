#include "downhill/train/detail/model_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/io/json_fields.h"
#include "downhill/io/json_writer.h"

namespace downhill::detail {
namespace {

constexpr JsonLimits kLimits{.bytes = std::size_t{1} << 30};

/// The fields whose types JSON has; words stand for enums.
struct Words {
  std::string task, decimal, group;
  std::vector<std::string> link;
};

void visit_parts(auto& v, auto& card, auto& words) {
  v.needed("task", words.task);
  v.needed("architecture", card.architecture);
  v.needed("loss", card.loss);
  v.needed("target", card.target);
  v.needed("decimal", words.decimal);
  v.needed("thousands", words.group);
  v.needed("percent", card.notation.percent);
  v.needed("currency", card.notation.currency);
  v.optional("boolean_target", card.boolean_target);
  v.needed("classes", card.classes);
  v.needed("link", words.link);
  v.needed("c", card.head.c);
  v.needed("s", card.head.s);
  v.needed("k", card.head.k);
  v.needed("constant_loss", card.head.constant_loss);
  v.optional("shares", card.head.shares);
  v.needed("threshold", card.threshold);
  v.needed("price", card.price);
  v.optional("class_weights", card.class_weights);
  v.needed("fingerprint", card.fingerprint);
  v.needed("training", card.training);
}

template <class E>
E word_of(const char* what, const std::string& word) {
  E value{};
  const std::string expected = read_option(word, value);
  if (!expected.empty())
    throw_value(what, fmt::format("is {}; expected {}", excerpt(word), expected));
  return value;
}

char sign_of(const char* what, const std::string& text, std::string_view allowed) {
  if (text.empty()) return '\0';
  if (text.size() != 1 || allowed.find(text[0]) == std::string_view::npos)
    throw_value(what, "is " + excerpt(text));
  return text[0];
}

void check(const ModelCard& card) {
  const auto finite = [](double x) { return std::isfinite(x); };
  const Head& head = card.head;
  if (head.c.empty() || head.s.size() != head.c.size() || head.link.size() != head.c.size())
    throw_value("link, c and s", "must be equally long and not empty");
  if (!std::ranges::all_of(head.c, finite) || !std::ranges::all_of(head.s, finite) ||
      !std::isfinite(head.k) || !(head.k > 0))
    throw_value("c, s or k", "is not finite, or k is not positive");
  if (!kUnit.contains(card.threshold) || !kPositive.contains(card.price))
    throw_value("threshold or price", "is out of its range");
  const std::size_t classes = card.classes.size();
  if (card.task == Task::numbers       ? classes != 0
      : card.task == Task::two_classes ? classes != 2
                                       : classes < 3)
    throw_value("the number of classes", "does not fit the task");
  if (!head.shares.empty() && head.shares.size() != classes)
    throw_value("shares", "are not as many as the classes");
  const std::vector<double>& weights = card.class_weights;
  if ((!weights.empty() && weights.size() != classes) ||
      !std::ranges::all_of(weights, [](double w) { return w >= 0 && std::isfinite(w); }))
    throw_value("class_weights", "are not as many as the classes, or negative, or not finite");
  for (const double share : head.shares)
    if (!kUnit.contains(share)) throw_value("shares", "are outside of 0 to 1");
}

}  // namespace

std::string card_text(const ModelCard& card) {
  const Notation& n = card.notation;
  Words words{text_of(card.task),
              std::string(1, n.decimal),
              n.group == '\0' ? std::string() : std::string(1, n.group),
              {}};
  for (const LinkFunction link : card.head.link) words.link.emplace_back(text_of(link));
  JsonWriter json;
  json.begin_object();
  visit_parts(json, card, words);
  json.key("inputs");
  card.inputs.write(json);
  json.end_object();
  return json.take();
}

ModelCard card_from(std::string_view text) {
  const JsonDocument document = JsonDocument::parse(text, kLimits);
  JsonFields fields(document.root(), "the card");
  ModelCard card;
  Words words;
  visit_parts(fields, card, words);
  card.task = word_of<Task>("task", words.task);
  for (const std::string& link : words.link)
    card.head.link.push_back(word_of<LinkFunction>("link", link));
  card.notation.decimal = sign_of("decimal", words.decimal, ".,");
  card.notation.group = sign_of("thousands", words.group, ",. '");
  const auto inputs = document.root().find("inputs");
  if (!inputs) throw_value("inputs", "is missing");
  card.inputs = InputColumns::read(*inputs);
  check(card);
  return card;
}

}  // namespace downhill::detail
