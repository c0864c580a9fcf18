#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "downhill/core/error.h"

namespace downhill {

/// A regular file that is open for reading; its size is known before anything is read. Every
/// failure is a FileError of the given kind that names the file. Directories, pipes and devices
/// are refused by name.
class InputFile {
 public:
  InputFile(const std::filesystem::path& path, FileError::Kind kind);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }
  FileError::Kind kind() const { return kind_; }

  /// Exactly `bytes` bytes from `offset` on; a file that has shrunk is an error.
  void read(std::uint64_t offset, void* to, std::size_t bytes) const;

  /// Throws "name@byte: message".
  [[noreturn]] void refuse(std::uint64_t byte, std::string_view message) const;
  /// Throws "name: message".
  [[noreturn]] void refuse(std::string_view message) const;

 private:
  std::string name_;
  FileError::Kind kind_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The whole file as bytes; larger than `limit` bytes is refused before memory is taken.
std::string read_file(const std::filesystem::path& path, FileError::Kind kind, std::size_t limit);

}  // namespace downhill
