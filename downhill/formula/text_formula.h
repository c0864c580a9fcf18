#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/formula/pointwise.h"

namespace downhill {

/// A formula given as text: parsed once, differentiated exactly, run as a register program on
/// strips.
///
///     auto loss = TextFormula::parse("where(y > p, 10*(y-p)^2, (y-p)^2)", {"p", "y"}, 1);
///
/// Language: numbers, names, + - * /, ^ (binds to the right; -x^2 is -(x^2)), comparisons, and, or,
/// not (also && || !), parentheses; abs, min, max, exp, log, log1p, expm1, sqrt, tanh, sigmoid,
/// softplus, erf, pow, sin, cos, atan, sign, where(condition, a, b); the constants pi and e, unless
/// variables are called so. Truth values are not numbers. A text that is wrong is a UsageError
/// with the column and a caret under the place.
///
/// The same element gives the same bits wherever it stands among others.
class TextFormula final : public Pointwise {
 public:
  /// `variables` are the allowed names, in the order of the inputs; the first `moving` of them
  /// carry derivatives.
  static std::shared_ptr<const TextFormula> parse(std::string_view text,
                                                  std::vector<std::string> variables, int moving);
  /// Every name that is not a function or constant is a variable, in order of first appearance,
  /// all moving.
  static std::shared_ptr<const TextFormula> parse(std::string_view text);
  ~TextFormula() override;

  const std::vector<std::string>& variables() const;
  const std::string& text() const;

  const std::string& name() const override;  ///< the text
  int inputs() const override;
  int moving() const override;

  void value(const float* const* in, float* out, std::int64_t n) const override;
  void value(const double* const* in, double* out, std::int64_t n) const override;
  double slopes(const float* const* in, const float* weight, float scale, float* value,
                float* const* slopes, bool stream, std::int64_t n) const override;
  double slopes(const double* const* in, const double* weight, double scale, double* value,
                double* const* slopes, bool stream, std::int64_t n) const override;
  void curvature(const float* const* in, const float* weight, float scale, const float* const* u,
                 float* const* out, float* along, std::int64_t n) const override;
  void curvature(const double* const* in, const double* weight, double scale,
                 const double* const* u, double* const* out, double* along,
                 std::int64_t n) const override;

 private:
  struct Parts;
  explicit TextFormula(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
};

}  // namespace downhill
