#include "downhill/train/minimize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "downhill/catalog/catalog.h"
#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/picture.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/starts.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/data/csv_writer.h"
#include "downhill/io/same_file.h"
#include "downhill/io/utf8.h"

namespace downhill::cli {
namespace {

using FormulaPtr = std::shared_ptr<const TextFormula>;

struct Request {
  std::string formula, start, box, optimizer = "lbfgs", until, schedule, trace, picture;
  std::int64_t steps = 1000, starts = 0, seed = 0;
  bool json = false, quiet = false;
};

constexpr std::string_view kSummary =
    "Minimises a formula of its variables, in float64. Every name in the formula that is no\n"
    "function and no constant is a variable and needs a start.\n";

bool read_request(Request& request, const Words& words) {
  Arguments arguments("minimize", kSummary,
                      "downhill minimize '(1-x)^2 + 100*(y-x^2)^2' --start x=-1.2,y=1 "
                      "--optimizer adam:lr=0.1 --steps 500 --picture path.svg");
  arguments.formula_first();
  arguments.positional("FORMULA", request.formula, "what is minimised: 'x^2 + 3*y^2'");
  arguments.text("--start", "x=1,y=2", request.start, "where to start, every variable");
  arguments.number("--starts", "N", request.starts, {0, 1e7},
                   "start so often, all over --box, and tell which ends there are; 0: once");
  arguments.text("--box", "x=-5..5,...", request.box, "where --starts begin, every variable");
  arguments.number("--seed", "N", request.seed, {0, kCount.high}, "of the places of --starts");
  arguments.text("--optimizer", "SPEC", request.optimizer,
                 "name:option=value,... (downhill list optimizers)");
  arguments.number("--steps", "N", request.steps, {0, 1e9}, "steps at most");
  arguments.text("--until", "WHAT", request.until, "stop below: gradient_norm<1e-8 or value<1e-6");
  arguments.text("--schedule", "SPEC", request.schedule,
                 "factor on the optimizer's lr over the steps (downhill list schedules)");
  arguments.text("--trace", "F.csv", request.trace,
                 "write step, value, gradient_norm and the variables, a line per step");
  arguments.picture("--picture", request.picture,
                    "draw the path over contours (two variables) or on the curve (one)");
  arguments.flag("--json", request.json, "one JSON object with ended, state, steps, value, x, ...");
  if (!arguments.parse(words)) return false;
  request.quiet = arguments.quiet();
  return true;
}

std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::pair<std::string, double>> parse_start(std::string_view text) {
  std::vector<std::pair<std::string, double>> start;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != text.npos;
    const std::string_view part = text.substr(0, comma);
    text.remove_prefix(more ? comma + 1 : text.size());
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string name = trimmed(part.substr(0, equals));
    const std::string number = trimmed(part.substr(std::min(equals + 1, part.size())));
    double value = 0;
    if (name.empty() || !read_option(number, value).empty() || !kFinite.contains(value))
      throw_argument("--start:",
                     fmt::format("{} is not variable=number, as in x=1,y=-2.5", excerpt(part)));
    if (std::ranges::find(start, name, &std::pair<std::string, double>::first) != start.end())
      throw_argument("--start:", fmt::format("{} is given twice", name));
    start.emplace_back(name, value);
  }
  return start;
}

/// The start in the order of the formula's variables.
std::vector<double> match_start(const TextFormula& formula, const std::string& text) {
  const auto given = parse_start(text);
  const auto& variables = formula.variables();
  if (variables.empty()) throw_argument("the formula", "has no variable, so there is no way down");
  std::vector<std::string> missing;
  std::vector<double> start;
  for (const std::string& name : variables) {
    const auto found = std::ranges::find(given, name, &std::pair<std::string, double>::first);
    if (found == given.end()) missing.push_back(name);
    else start.push_back(found->second);
  }
  if (!missing.empty())
    throw_argument("--start", fmt::format("has no value for {}", fmt::join(missing, ", ")));
  for (const auto& [name, value] : given)
    if (std::ranges::find(variables, name) == variables.end())
      throw_argument("--start", fmt::format("has {}, which is no variable of the formula ({})",
                                            name, fmt::join(variables, ", ")));
  return start;
}

void read_until(const std::string& text, MinimizeOptions& options) {
  if (text.empty()) return;
  const std::size_t less = text.find('<');
  const std::array<std::string, 2> known = {"gradient_norm", "value"};
  if (less == text.npos)
    throw_argument("--until",
                   fmt::format("'{}' is not gradient_norm<NUMBER or value<NUMBER", text));
  const std::string name = trimmed(std::string_view(text).substr(0, less));
  if (std::ranges::find(known, name) == known.end()) throw_unknown("--until", name, known);
  const std::string number = trimmed(std::string_view(text).substr(less + 1));
  double limit = 0;
  if (!read_option(number, limit).empty() || !kFinite.contains(limit))
    throw_argument("--until", fmt::format("'{}': '{}' is not a finite number", text, number));
  (name == "value" ? options.value_below : options.gradient_norm_below) = limit;
}

void write_trace(const std::string& path, const MinimizeResult& result) {
  std::vector<std::int64_t> steps;
  std::vector<double> values, norms;
  std::vector<std::vector<double>> places(result.variables.size());
  for (const MinimizeStep& step : result.path) {
    steps.push_back(step.step);
    values.push_back(step.value);
    norms.push_back(step.gradient_norm);
    for (std::size_t i = 0; i < places.size(); ++i) places[i].push_back(step.x[i]);
  }
  std::vector<CsvColumn> columns = {{"step", steps}, {"value", values}, {"gradient_norm", norms}};
  for (std::size_t i = 0; i < places.size(); ++i)
    columns.push_back({result.variables[i], std::move(places[i])});
  write_csv(path, columns);
}

std::string text_of_state(const MinimizeResult& result) {
  std::string text = fmt::format("stands at: {}", text_of(result.state));
  if (!result.stands.reason.empty()) text += fmt::format(" ({})", result.stands.reason);
  text += '\n';
  const auto& eigenvalues = result.stands.eigenvalues;
  if (!eigenvalues.empty())
    text += eigenvalues.size() <= 4
                ? fmt::format("  {:<14} {:.6g}\n", "eigenvalues", fmt::join(eigenvalues, ", "))
                : fmt::format("  {:<14} {} from {:.6g} to {:.6g}\n", "eigenvalues",
                              eigenvalues.size(), eigenvalues.front(), eigenvalues.back());
  const auto& down = result.stands.downhill_direction;
  if (down.empty()) return text;
  text += "  it falls along";
  for (std::size_t i = 0; i < down.size(); ++i)
    text += fmt::format("{} {} {:+.4g}", i > 0 ? "," : "", result.variables[i], down[i]);
  return text + '\n';
}

/// What standard error says of a run that did not end well; "" of one that did.
std::string complaint(const MinimizeResult& result) {
  const MinimizeStep& last = result.path.back();
  switch (result.ended) {
    case Ended::diverging:
      return fmt::format(
          "the value grew above four times that of the start at step {}; a smaller step or another "
          "start may help",
          last.step);
    case Ended::non_finite:
      return fmt::format(
          "the value or gradient is not finite at step {}; a smaller step or another start may "
          "help",
          last.step);
    case Ended::unbounded:
      return fmt::format(
          "the value falls without end: {:.3g} after step {}; there is no minimum this way down",
          last.value, last.step);
    case Ended::search_failed:
      if (result.state == State::minimum) return {};  // of a kink, where the gradient stays
      return fmt::format(
          "no step falls, though the gradient is {:.3g}: a kink, the edge of where the function "
          "is defined, or values that are noisy; another optimizer may go on from here",
          last.gradient_norm);
    default:
      return {};
  }
}

void print_result(const MinimizeResult& result, const Method& method, const Request& request) {
  const MinimizeStep& last = result.path.back();
  if (request.json) {
    JsonWriter json;
    json.begin_object();
    json.member("ended", text_of(result.ended));
    json.member("state", text_of(result.state));
    json.member("state_reason", result.stands.reason);
    json.member("steps", last.step);
    json.member("value", last.value);
    json.member("gradient_norm", last.gradient_norm);
    const auto by_variable = [&](const char* name, const std::vector<double>& values) {
      json.key(name);
      json.begin_object();
      for (std::size_t i = 0; i < values.size(); ++i) json.member(result.variables[i], values[i]);
      json.end_object();
    };
    by_variable("x", last.x);
    if (!result.stands.eigenvalues.empty()) json.member("eigenvalues", result.stands.eigenvalues);
    if (!result.stands.downhill_direction.empty())
      by_variable("downhill_direction", result.stands.downhill_direction);
    json.member("optimizer", method.text());
    json.end_object();
    return print_json(json);
  }
  std::string text =
      fmt::format("{} after {} steps of {}\n", text_of(result.ended), last.step, method.text());
  const auto row = [&](std::string_view name, double value) {
    text += fmt::format("  {:<14} {}\n", name, std::isnan(value) ? "nan" : print_option(value));
  };
  row("value", last.value);
  row("gradient_norm", last.gradient_norm);
  for (std::size_t i = 0; i < last.x.size(); ++i) row(result.variables[i], last.x[i]);
  text += text_of_state(result);
  if (!request.trace.empty()) text += fmt::format("trace in {}\n", request.trace);
  if (!request.picture.empty()) text += fmt::format("picture in {}\n", request.picture);
  print(text);
}

int many_starts(const Request& request, const FormulaPtr& formula) {
  if (request.starts == 0) throw_argument("--box", "is where --starts N begin; give N");
  if (!request.start.empty()) throw_argument("--start", "and --starts exclude each other");
  if (!request.trace.empty() || !request.picture.empty())
    throw_argument("--starts", "has no single path for --trace or --picture");
  const Method method = optimizer_from(request.optimizer);
  const Interrupt interrupt;
  ProgressBar bar(request.quiet);
  StartsOptions options{.starts = request.starts,
                        .box = box_from(request.box, formula->variables()),
                        .seed = static_cast<std::uint64_t>(request.seed)};
  options.minimize = {.steps = request.steps, .stop = interrupt.token()};
  read_until(request.until, options.minimize);
  if (!request.schedule.empty()) options.minimize.schedule = schedule_from(request.schedule);
  options.progress = [&](std::int64_t done, std::int64_t of) {
    if (bar.due())
      bar.show(static_cast<double>(done) / static_cast<double>(of),
               fmt::format("start {} of {}", done, of));
  };
  const MinimizeStarts found = minimize_starts(formula, method, options);
  print(request.json ? starts_json(found, method.text()) + "\n"
                     : starts_text(found, method.text()));
  if (found.stopped) return kInterrupted;
  const bool any =
      std::ranges::any_of(found.ends, [](const MinimizeEnd& end) { return end.reached(); });
  if (!any)
    print_error("no start came to an end: the function falls without end, or is not finite");
  return any ? kOk : kNumbers;
}

}  // namespace

