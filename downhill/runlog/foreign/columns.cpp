#include "downhill/runlog/foreign/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/utf8.h"

namespace downhill::foreign {
namespace {

using Names = std::vector<std::string>;

const std::set<std::string, std::less<>> kTrain = {"train", "training", "tr", "fit"};
const std::set<std::string, std::less<>> kValidation = {"val",        "valid", "validation", "eval",
                                                        "evaluation", "dev",   "holdout"};
const std::set<std::string, std::less<>> kTest = {"test", "testing"};
const std::set<std::string, std::less<>> kGradient = {"grad",      "grads", "gradient",
                                                      "gradients", "gnorm", "gradnorm"};
// What says nothing of which layer a gradient is of.
const std::set<std::string, std::less<>> kNoLayer = {
    "norm", "norms", "total", "global", "l2",   "train",    "training", "mean",    "rms",
    "all",  "step",  "epoch", "before", "clip", "clipping", "model",    "overall", "val"};
const std::set<std::string, std::less<>> kLoss = {"loss", "losses"};
const std::set<std::string, std::less<>> kLikeLoss = {
    "nll", "mse",       "rmse", "mae",        "l1",    "l2",    "logloss",  "crossentropy",
    "ce",  "objective", "cost", "perplexity", "error", "huber", "quantile", "poisson"};
const std::set<std::string, std::less<>> kOther = {
    "scale",   "scaler", "best",     "min",  "max",   "std",     "weight",  "time",
    "seconds", "grad",   "gradient", "norm", "ratio", "runtime", "samples", "memory"};

// What a name of the whole loss may say besides.
const std::set<std::string, std::less<>> kWhole = {"total",  "epoch", "step", "avg",    "average",
                                                   "mean",   "batch", "iter", "sum",    "overall",
                                                   "global", "cross", "log",  "entropy"};

/// "trainLoss/fc1.weight" in small words: train, loss, fc1, weight. Glued ones are taken apart.
Names words_in(const std::string& name) {
  Names words(1);
  char before = ' ';
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    const bool camel = std::isupper(u) && std::islower(static_cast<unsigned char>(before));
    if ((!std::isalnum(u) || camel) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(u)) words.back() += static_cast<char>(std::tolower(u));
    before = c;
  }
  if (words.back().empty()) words.pop_back();
  Names out;
  for (const std::string& word : words) {
    bool cut = false;
    for (const char* front :
         {"training", "train", "validation", "valid", "val", "eval", "test", "dev"})
      for (const char* back : {"loss", "acc", "accuracy"})
        if (!cut && word == std::string(front) + back) {
          out.insert(out.end(), {front, back});
          cut = true;
        }
    if (!cut) out.push_back(word == "vloss" ? "val" : word);
    if (word == "vloss") out.emplace_back("loss");
  }
  return out;
}

bool any(const Names& words, const std::set<std::string, std::less<>>& of) {
  return std::ranges::any_of(words, [&](const auto& w) { return of.contains(w); });
}
bool has(const Names& words, const char* word) {
  return std::ranges::find(words, word) != words.end();
}

/// The name without a W&B export's run: "sunny-sky-1 - val_loss".
std::string without_run(const std::string& name) {
  const std::size_t at = name.rfind(" - ");
  return at == std::string::npos ? name : name.substr(at + 3);
}

/// A role and how well the name fits it; 0: not at all.
struct Fit {
  Role role;
  int points = 0;
};

// A part of the loss (loss_cls beside loss, loss_box_reg beside total_loss) fits less.
int points_of_loss(const Names& words) {
  const bool loss = any(words, kLoss);
  const auto more = std::ranges::count_if(words, [&](const std::string& word) {
    return (loss || !kLikeLoss.contains(word)) &&
           std::ranges::none_of(std::array{&kLoss, &kTrain, &kValidation, &kTest, &kWhole},
                                [&](const auto* known) { return known->contains(word); });
  });
  return (loss ? 30 : 10) - static_cast<int>(std::min<std::ptrdiff_t>(more, 3)) +
         (has(words, "total") ? 2 : 0) - (has(words, "error") ? 2 : 0);  // a share of rows, often
}

Fit loss_fit(const Names& words) {
  const int points = points_of_loss(words);
  if (any(words, kValidation)) return {Role::val_loss, points + 2};
  if (any(words, kTest)) return {Role::val_loss, points - 5};
  if (has(words, "epoch")) return {Role::epoch_loss, points};
  return {Role::loss, points + (any(words, kTrain) ? 2 : 1) - static_cast<int>(words.size() > 3)};
}

Fit fit_of(const std::string& name) {
  if (name.ends_with("__MIN") || name.ends_with("__MAX")) return {Role::step, 0};
  const Names words = words_in(without_run(name));
  const auto is = [&](std::initializer_list<Names> all) {
    return std::ranges::find(all, words) != all.end();
  };
  if (is({{"step"},
          {"steps"},
          {"global", "step"},
          {"iteration"},
          {"iter"},
          {"iterations"},
          {"it"},
          {"batch"},
          {"train", "global", "step"},
          {"trainer", "global", "step"},
          {"round"},
          {"boosting", "round"},
          {"update"},
          {"updates"},
          {"n", "iter"}}))
    return {Role::step, name.find("global") != std::string::npos ? 3 : 2};
  if (is({{"epoch"}, {"epochs"}, {"train", "epoch"}, {"ep"}})) return {Role::epoch, 2};
  if (has(words, "dead")) return {Role::dead, 2};
  if (has(words, "lr") || (has(words, "learning") && has(words, "rate")) || is({{"rate"}}))
    return {Role::lr, 2};
  if (any(words, kGradient)) return {Role::grad_norm, 2};
  if (has(words, "f1")) return {Role::val_f1, any(words, kTrain) ? 0 : 2};
  if (has(words, "acc") || has(words, "accuracy") || has(words, "top1")) {
    const int points = 10 - static_cast<int>(words.size());
    if (any(words, kValidation)) return {Role::val_accuracy, points + 2};
    if (any(words, kTest)) return {Role::val_accuracy, points};
    return {Role::accuracy, points};
  }
  if ((any(words, kLoss) || any(words, kLikeLoss)) && !any(words, kOther)) return loss_fit(words);
  return {Role::step, 0};
}

/// What is left of a gradient's name when all is gone that says that it is one: the layer.
std::string layer_of(const std::string& name) {
  std::string layer;
  std::string bare = without_run(name), word;
  // Lightning's order of the norm: grad_2.0_norm/fc1.weight.
  if (const std::size_t order = bare.find("_2.0_norm"); order != std::string::npos)
    bare.erase(order, 4);
  const auto close = [&] {
    std::string small = word;
    for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!word.empty() && !kGradient.contains(small) && !kNoLayer.contains(small))
      layer += (layer.empty() ? "" : ".") + word;
    word.clear();
  };
  for (const char c : bare) {
    if (std::isalnum(static_cast<unsigned char>(c))) word += c;
    else close();
  }
  close();
  return layer;
}

