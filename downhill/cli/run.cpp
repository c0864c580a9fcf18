#include <fmt/format.h>

#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>

#include "downhill/cli/commands.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/core/version.h"

namespace downhill::cli {
namespace {

std::string help_text() {
  std::string text =
      "Losses and optimization: trains models, and says where on the landscape a run stands.\n"
      "Usage: downhill COMMAND [OPTIONS]; downhill COMMAND --help says more\n\nCommands:\n";
  for (const Command& command : kCommands)
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  text +=
      "\nOptions:\n"
      "  --help     this text\n"
      "  --version  the version\n"
      "Every command also takes --threads N and --quiet.\n"
      "\nExample:\n  downhill train data/digits.csv --target digit --out run/digits\n\n";
  return text + kExitCodes;
}

int dispatch(const Words& words) {
  if (words.empty())
    throw_argument("a command", "is missing, such as train; downhill --help lists them");
  const std::string& name = words[0];
  if (name == "--help" || name == "-h" || name == "help") return print(help_text()), kOk;
  if (name == "--version") return print(fmt::format("downhill {}\n", kVersion)), kOk;
  std::vector<std::string> known;
  for (const Command& command : kCommands) {
    if (command.name == name) return command.run({words.begin() + 1, words.end()});
    known.push_back(command.name);
  }
  if (name.starts_with('-')) known = {"--help", "--version"};
  throw_unknown(name.starts_with('-') ? "option" : "command", name, known);
}

/// The exit code of the exception under way, after its message.
int report_failure() {
  const auto failed = [](const char* message, int code) { return print_error(message), code; };
  try {
    throw;
  } catch (const ReaderGone&) {
    return kOk;
  } catch (const UsageError& error) {
    return failed(error.what(), kUsage);
  } catch (const DataError& error) {
    return failed(error.what(), kData);
  } catch (const FileError& error) {
    const auto kind = error.kind();
    return failed(error.what(), kind == FileError::Kind::data    ? kData
                                : kind == FileError::Kind::model ? kModel
                                                                 : kWrite);
  } catch (const NumericError& error) {
    return failed(error.what(), kNumbers);
  } catch (const std::bad_alloc&) {
    return failed("out of memory", kMemory);
  } catch (const std::length_error&) {
    return failed("out of memory: more was asked for than any memory holds", kMemory);
  } catch (const std::filesystem::filesystem_error& error) {
    return failed(fmt::format("{}: {}; expected a file or directory that can be used",
                              error.path1().string(), error.code().message())
                      .c_str(),
                  kWrite);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again)
      return failed("out of memory: no thread can be started", kMemory);
    return failed(fmt::format("unexpected: {}", error.what()).c_str(), kUnexpected);
  } catch (const std::exception& error) {
    return failed(fmt::format("unexpected: {}", error.what()).c_str(), kUnexpected);
  } catch (...) {
    return failed("unexpected: an unknown exception", kUnexpected);
  }
}

}  // namespace

int run(int count, const char* const* arguments) noexcept {
  prepare_streams();
  try {
    try {
      return dispatch(count > 0 ? Words(arguments + 1, arguments + count) : Words());
    } catch (...) {
      return report_failure();
    }
  } catch (...) {  // no memory for the message itself
    return kMemory;
  }
}

}  // namespace downhill::cli
