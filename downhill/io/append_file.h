#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace downhill {

/// A file that grows by whole pieces and is never held back in memory: what `append` was given is
/// the system's when it returns, and on the disk after `sync`. Every refusal of the system throws
/// FileError (write); a piece may then stand there in part.
class AppendFile {
 public:
  /// A new file; what was there is replaced.
  static AppendFile create(const std::filesystem::path& path);
  /// Goes on with a file after its first `bytes`; what follows them is cut off.
  static AppendFile after(const std::filesystem::path& path, std::uint64_t bytes);

  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&&) = delete;
  ~AppendFile();

  void append(std::string_view piece);
  void sync();
  /// The end: also what the system only says on closing is thrown. FileError as well if the file has
  /// been removed or replaced meanwhile: what was written is not under its name.
  void close();

 private:
  AppendFile(const std::filesystem::path& path, int flags);
  [[noreturn]] void fail(std::string_view action, int error) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace downhill
