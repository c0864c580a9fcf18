#include "downhill/doctor/options.h"

namespace downhill {

std::array<Option, 11> DoctorOptions::options() {
  using O = DoctorOptions;
  return {
      option<&O::last_fraction>("last_fraction", Range{0, 1, true, false},
                                "part of the run that counts as its end"),
      option<&O::least_points>("least_points", Range{3, 1000},
                               "losses below which no trend is judged"),
      option<&O::significance>("significance", kPositive,
                               "|z| of the Mann-Kendall test from which a trend is one"),
      option<&O::diverging_factor>("diverging_factor", Range{1, kInfinity, true, true},
                                   "loss at the end over the best smoothed loss"),
      option<&O::overfit_gl>("overfit_gl", kNonNegative,
                             "rise of the validation loss above its best, in percent"),
      option<&O::overfit_patience>("overfit_patience", kCount,
                                   "validations since the best one before a rise counts"),
      option<&O::overfit_noise>("overfit_noise", kNonNegative,
                                "rise of the validation loss in standard deviations of its noise"),
      option<&O::memorised>("memorised", kPositive,
                            "train loss over its start below which the data were memorised"),
      option<&O::improving>("improving", kPositive,
                            "fall of the loss over the end of the run that is still improving"),
      option<&O::converged>("converged", kPositive,
                            "fall of the loss over the end of the run below which it stands still"),
      option<&O::zero_loss>("zero_loss", kNonNegative,
                            "loss over its range below which it counts as zero"),
  };
}

NamedNumbers constants(const DoctorOptions& options) {
  NamedNumbers numbers;
  for (const auto& option : DoctorOptions::options()) {
    double value = 0;
    read_option(option.print(&options), value);
    numbers.emplace_back(option.name, value);
  }
  return numbers;
}

}  // namespace downhill
