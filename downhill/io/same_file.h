#pragma once
#include <filesystem>
#include <span>
#include <string>

namespace downhill {

/// A file as the command line named it.
struct NamedFile {
  std::string argument;  ///< "--out", "DATA": for messages
  std::filesystem::path path;
};

/// Whether two names lead to one file: by device and inode where both are there, over links of both
/// kinds; else by their absolute paths. Pipes, terminals and devices (/dev/null) are never the same:
/// nothing is lost in them.
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// UsageError if an output would replace an input or another output. Empty paths are skipped.
void check_outputs(std::span<const NamedFile> inputs, std::span<const NamedFile> outputs);

}  // namespace downhill