int minimize_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  const FormulaPtr formula = TextFormula::parse(request.formula);
  if (request.starts > 0 || !request.box.empty()) return many_starts(request, formula);
  if (request.start.empty())
    throw_argument("--start",
                   "is required: where to start, every variable (or --starts and --box)");
  const std::vector<double> start = match_start(*formula, request.start);
  const Method method = optimizer_from(request.optimizer);
  Interrupt interrupt;
  MinimizeOptions options{.steps = request.steps, .stop = interrupt.token()};
  read_until(request.until, options);
  if (!request.schedule.empty()) options.schedule = schedule_from(request.schedule);
  if (!request.picture.empty() && start.size() > 2)
    throw_argument("--picture", fmt::format("shows one or two variables; the formula has {}: {}",
                                            start.size(), fmt::join(formula->variables(), ", ")));
  check_outputs(
      {}, std::array{NamedFile{"--trace", request.trace}, NamedFile{"--picture", request.picture}});
  const MinimizeResult result = minimize(formula, start, method, options);
  if (!request.trace.empty()) write_trace(request.trace, result);
  if (!request.picture.empty())
    write_picture(request.picture,
                  path_picture(formula, result, request.formula.substr(0, 80), method.name()));
  print_result(result, method, request);
  if (result.ended == Ended::interrupted) return kInterrupted;
  const std::string problem = complaint(result);
  const bool failed = !problem.empty() && result.ended != Ended::search_failed;
  if (failed) print_error(problem);
  else if (!problem.empty()) note("downhill: " + problem + "\n");
  return failed ? kNumbers : kOk;
}

}  // namespace downhill::cli
