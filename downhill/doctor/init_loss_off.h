#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The first loss is far above that of a constant prediction: the last layer begins too large, or
/// the targets are not centred.
struct InitLossOff {
  static constexpr const char* name = "init_loss_off";
  static constexpr const char* rule =
      "the first loss is above 4.7 (log of 110 classes; 12, and gone within 30 steps, where no "
      "accuracy says that these are classes), and three times that of a tenth of the run later; "
      "or, of "
      "classes, the loss halves within the first eight records, or the first gradient is eight "
      "times that of "
      "a tenth of the run later, or the first step loses more than 12";
  static constexpr const char* source =
      "Karpathy, A recipe for training neural networks; CS231n (log C)";
  double loss = 4.7;
  double number_loss = 12;
  double beyond = 1.5;
  double drop = 3;
  double classes = 3.4;
  double sudden = 2;
  double norm = 8;
  double certain = 12;
  double gone_by_epoch = 30;

  static constexpr auto options() {
    return std::array{
        option<&InitLossOff::loss>("loss", kPositive, "first loss where the log has an accuracy"),
        option<&InitLossOff::number_loss>(
            "number_loss", kPositive,
            "first loss where it has none, if it halves within the first 30 steps"),
        option<&InitLossOff::beyond>("beyond", kPositive,
                                     "first loss over the best constant's, where the log has that"),
        option<&InitLossOff::drop>(
            "drop", kPositive,
            "first loss over the median loss from a tenth to a fifth of the run"),
        option<&InitLossOff::classes>(
            "classes", kPositive,
            "first loss where it is gone within the first 30 steps (log of 30 classes)"),
        option<&InitLossOff::sudden>("sudden", kPositive,
                                     "first loss over that of the fourth to eighth record, there"),
        option<&InitLossOff::certain>(
            "certain", kPositive,
            "loss of the first step that no number of classes explains (log of 160,000)"),
        option<&InitLossOff::gone_by_epoch>("gone_by_epoch", kPositive,
                                            "loss of the first epoch over that of the second, "
                                            "where the log has no steps and no accuracy"),
        option<&InitLossOff::norm>(
            "norm", kPositive,
            "first gradient norm, and over those from a tenth to a fifth of the run")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
