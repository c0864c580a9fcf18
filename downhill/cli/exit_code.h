#pragma once

namespace downhill::cli {

/// What the program returns.
enum ExitCode : int {
  kOk = 0,
  kFound = 1,       ///< what was asked not to happen did: `doctor --fail-on`, `train --check`
  kUnexpected = 1,  ///< an error that nobody foresaw
  kUsage = 2,
  kData = 3,
  kModel = 4,
  kWrite = 5,
  kNumbers = 6,
  kMemory = 7,
  kInterrupted = 130,
};

/// The same as every --help shows it.
inline constexpr const char* kExitCodes =
    "Exit codes:\n"
    "  0    done\n"
    "  1    what was asked not to happen did: doctor --fail-on, train --check\n"
    "  2    the command is wrong: a name, an option, a formula\n"
    "  3    a data file cannot be read or understood, or values do not fit together\n"
    "  4    a model or checkpoint file cannot be read\n"
    "  5    a file cannot be written\n"
    "  6    the run ended with numbers that are not finite, diverging, or falling without end;\n"
    "       predictions not finite\n"
    "  7    out of memory\n"
    "  130  interrupted; a training run has saved a checkpoint, --resume goes on from it\n";

}  // namespace downhill::cli
