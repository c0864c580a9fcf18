#pragma once
#include <cstdint>
#include <string>

namespace downhill {

/// A formula of numbers, ready to run over runs of elements: compiled from a C++ struct or lambda
/// (pointwise_kernel.h) or parsed from text (text_formula.h). It has `inputs()` arguments, of which
/// the first `moving()` carry derivatives (a loss's predictions; its targets are constants).
/// All arrays hold n elements, one after the other. Nothing here throws or allocates memory that
/// outlives the call, and calls from several threads at once are fine.
class Pointwise {
 public:
  virtual ~Pointwise() = default;
  virtual const std::string& name() const = 0;
  virtual int inputs() const = 0;
  virtual int moving() const = 0;

  /// out[i] = f(in[0][i], in[1][i], ...).
  virtual void value(const float* const* in, float* out, std::int64_t n) const = 0;
  virtual void value(const double* const* in, double* out, std::int64_t n) const = 0;

  /// slopes[k][i] = scale * weight[i] * df/d in[k], for k < moving(); `weight` may be null (1).
  /// Entries of `slopes` may be null (not wanted). `value`, if not null, gets f itself, without
  /// weight and scale. Returns the sum of weight[i] * f over i, the sum in double.
  /// `stream`: the slopes are 64-byte aligned and should be written around the cache; the caller
  /// then calls `fence_streams` once at the end.
  virtual double slopes(const float* const* in, const float* weight, float scale, float* value,
                        float* const* slopes, bool stream, std::int64_t n) const = 0;
  virtual double slopes(const double* const* in, const double* weight, double scale, double* value,
                        double* const* slopes, bool stream, std::int64_t n) const = 0;

  /// The Hessian of each element times a direction u (u[k] for k < moving(); null is zero):
  /// out[k][i] = scale * weight[i] * sum_j d2f/(d in[k] d in[j]) * u[j][i]; null entries of `out`
  /// are not wanted. `along`, if not null, gets sum_k df/d in[k] * u[k], without weight and scale.
  virtual void curvature(const float* const* in, const float* weight, float scale,
                         const float* const* u, float* const* out, float* along,
                         std::int64_t n) const = 0;
  virtual void curvature(const double* const* in, const double* weight, double scale,
                         const double* const* u, double* const* out, double* along,
                         std::int64_t n) const = 0;
};

}  // namespace downhill
