#pragma once
#include <string>

#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {

/// A role and how well the name fits it; 0: not at all.
struct Fit {
  Role role;
  int points = 0;
};
Fit fit_of(const std::string& name);

/// The entropy of a policy, which is a term of its loss and never the loss itself.
bool is_entropy(const Names& words);

/// What is left of a gradient's name when all is gone that says that it is one: the layer.
std::string layer_of(const std::string& name);

}  // namespace downhill::foreign
