#pragma once
#include <string>

#include "downhill/tensor/tensor.h"

namespace downhill::cli {

/// The numbers of a command-line value: a .npy file, a .csv file (rows, columns; one column: rows)
/// or JSON text. Floats come as float64, integers of a .npy file as int64. `option` names the
/// value in messages. FileError (data) or DataError for what cannot be read; UsageError for a
/// name that is neither. A note on stderr says how a .csv was understood, unless `quiet`.
Tensor read_values(const std::string& option, const std::string& text, bool quiet);

/// Whether a double holds a whole number that it tells from its neighbours: within 2^53.
bool is_whole(double value);

/// The same numbers as int64, if they are all whole and within 2^53; else an undefined tensor.
Tensor whole_numbers(const Tensor& values);

}  // namespace downhill::cli
