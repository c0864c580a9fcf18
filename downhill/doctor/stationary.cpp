#include "downhill/doctor/stationary.h"

#include <algorithm>
#include <cmath>

namespace downhill::symptom {

std::vector<Evidence> stationary_evidence(const Examination& run) {
  std::vector<Evidence> list;
  const auto add = [&list](const char* what, const std::optional<double>& value,
                           std::optional<double> limit, const char* source) {
    if (value) list.push_back({what, value, limit, source});
  };
  if (const auto trend = run.end_of(run.train())) {
    list.push_back({"fall of the train loss over the end of the run, %", 100 * trend->fall,
                    100 * run.options().converged, "Theil-Sen slope"});
    list.push_back({"|z| of its trend", std::abs(trend->z), trend->needed, "Mann-Kendall"});
  }
  if (!run.log().stands) return list;
  const StandsRecord& stands = *run.log().stands;
  const auto percent_of = [](const std::optional<double>& fraction) {
    return fraction ? std::optional(100 * *fraction) : std::nullopt;
  };
  add("h1, the largest eigenvalue of the Hessian", stands.h1, {}, "Lanczos");
  add("residual of h1", stands.h1_residual, {}, "Lanczos");
  std::optional<double> limit;
  if (stands.h1 && stands.hn_residual)
    limit = -std::max(0.001 * *stands.h1, 3 * *stands.hn_residual);
  add("hn, the smallest eigenvalue; negative below", stands.hn, limit, "Lanczos");
  add("residual of hn", stands.hn_residual, {}, "Lanczos");
  add("fall that the quadratic model still promises, %", percent_of(stands.quadratic_decrease), 1.0,
      "Krylov space of the gradient");
  add("fall of the loss found along hn's direction", stands.probe_decrease, {}, "line probe");
  add("gradient norm", stands.gradient_norm, {}, "");
  return list;
}

}  // namespace downhill::symptom
