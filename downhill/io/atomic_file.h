#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "downhill/core/error.h"

namespace downhill {

/// Where the content of a file that is being written goes. Small pieces are gathered, large ones
/// go to the file without a copy. Throws FileError when the system refuses.
class FileWriter {
 public:
  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  std::uint64_t written() const { return written_; }  ///< bytes so far

 private:
  friend class OutputFile;
  FileWriter(int descriptor, std::string name, FileError::Kind kind);
  void flush();
  void put(const char* data, std::size_t bytes);
  [[noreturn]] void fail(std::string_view action, int error) const;

  int descriptor_;
  std::string name_;
  FileError::Kind kind_;
  std::uint64_t written_ = 0;
  std::string gathered_;
};

/// Replaces the file at `path` by what `fill` writes, or leaves it as it was: a temporary file in
/// the same directory, fsync, rename, fsync of the directory. Whenever the process dies, the name
/// holds the old or the new content, whole. If `fill` throws or the system refuses, the temporary
/// file is removed and the error goes on. A symbolic link is followed; a pipe or device that
/// exists is written in place. Throws FileError of `kind`.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(FileWriter&)>& fill,
                      FileError::Kind kind = FileError::Kind::write);

/// The same for content that is at hand.
void write_atomically(const std::filesystem::path& path, std::string_view bytes,
                      FileError::Kind kind = FileError::Kind::write);

/// Removes the temporary files that killed processes have left in a directory; those of processes
/// that still run stay.
void remove_leftovers(const std::filesystem::path& directory) noexcept;

}  // namespace downhill
