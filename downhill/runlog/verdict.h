#pragma once
#include <optional>
#include <string>
#include <vector>

#include "downhill/core/figures.h"

namespace downhill {

/// One measured fact behind a verdict: what was measured, its value, the limit it was held
/// against, and where the rule comes from. A fact without a number has no value.
struct Evidence {
  std::string what = {};
  std::optional<double> value = {};
  std::optional<double> threshold = {};
  std::string source = {};
};

/// One symptom that fired.
struct Finding {
  std::string name = {};     ///< "overfitting"
  std::string summary = {};  ///< one sentence
  std::vector<Evidence> evidence = {};
  std::vector<std::string> remedies = {};  ///< concrete next steps, the first one first
};

/// What the doctor says of a run. `name` is one of diverging, overfitting, underfitting, saddle,
/// minimum, plateau, healthy.
struct Verdict {
  std::string name = {};
  std::string summary = {};
  std::vector<Evidence> evidence = {};
  std::vector<std::string> remedies = {};
  std::vector<Finding> symptoms = {};  ///< all that fired, in the order of precedence
  NamedNumbers constants = {};         ///< every constant that the rules used
};

}  // namespace downhill
