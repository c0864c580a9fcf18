#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace downhill {

/// The root of everything the library throws. A call that throws leaves its arguments as they were.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call itself is wrong: names, options, shapes, types, formulas (command line: exit code 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Values that cannot be read, understood or do not fit together (command line: exit code 3).
class DataError : public Error {
 public:
  using Error::Error;
};

/// A file that cannot be opened, read, trusted or written. `kind` decides the exit code.
class FileError : public Error {
 public:
  enum class Kind {
    data,   ///< a data file: exit code 3
    model,  ///< a model or checkpoint: exit code 4
    write,  ///< a failed write: exit code 5
  };
  FileError(Kind kind, const std::string& message) : Error(message), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// Mathematics went wrong where no result can carry it (for example an argument that must be
/// finite).
class NumericError : public Error {
 public:
  using Error::Error;
};

// The makers of messages. Form: "[operation] argument is this; that was expected; remedy".

[[noreturn]] void throw_usage(std::string_view operation, std::string_view message);
[[noreturn]] void throw_data(std::string_view operation, std::string_view message);

// Of the command line and of texts, where the argument is the subject of the sentence:
// "--start has no value for y".

[[noreturn]] void throw_argument(std::string_view argument, std::string_view message);
[[noreturn]] void throw_value(std::string_view argument, std::string_view message);  ///< DataError

/// The known name nearest to `name`, or "" when nothing is near: a third of the letters may differ, or
/// one (two neighbours that are swapped are one), but not all.
std::string nearest(std::string_view name, std::span<const std::string> known);

/// "unknown loss 'hubber'; did you mean 'huber'? known: cross_entropy, huber".
[[noreturn]] void throw_unknown(std::string_view kind, std::string_view name,
                                std::span<const std::string> known);

}  // namespace downhill
