#include "downhill/doctor/options.h"

namespace downhill {

std::vector<Option<DoctorOptions>> DoctorOptions::options() {
  using O = DoctorOptions;
  return {
      {"last_fraction", &O::last_fraction, Range{0, 1, true, false},
       "part of the run that counts as its end"},
      {"least_points", &O::least_points, Range{3, 1000}, "losses below which no trend is judged"},
      {"significance", &O::significance, kPositive,
       "|z| of the Mann-Kendall test from which a trend is one"},
      {"diverging_factor", &O::diverging_factor, Range{1, kInfinity, true, true},
       "loss at the end over the best smoothed loss"},
      {"overfit_gl", &O::overfit_gl, kNonNegative,
       "rise of the validation loss above its best, in percent"},
      {"overfit_patience", &O::overfit_patience, kCount,
       "validations since the best one before a rise counts"},
      {"overfit_noise", &O::overfit_noise, kNonNegative,
       "rise of the validation loss in standard deviations of its noise"},
      {"memorised", &O::memorised, kPositive,
       "train loss over its start below which the data were memorised"},
      {"improving", &O::improving, kPositive,
       "fall of the loss over the end of the run that is still improving"},
      {"converged", &O::converged, kPositive,
       "fall of the loss over the end of the run below which it stands still"},
      {"zero_loss", &O::zero_loss, kNonNegative,
       "loss over its range below which it counts as zero"},
  };
}

NamedNumbers constants(const DoctorOptions& options) {
  NamedNumbers numbers;
  for (const auto& option : DoctorOptions::options()) {
    double value = 0;
    read_option(option.print(options), value);
    numbers.emplace_back(option.name, value);
  }
  return numbers;
}

}  // namespace downhill
