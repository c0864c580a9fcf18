#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace downhill::foreign {

using Names = std::vector<std::string>;
using WordSet = std::set<std::string, std::less<>>;

inline const WordSet kTrain = {"train", "training", "tr", "fit", "learn"};
inline const WordSet kValidation = {"val",        "valid", "validation", "eval",
                                    "evaluation", "dev",   "holdout"};
inline const WordSet kTest = {"test", "testing"};

std::string in_small(std::string_view text);
/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// What stands around a number that was printed with its type: tensor(0.5), np.float64(0.5).
bool names_a_type(std::string_view word);

/// "trainLoss/fc1.weight" in small words: train, loss, fc1, weight. Glued ones are taken apart.
Names words_in(const std::string& name);

bool any(const Names& words, const WordSet& of);
bool has(const Names& words, std::string_view word);

/// The run of a column of a W&B export, "sunny-sky-1 - val_loss"; empty where none stands there.
std::string run_in(const std::string& name);
/// The name without that run.
std::string without_run(const std::string& name);

}  // namespace downhill::foreign
