// The distributions behind losses of classes, fitted and asked of held-out rows.
#include "downhill/train/detail/class_families.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "downhill/catalog/catalog.h"
#include "downhill/core/options.h"
#include "downhill/core/shell.h"
#include "downhill/losses/ordinal.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "downhill/train/detail/advise_table.h"

namespace downhill::detail {
namespace {

constexpr double kFirstNoise = -3;  // log odds of a wrong label, before the data is seen
// So large a share of rows whose label says nothing is noise to speak of; beyond it there is nothing
// else.
constexpr Range kNoise{0.03, 0.8};

Tensor starts_of(const ClassFacts& facts) {
  std::vector<double> c;
  for (std::size_t k = 0; k < facts.size(); ++k) c.push_back(std::log(facts.share(k)));
  return Tensor::from(c, {1, static_cast<std::int64_t>(c.size())});
}

std::vector<double> log_of_labels(const std::vector<double>& probabilities, const Tensor& labels,
                                  std::size_t classes) {
  std::vector<double> logs;
  for (std::int64_t i = 0; i < labels.elements(); ++i) {
    const std::int64_t c = labels.data<std::int64_t>()[i];
    const double p =
        probabilities[static_cast<std::size_t>(i) * classes + static_cast<std::size_t>(c)];
    logs.push_back(std::log(std::max(p, 1e-300)));
  }
  return logs;
}

Candidate with_probabilities(Candidate candidate, const Tensor& probabilities,
                             const QuickRows& rows, std::size_t classes) {
  candidate.probabilities = probabilities.to_vector();
  candidate.log_likelihood = log_of_labels(candidate.probabilities, rows.target(), classes);
  return candidate;
}

QuickModel softmax_model(const ClassFacts& facts) {
  const auto classes = static_cast<std::int64_t>(facts.size());
  const Loss loss = loss_from("cross_entropy");
  return {.outputs = classes,
          .driven = classes,
          .loss = [loss, start = starts_of(facts)](const Tensor& z, const Tensor& y) {
            return loss.each(z + start, y);
          }};
}

Candidate softmax_candidate(const QuickRows& rows, const ClassFacts& facts, const Tensor& weight) {
  QuickModel model = softmax_model(facts);
  model.weight = weight;
  const Tensor p = softmax(rows.held_out(model) + starts_of(facts));
  return with_probabilities({.loss = "cross_entropy",
                             .name = "probabilities without an order",
                             .parameters = static_cast<int>(facts.size()) - 1},
                            p, rows, facts.size());
}

// One direction in the inputs and a threshold between each class and the next.
Candidate ordinal(const QuickRows& rows, const ClassFacts& facts) {
  const auto classes = static_cast<std::int64_t>(facts.size());
  std::vector<double> shares(facts.size());
  for (std::size_t c = 0; c < facts.size(); ++c)
    shares[static_cast<std::size_t>(facts.place[c])] = facts.share(c);
  const Tensor start =
      Tensor::from(ordinal_logits_of(Takes::cumulative_logits, shares), {1, classes - 1});
  const Tensor places = Tensor::from(facts.place);
  const Loss loss = loss_from("ordinal_logit");
  const QuickModel model{
      .outputs = classes - 1, .driven = 1, .loss = [&](const Tensor& z, const Tensor& y) {
        return loss.each(z + start, gather(places, y));
      }};
  const Tensor by_place =
      ordinal_probabilities(Takes::cumulative_logits, rows.held_out(model) + start);
  Tensor p = Tensor::zeros(by_place.shape(), Type::f64);
  for (std::int64_t i = 0; i < rows.size(); ++i)
    for (std::int64_t c = 0; c < classes; ++c)
      p.data<double>()[i * classes + c] =
          by_place.data<double>()[i * classes + facts.place[static_cast<std::size_t>(c)]];
  std::vector<std::string> order(facts.size());
  for (std::size_t c = 0; c < facts.size(); ++c)
    order[static_cast<std::size_t>(facts.place[c])] = facts.names[c];
  Candidate candidate =
      with_probabilities({.loss = "ordinal_logit",
                          .name = "one direction with a threshold between each class and the next",
                          .parameters = 1},
                         p, rows, facts.size());
  candidate.reasons.push_back(fmt::format("the labels have an order: {}", fmt::join(order, " < ")));
  if (order != facts.names)
    candidate.further = "--class-order " + shell_word(fmt::format("{}", fmt::join(order, ",")));
  return candidate;
}

// A row has its label by softmax, or with a constant share any label at all.
std::optional<Candidate> noisy(const QuickRows& rows, const ClassFacts& facts) {
  const auto classes = static_cast<std::int64_t>(facts.size());
  const Tensor start = starts_of(facts);
  const double even = 1 / static_cast<double>(classes);
  const auto noise_of = [&](const Tensor& z) {
    return sigmoid(slice(z, classes, classes + 1, 1) + kFirstNoise);
  };
  const auto clean_of = [&](const Tensor& z) { return softmax(slice(z, 0, classes, 1) + start); };
  const QuickModel model{
      .outputs = classes + 1, .driven = classes, .loss = [&](const Tensor& z, const Tensor& y) {
        const Tensor noise = noise_of(z).reshape({z.size(0)});
        return -log((1 - noise) * pick(clean_of(z), y) + noise * even);
      }};
  const Tensor z = rows.held_out(model), noise = noise_of(z);
  double share = 0;
  for (const double v : noise.values<double>()) share += v / static_cast<double>(rows.size());
  if (!kNoise.contains(share)) return {};
  const double wrong = share * (1 - even);
  Candidate candidate = with_probabilities(
      {.loss = "generalized_cross_entropy",
       .name = fmt::format("probabilities of which {} % of the labels know nothing",
                           decimal(100 * wrong, 2)),
       .parameters = static_cast<int>(classes),
       .knows_noise = true},
      (1 - noise) * clean_of(z) + noise * even, rows, facts.size());
  candidate.reasons.push_back(fmt::format(
      "{} % of the labels seem to be wrong, wherever they stand", decimal(100 * wrong, 2)));
  return candidate;
}

}  // namespace

std::vector<Candidate> fit_classes(const QuickRows& rows, const ClassFacts& facts) {
  std::vector<Candidate> all = {softmax_candidate(rows, facts, {})};
  if (const auto found = noisy(rows, facts)) all.push_back(*found);
  if (!facts.place.empty()) all.push_back(ordinal(rows, facts));
  return all;
}

Candidate fit_weighted_classes(const QuickRows& rows, const ClassFacts& facts,
                               const std::vector<double>& factors) {
  Tensor weight = rows.weight().clone();
  for (std::int64_t i = 0; i < rows.size(); ++i)
    weight.data<double>()[i] *=
        factors[static_cast<std::size_t>(rows.target().data<std::int64_t>()[i])];
  Candidate candidate = softmax_candidate(rows, facts, weight);
  candidate.log_likelihood.clear();
  return candidate;
}

Candidate adjusted_by_share(const Candidate& softmax, const ClassFacts& facts) {
  const std::size_t classes = facts.size();
  std::vector<std::string> counts;
  for (const double count : facts.counts) counts.push_back(decimal(count, 6));
  Candidate adjusted{.loss = fmt::format("logit_adjusted:prior={}", fmt::join(counts, ";")),
                     .name = "what is learnt is balanced"};
  for (std::size_t i = 0; i < softmax.probabilities.size(); i += classes) {
    double total = 0;
    for (std::size_t c = 0; c < classes; ++c)
      total += softmax.probabilities[i + c] / facts.share(c);
    for (std::size_t c = 0; c < classes; ++c)
      adjusted.probabilities.push_back(softmax.probabilities[i + c] / facts.share(c) / total);
  }
  return adjusted;
}

}  // namespace downhill::detail
