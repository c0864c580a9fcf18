#pragma once
#include <string>
#include <string_view>

namespace downhill::cli {

/// Thrown when the reader of our standard output has gone (a pipe into `head`): the program ends
/// without a word.
struct ReaderGone {};

/// Writes to standard output, where results go. Throws FileError (write) when the system refuses,
/// ReaderGone when nobody reads any more.
void print(std::string_view text);

/// Writes to standard error, where progress, notes and errors go; failures are ignored.
void note(std::string_view text);

/// The one line for what went wrong.
void print_error(std::string_view message);

/// Progress may move: standard error is a terminal that understands a carriage return.
bool progress_may_move();
/// Characters in a line of the terminal behind standard error; 80 where that is unknown, 200 where it
/// is no terminal.
int terminal_width();

/// Makes sure that file descriptors 0, 1 and 2 are taken, so that no file of ours gets one of them,
/// and that writing into a closed pipe is an error, not a signal.
void prepare_streams();

}  // namespace downhill::cli
