#include "downhill/losses/detail/sum_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/losses/detail/link_loss.h"
#include "downhill/ops/arithmetic.h"

namespace downhill::detail {
namespace {

bool takes_only(const AnyLoss& loss, Takes takes) {
  const auto& all = loss.declared().takes;
  return all.size() == 1 && all[0] == takes;
}

// What members that take probabilities are given in this company.
From company(const std::vector<Term>& terms) {
  const auto has = [&](Takes takes) {
    return std::any_of(terms.begin(), terms.end(),
                       [&](const Term& t) { return takes_only(*t.loss, takes); });
  };
  return has(Takes::class_logits) ? From::class_logits
         : has(Takes::logit)      ? From::logit
                                  : From::probability;
}

std::string text_of_takes(const AnyLoss& loss) {
  std::string text;
  for (const Takes takes : loss.declared().takes)
    text += (text.empty() ? "" : ", ") + std::string(text_of(takes));
  return text;
}

void check_company(const std::vector<Term>& terms) {
  const AnyLoss& first = *terms[0].loss;
  for (const Term& term : terms) {
    const AnyLoss& one = *term.loss;
    if (!std::isfinite(term.factor))
      throw_usage("sum of losses", fmt::format("the factor of {} is {}; expected a finite number",
                                               one.name(), term.factor));
    if (one.declared().takes != first.declared().takes ||
        one.predictions() != first.predictions() || one.targets() != first.targets())
      throw_usage("sum of losses",
                  fmt::format("{} takes {} and {} takes {}; the losses of a sum see one prediction "
                              "and one target",
                              first.name(), text_of_takes(first), one.name(), text_of_takes(one)));
  }
}

Declaration declaration_of_sum(const std::vector<Term>& terms) {
  Declaration all = terms[0].loss->declared();
  all.name.clear();
  all.text.clear();
  if (terms.size() > 1) all.probabilities = {};  // that of one term is none of the sum
  for (const Term& term : terms) {
    const std::string factor = term.factor == 1 ? "" : print_option(term.factor) + "*";
    const auto add = [&](std::string& to, const std::string& text) {
      to += (to.empty() ? "" : "+") + factor + text;
    };
    add(all.name, term.loss->name());
    add(all.text, term.loss->declared().text);
  }
  return all;
}

class SumLoss final : public AnyLoss {
 public:
  SumLoss(std::vector<Term> terms, Declaration declared)
      : AnyLoss(std::move(declared)), terms_(std::move(terms)) {}

  const std::vector<Term>& terms() const { return terms_; }
  int predictions() const override { return terms_[0].loss->predictions(); }
  int targets() const override { return terms_[0].loss->targets(); }
  bool packs() const override {
    return std::all_of(terms_.begin(), terms_.end(), [](const Term& t) { return t.loss->packs(); });
  }
  bool takes_labels() const override {
    return std::all_of(terms_.begin(), terms_.end(),
                       [](const Term& t) { return t.loss->takes_labels(); });
  }

  Tensor apply(const LossInputs& in, Reduction reduction) const override {
    Tensor sum;
    for (const Term& term : terms_) {
      const Tensor one = term.loss->apply(in, reduction);
      if (sum.defined() && !(sum.shape() == one.shape()))
        throw_usage(name(), fmt::format("{} has values of shape {}, those before it of shape {}; "
                                        "such a sum has a mean and a sum, but not each",
                                        term.loss->name(), one.shape().text(), sum.shape().text()));
      const Tensor part = term.factor == 1 ? one : one * term.factor;
      sum = sum.defined() ? sum + part : part;
    }
    return sum;
  }

  double total_weight(const LossInputs& in) const override {
    const double total = terms_[0].loss->total_weight(in);
    for (const Term& term : terms_)
      if (term.loss->total_weight(in) != total)
        throw_usage(name(),
                    fmt::format("{} and {} count different things, so that their sum has no "
                                "one total weight; ask its terms()",
                                terms_[0].loss->name(), term.loss->name()));
    return total;
  }

 private:
  std::vector<Term> terms_;
};

// Sums within the sum taken apart, probabilities linked, and all that take the same.
std::vector<Term> fitted(std::vector<Term> given) {
  std::vector<Term> terms;
  for (const Term& outer : given)
    for (const Term& inner : terms_of(outer.loss))
      terms.push_back({outer.factor * inner.factor, inner.loss});
  const From from = company(terms);
  for (Term& term : terms)
    if (takes_only(*term.loss, Takes::probability)) term.loss = link_loss(term.loss, from);
  check_company(terms);
  return terms;
}

}  // namespace

std::vector<Term> terms_of(const LossPtr& loss) {
  if (const auto* sum = dynamic_cast<const SumLoss*>(loss.get())) return sum->terms();
  return {{1, loss}};
}

LossPtr sum_of(std::vector<Term> given) {
  std::vector<Term> terms = fitted(std::move(given));
  Declaration declared = declaration_of_sum(terms);
  return std::make_shared<SumLoss>(std::move(terms), std::move(declared));
}

LossPtr named_sum(std::string name, std::string text, std::vector<Term> given) {
  std::vector<Term> terms = fitted(std::move(given));
  Declaration declared = declaration_of_sum(terms);
  declared.name = std::move(name);
  declared.text = std::move(text);
  return std::make_shared<SumLoss>(std::move(terms), std::move(declared));
}

}  // namespace downhill::detail