std::size_t values_in(const LogTable& table, std::size_t column) {
  return static_cast<std::size_t>(
      std::ranges::count_if(table.columns[column], [](const auto& c) { return c.has_value(); }));
}

// XGBoost numbers its sets as they were given: by custom the training rows first.
void take_numbered(const LogTable& table, Columns& columns) {
  const auto find = [&](const char* set) {
    const auto at = std::ranges::find_if(table.names, [&](const std::string& name) {
      return name.starts_with(set) && fit_of(name).role == Role::val_loss;
    });
    return at == table.names.end() ? std::optional<std::size_t>() : at - table.names.begin();
  };
  const auto first = find("validation_0"), second = find("validation_1");
  if (!first || !second) return;
  columns.by_role[static_cast<std::size_t>(Role::loss)] = first;
  columns.by_role[static_cast<std::size_t>(Role::val_loss)] = second;
}

void take_told(const LogTable& table, const std::vector<std::string>& told, Columns& columns) {
  for (const std::string& pair : told) {
    const std::size_t at = pair.find('=');
    Role role{};
    const std::string name = pair.substr(0, at);
    const std::string expected = at == std::string::npos ? "role=column" : read_option(name, role);
    if (!expected.empty())
      throw_argument("--column",
                     fmt::format("= {} is not understood; expected {}", excerpt(pair), expected));
    const auto found = table.places.find(pair.substr(at + 1));
    if (found == table.places.end())
      refuse(table.file, 0,
             fmt::format(
                 "there is no column {}; there are {}", excerpt(pair.substr(at + 1)),
                 fmt::join(table.names.begin(),
                           table.names.begin() + static_cast<std::ptrdiff_t>(
                                                     std::min<std::size_t>(table.names.size(), 20)),
                           ", ")));
    columns.by_role[static_cast<std::size_t>(role)] = found->second;
  }
}

}  // namespace

Columns recognise(const LogTable& table, const std::vector<std::string>& told) {
  Columns columns;
  take_told(table, told, columns);
  const Columns given = columns;
  std::array<std::pair<int, std::size_t>, words_of(Role{}).size()> best = {};
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const Fit fit = fit_of(table.names[c]);
    const std::size_t count = values_in(table, c), role = static_cast<std::size_t>(fit.role);
    if (fit.points == 0 || (count == 0 && !table.texts.contains(c)) || given.by_role[role])
      continue;
    if (fit.role == Role::grad_norm)
      if (const std::string layer = layer_of(table.names[c]); !layer.empty()) {
        columns.layers.emplace_back(c, layer);
        continue;
      }
    // A name that fits better wins unless it has far fewer values.
    auto& [points, most] = best[role];
    const bool better =
        !columns.by_role[role] || (fit.points > points && 2 * count > most) || count > 2 * most;
    if (!better) continue;
    columns.by_role[role] = c;
    points = fit.points;
    most = count;
  }
  auto& step_loss = columns.by_role[static_cast<std::size_t>(Role::loss)];
  if (!step_loss) std::swap(step_loss, columns.by_role[static_cast<std::size_t>(Role::epoch_loss)]);
  if (!step_loss) take_numbered(table, columns);
  // What TensorBoard saves of one curve.
  if (const auto value = table.places.find("Value");
      !step_loss && value != table.places.end() && table.places.contains("Wall time"))
    step_loss = value->second;
  auto& own = columns.by_role[static_cast<std::size_t>(Role::val_accuracy)];
  auto& plain = columns.by_role[static_cast<std::size_t>(Role::accuracy)];
  const bool trained = plain && any(words_in(table.names[*plain]), kTrain);
  if (!own && plain && !trained && columns.of(Role::val_loss)) std::swap(own, plain);  // fastai
  return columns;
}

}  // namespace downhill::foreign
