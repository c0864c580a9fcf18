#pragma once
#include <string>
#include <utility>
#include <vector>

#include "downhill/doctor/examination.h"

namespace downhill {

/// Options of `downhill train` and their values: {"clip-norm", "1"}.
using Changes = std::vector<std::pair<std::string, std::string>>;

/// What to do next. Of a run of ours: the whole command line, made from its configuration with these
/// changes, those left out that it has already; `words` if nothing is left. Of another log: the words.
std::string advise(const Examination& run, const Changes& changes, const std::string& words);

/// The optimizer with its rate times `factor`, as a change; nothing for a log that has no optimizer.
Changes change_lr(const Examination& run, double factor);
/// "lower the learning rate from 0.5 to 0.05", or without numbers where the log has no rate.
std::string lr_words(const Examination& run, double factor);
/// The configuration's value of that name, "" if it has none.
std::string configured(const Examination& run, std::string_view name);
/// The model with an option more: "mlp:64,dropout=0.2"; nothing if it has it or the log has no mlp.
Changes change_model(const Examination& run, const std::string& option, const std::string& value);

/// A number with four significant digits, for sentences.
std::string figure(double value);
/// "3.2 %" of a fraction 0.032.
std::string percent(double fraction);
/// How sure a finding is whose evidence is `value` where `threshold` is needed: 1/2 at the threshold,
/// 3/4 at twice, at most 0.99.
double confidence_of(double value, double threshold);

}  // namespace downhill
