#pragma once
#include <array>
#include <optional>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// By what a run shows that its loss still fell at the end.
struct EarlyEnd {
  const char* evidence = "";
  double share = 0;  ///< a fall over the whole fall; of `half_of_the_fall` the rate that it took
  double threshold = 0;      ///< what the share is above
  const char* summary = "";  ///< with one place for the share
};

/// The run ended while it still improved.
struct Underfitting {
  static constexpr const char* name = "underfitting";
  static constexpr bool of_the_end = true;
  static constexpr const char* rule =
      "over the last three tenths the loss fell significantly, by more than a fifteenth of "
      "its whole fall on train and validation rows, or by a fifth over the second half of single "
      "batches; or, under a rate that decayed, half of the "
      "fall took a third of the rate spent and nine tenths of it three quarters";
  static constexpr const char* source =
      "Godbole et al., Deep learning tuning playbook, 2023 (still improving at the end: train "
      "longer)";
  double left = 0.07;
  double alone = 0.12;
  double steady = 0.035;
  double late = 0.18;
  double slow = 0.3;
  double drop = 0.05;
  double promised = 0.25;

  static constexpr auto options() {
    return std::array{
        option<&Underfitting::left>("left", kPositive,
                                    "fall over the last three tenths over the whole fall, the "
                                    "lower of train and validation"),
        option<&Underfitting::alone>("alone", kPositive,
                                     "the same where the log has no validation loss"),
        option<&Underfitting::steady>("steady", kPositive,
                                      "the same of the validation loss where the rate is constant, "
                                      "|z| = 4, or of both in a log "
                                      "by epoch where both fall significantly"),
        option<&Underfitting::late>(
            "late", kPositive,
            "fall of the train loss over the second half over the whole fall, "
            "in a log by step without validation loss"),
        option<&Underfitting::slow>(
            "slow", kFraction,
            "share of the whole rate spent until half of the whole fall, where the rate decayed"),
        option<&Underfitting::drop>(
            "drop", kPositive,
            "last fall of the validation loss where there are two to four validations"),
        option<&Underfitting::promised>(
            "promised", kFraction, "what the quadratic model sees before it, over the whole way")};
  }

  static const char* needs(const Examination& run);
  /// How the loss still falls at the end, as far as the curves show; empty where it does not.
  std::optional<EarlyEnd> falling(const Examination& run) const;
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
