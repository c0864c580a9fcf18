#pragma once
#include <array>
#include <string>
#include <vector>

namespace downhill::cli {

/// What follows the command's name.
using Words = std::vector<std::string>;

// One function per command, in a file of its name. Each returns an exit code; what is wrong is
// thrown and becomes an exit code in run().
int loss_command(const Words& words);
int minimize_command(const Words& words);
int train_command(const Words& words);
int predict_command(const Words& words);
int evaluate_command(const Words& words);
int curvature_command(const Words& words);
int advise_command(const Words& words);
int lr_find_command(const Words& words);
int landscape_command(const Words& words);
int doctor_command(const Words& words);
int report_command(const Words& words);
int list_command(const Words& words);

struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Words& words);
};

inline constexpr std::array kCommands = {
    Command{"train", "train a model on a table", train_command},
    Command{"predict", "predict the rows of a table with a trained model", predict_command},
    Command{"evaluate", "what a trained model is worth on a table", evaluate_command},
    Command{"loss", "the value and gradient of a loss", loss_command},
    Command{"minimize", "minimise a formula with any optimizer", minimize_command},
    Command{"advise", "losses for a table, with reasons and evidence", advise_command},
    Command{"curvature", "where a finished run stands, and how the loss curves there",
            curvature_command},
    Command{"lr-find", "find a learning rate by a range test", lr_find_command},
    Command{"landscape", "the loss around a finished run, or between two of them",
            landscape_command},
    Command{"doctor", "what is wrong with a run, from its log", doctor_command},
    Command{"report", "write a run's report again, as one HTML file", report_command},
    Command{"list", "the losses, optimizers, schedules and symptoms, with all options",
            list_command},
};

/// The whole program: finds the command, runs it, prints what went wrong as one line
/// "downhill: error: ..." and returns the exit code. Never throws.
int run(int count, const char* const* arguments) noexcept;

}  // namespace downhill::cli
