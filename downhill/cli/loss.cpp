#include "downhill/losses/loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "downhill/catalog/catalog.h"
#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/json.h"
#include "downhill/cli/loss_shown.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/terminal.h"
#include "downhill/cli/values.h"
#include "downhill/core/error.h"
#include "downhill/io/npy.h"
#include "downhill/io/same_file.h"
#include "downhill/ops/shape.h"

namespace downhill::cli {
namespace {

constexpr std::size_t kMostCompared = 7;  // colours that are told apart

struct Request {
  std::string spec, prediction, target, weight, reduction = "mean", gradient_out;
  std::string compare, picture;
  bool gradient = false, json = false, quiet = false;
};

struct Answer {
  Tensor loss, gradient;
  /// What the mean divides by: one number, or one for each term of a sum that counts different things.
  std::vector<std::pair<std::string, double>> counts;
};

constexpr std::string_view kSummary =
    "Without values: what a loss is, and its curves. With them: its value, and its gradient with\n"
    "respect to the prediction, in float64.\n"
    "Values are a .npy file, a .csv file (rows, columns; a single column: rows) or numbers\n"
    "as JSON text. cross_entropy takes class labels as whole numbers from 0, one per row.\n"
    "A loss of several predictions takes them stacked along the first axis of P:\n"
    "gaussian_nll [mean, variance]; triplet [anchor, positive, negative], without --target.\n";

bool read_request(Request& request, const Words& words) {
  Arguments arguments(
      "loss", kSummary,
      "downhill loss huber:delta=1.5 --prediction '[1, 2]' --target '[1.5, 9]' --gradient");
  arguments.formula_first();
  arguments.positional("SPEC", request.spec,
                       "a loss: name:option=value,... (downhill list losses), or a\n"
                       "formula in p, the prediction, and y, the target:\n"
                       "'where(y > p, 10*(y-p)^2, (y-p)^2)'",
                       false);
  arguments.text("--compare", "SPECS", request.compare,
                 "losses drawn together: huber:delta=2,mse,tukey");
  arguments.picture("--picture", request.picture,
                    "the curves as a picture: loss, gradient, curvature");
  arguments.text("--prediction", "P", request.prediction, "what was predicted");
  arguments.text("--target", "T", request.target, "what is right");
  arguments.text("--weight", "W", request.weight, "a weight for each value of --reduction each");
  arguments.text("--reduction", "KIND", request.reduction, "mean, sum or each");
  arguments.flag("--gradient", request.gradient,
                 "the gradient of the reduced value (each: of the sum), in\nthe shape of P");
  arguments.text("--gradient-out", "F.npy", request.gradient_out, "write the gradient to a file");
  arguments.flag("--json", request.json, "one JSON object: {\"loss\": ..., \"gradient\": ...}");
  if (!arguments.parse(words)) return false;
  request.quiet = arguments.quiet();
  return true;
}

Reduction reduction_from(const std::string& name) {
  const std::array<std::string, 3> known = {"mean", "sum", "each"};
  for (std::size_t i = 0; i < known.size(); ++i)
    if (name == known[i]) return std::array{Reduction::mean, Reduction::sum, Reduction::each}[i];
  throw_unknown("reduction", name, known);
}

Tensor as_target(const Loss& loss, const Tensor& prediction, const Tensor& values) {
  if (values.rank() != prediction.rank() - 1 || !loss.takes_labels()) return values.to(Type::f64);
  const Tensor labels = whole_numbers(values);
  if (!labels.defined()) {
    const std::vector<double> all = values.to_vector();
    const auto odd = std::ranges::find_if_not(all, is_whole);
    throw_data(loss.name(), fmt::format("target[{}] = {} is no class label; expected whole numbers",
                                        odd - all.begin(), *odd));
  }
  return labels;
}

/// P cut into the loss's predictions, each a leaf whose gradient is kept.
std::vector<Tensor> parts_of(const Loss& loss, const Tensor& prediction) {
  const int count = loss.predictions();
  if (count > 1 && (prediction.rank() < 1 || prediction.size(0) != count))
    throw_data(loss.name(), fmt::format("--prediction has shape {}; this loss takes {} "
                                        "predictions, stacked along the first axis",
                                        prediction.shape().text(), count));
  std::vector<Tensor> parts;
  for (int i = 0; i < count; ++i) {
    const Tensor part = count == 1 ? prediction : squeeze(slice(prediction, i, i + 1), 0);
    parts.push_back(part.clone());
  }
  return parts;
}

Answer compute(const Loss& loss, const Request& request, Reduction reduction) {
  const Tensor prediction =
      read_values("--prediction", request.prediction, request.quiet).to(Type::f64);
  std::vector<Tensor> parts = parts_of(loss, prediction);
  Tensor target, weight;
  if (loss.has_target())
    target = as_target(loss, parts[0], read_values("--target", request.target, request.quiet));
  if (!request.weight.empty())
    weight = read_values("--weight", request.weight, request.quiet).to(Type::f64);
  Answer answer;
  answer.loss = loss.apply(parts, target, weight, reduction);
  for (const auto& [term, weight_of_all] : loss.counted(parts, target, weight))
    answer.counts.emplace_back(term.loss.name(), weight_of_all);
  if (!request.gradient) return answer;
  for (Tensor& part : parts) part.requires_grad(true);
  loss.apply(parts, target, weight, reduction == Reduction::each ? Reduction::sum : reduction)
      .backward();
  std::vector<Tensor> gradients;
  for (const Tensor& part : parts)
    gradients.push_back(parts.size() > 1 ? unsqueeze(part.grad(), 0) : part.grad());
  answer.gradient = parts.size() > 1 ? concat(gradients) : gradients[0];
  return answer;
}

void print_answer(const Answer& answer, const Request& request) {
  if (request.json) {
    JsonWriter json;
    json.begin_object();
    json.key("loss");
    write_tensor(json, answer.loss);
    if (answer.gradient.defined()) {
      json.key("gradient");
      write_tensor(json, answer.gradient);
    }
    if (answer.counts.size() == 1) {
      json.member("count", answer.counts[0].second);
    } else {
      json.key("counts");
      json.begin_object();
      for (const auto& [name, count] : answer.counts) json.member(name, count);
      json.end_object();
    }
    json.end_object();
    return print_json(json);
  }
  std::string text = "loss " + tensor_text(answer.loss);
  if (request.reduction == "mean") {
    std::string weights;
    for (const auto& [name, count] : answer.counts)
      weights += answer.counts.size() == 1
                     ? fmt::format("{}", count)
                     : fmt::format("{}{} of {}", weights.empty() ? "" : ", ", count, name);
    text += fmt::format("  (mean, total weight {})", weights);
  }
  if (request.reduction == "sum") text += "  (sum)";
  text += "\n";
  if (answer.gradient.defined() && request.gradient_out.empty())
    text += "gradient " + tensor_text(answer.gradient) + "\n";
  print(text);
}

void draw(const Request& request) {
  const std::size_t width = static_cast<std::size_t>(terminal_width());
  const ShownLoss shown = shown_loss(request.spec);
  if (!request.picture.empty()) {
    if (shown.slice.lines.empty())
      throw_argument("--picture", fmt::format("cannot be made of {}: without values there is no "
                                              "line to draw it along",
                                              request.spec));
    write_picture(request.picture,
                  loss_picture(curves_of(shown.slice, kCurvePlaces), request.spec));
  }
  print(request.json ? shown_json(shown) : shown_text(shown, width));
}

void compare(const Request& request) {
  const std::size_t width = static_cast<std::size_t>(terminal_width());
  std::vector<ShownLoss> losses;
  std::vector<Compared> lines;
  for (const std::string& spec : compared_specs(request.compare)) {
    losses.push_back(shown_loss(spec));
    lines.push_back({spec, losses.back().slice});
  }
  if (losses.size() > kMostCompared)
    throw_argument("--compare", fmt::format("has {} losses; {} at most can be told apart",
                                            losses.size(), kMostCompared));
  const LossCurves curves = curves_together(lines);
  if (!request.picture.empty())
    write_picture(request.picture, loss_picture(curves, "losses compared"));
  print(request.json ? compared_json(losses) : compared_text(losses, width));
}

/// Refuses what only goes with values.
void check_without_values(const Request& request) {
  const std::pair<const char*, bool> given[] = {{"--target", !request.target.empty()},
                                                {"--weight", !request.weight.empty()},
                                                {"--gradient", request.gradient},
                                                {"--gradient-out", !request.gradient_out.empty()}};
  for (const auto& [name, is_given] : given)
    if (is_given) throw_argument("--prediction", fmt::format("is required with {}", name));
}

}  // namespace

int loss_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  if (!request.compare.empty() && !request.spec.empty())
    throw_argument("--compare", "and a loss beside it exclude each other");
  if (request.prediction.empty()) {
    if (request.spec.empty() && request.compare.empty())
      throw_argument("SPEC", "is required: a loss, or --compare with several");
    check_without_values(request);
    if (request.compare.empty()) draw(request);
    else compare(request);
    return kOk;
  }
  if (!request.compare.empty() || !request.picture.empty())
    throw_argument("--prediction", "goes with one loss, and with no picture");
  check_outputs(
      std::array{NamedFile{"--prediction", request.prediction},
                 NamedFile{"--target", request.target}, NamedFile{"--weight", request.weight}},
      std::array{NamedFile{"--gradient-out", request.gradient_out}});
  const Reduction reduction = reduction_from(request.reduction);
  const Loss loss = loss_from(request.spec);
  if (loss.has_target() && request.target.empty())
    throw_argument("--target", fmt::format("is required for {}", loss.name()));
  if (!loss.has_target() && !request.target.empty())
    throw_argument(loss.name(), "takes no --target");
  if (loss.targets() > 1)
    throw_usage(
        loss.name(),
        fmt::format("takes {} targets of shapes and types of their own, and --target is one; "
                    "expected a call from C++; without values the command shows it",
                    loss.targets()));
  request.gradient = request.gradient || !request.gradient_out.empty();
  Answer answer;
  try {
    answer = compute(loss, request, reduction);
  } catch (const UsageError& error) {  // the command is right, its values do not fit together
    throw DataError(error.what());
  }
  if (!request.gradient_out.empty()) write_npy(request.gradient_out, answer.gradient);
  print_answer(answer, request);
  return kOk;
}

}  // namespace downhill::cli
