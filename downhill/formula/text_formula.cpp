#include "downhill/formula/text_formula.h"

#include <fmt/format.h>

#include <utility>

#include "downhill/core/error.h"
#include "downhill/formula/text/derivative.h"
#include "downhill/formula/text/names.h"
#include "downhill/formula/text/parser.h"
#include "downhill/formula/text/program.h"
#include "downhill/formula/text/runner.h"

namespace downhill {

struct TextFormula::Parts {
  std::string text;
  std::vector<std::string> variables;
  int moving;
  text::Program value;      // f
  text::Program slopes;     // f, df/d in[0], df/d in[1], ...
  text::Program curvature;  // grad f . u, then (H u)[0], (H u)[1], ...
};

namespace {

double run(const text::Program& program, const text::Call<float>& call) {
  return text::best_text_runner().run_float(program.code(), call);
}
double run(const text::Program& program, const text::Call<double>& call) {
  return text::best_text_runner().run_double(program.code(), call);
}

template <class T>
text::Call<T> on(const std::vector<std::string>& variables, const T* const* in, std::int64_t n) {
  text::Call<T> call;
  call.in = in;
  call.variables = static_cast<std::int32_t>(variables.size());
  call.n = n;
  return call;
}

template <class T>
void run_value(const text::Program& program, text::Call<T> call, T* out) {
  call.plain = out;
  run(program, call);
}

template <class T>
double run_slopes(const text::Program& program, text::Call<T> call, const T* weight, T scale,
                  T* value, T* const* slopes, bool stream) {
  call.weight = weight;
  call.scale = scale;
  call.plain = value;
  call.scaled = slopes;
  call.stream = stream;
  call.summed = true;
  return run(program, call);
}

template <class T>
void run_curvature(const text::Program& program, text::Call<T> call, const T* weight, T scale,
                   const T* const* u, T* const* out, T* along) {
  call.weight = weight;
  call.scale = scale;
  call.directions = u;
  call.plain = along;
  call.scaled = out;
  run(program, call);
}

}  // namespace

TextFormula::TextFormula(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
TextFormula::~TextFormula() = default;

std::shared_ptr<const TextFormula> TextFormula::parse(std::string_view text,
                                                      std::vector<std::string> variables,
                                                      int moving) {
  const int count = static_cast<int>(variables.size());
  if (moving < 0 || moving > count)
    throw_usage("formula", fmt::format("{} of {} variables cannot carry derivatives; give 0 to {}",
                                       moving, count, count));
  text::check_variables(variables);
  text::Graph graph;
  const text::Id f = text::parse(text, variables, graph);
  std::vector<text::Id> first = {f};
  const std::vector<text::Id> slopes = text::gradient(graph, f, moving);
  first.insert(first.end(), slopes.begin(), slopes.end());
  const std::vector<text::Id> second = text::tangents(graph, first, moving, count);
  std::vector<text::Id> value = {f};
  auto parts = std::make_unique<const Parts>(
      Parts{std::string(text), std::move(variables), moving, text::Program(graph, value, count),
            text::Program(graph, first, count), text::Program(graph, second, count + moving)});
  return std::shared_ptr<const TextFormula>(new TextFormula(std::move(parts)));
}

std::shared_ptr<const TextFormula> TextFormula::parse(std::string_view text) {
  std::vector<std::string> names = text::free_names(text);
  const int count = static_cast<int>(names.size());
  return parse(text, std::move(names), count);
}

const std::vector<std::string>& TextFormula::variables() const { return parts_->variables; }
const std::string& TextFormula::text() const { return parts_->text; }
const std::string& TextFormula::name() const { return parts_->text; }
int TextFormula::inputs() const { return static_cast<int>(parts_->variables.size()); }
int TextFormula::moving() const { return parts_->moving; }

void TextFormula::value(const float* const* in, float* out, std::int64_t n) const {
  run_value(parts_->value, on(parts_->variables, in, n), out);
}
void TextFormula::value(const double* const* in, double* out, std::int64_t n) const {
  run_value(parts_->value, on(parts_->variables, in, n), out);
}

double TextFormula::slopes(const float* const* in, const float* weight, float scale, float* value,
                           float* const* slopes, bool stream, std::int64_t n) const {
  return run_slopes(parts_->slopes, on(parts_->variables, in, n), weight, scale, value, slopes,
                    stream);
}
double TextFormula::slopes(const double* const* in, const double* weight, double scale,
                           double* value, double* const* slopes, bool stream,
                           std::int64_t n) const {
  return run_slopes(parts_->slopes, on(parts_->variables, in, n), weight, scale, value, slopes,
                    stream);
}

void TextFormula::curvature(const float* const* in, const float* weight, float scale,
                            const float* const* u, float* const* out, float* along,
                            std::int64_t n) const {
  run_curvature(parts_->curvature, on(parts_->variables, in, n), weight, scale, u, out, along);
}
void TextFormula::curvature(const double* const* in, const double* weight, double scale,
                            const double* const* u, double* const* out, double* along,
                            std::int64_t n) const {
  run_curvature(parts_->curvature, on(parts_->variables, in, n), weight, scale, u, out, along);
}

}  // namespace downhill
