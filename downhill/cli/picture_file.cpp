#include "downhill/cli/picture_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "downhill/cli/arguments.h"
#include "downhill/core/error.h"
#include "downhill/core/shell.h"
#include "downhill/io/atomic_file.h"

namespace downhill::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConverter = "rsvg-convert";

std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

bool in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (!folder.empty() && access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  return false;
}

/// A file of its own in the system's temporary folder, for the time of a scope.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : path_((fs::temp_directory_path() / "downhill-XXXXXX").string()) {
    const int descriptor = mkstemp(path_.data());
    if (descriptor < 0)
      throw FileError(FileError::Kind::write, path_ + ": a temporary file cannot be made");
    close(descriptor);
    try {
      write_atomically(path_, content);
    } catch (const FileError&) {
      remove();
      throw;
    }
  }
  ~TemporaryFile() { remove(); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  std::string path_;
};

std::string png_of(const fs::path& path, const std::string& svg) {
  const TemporaryFile file(svg);
  const std::string command =
      fmt::format("{} --zoom 2 --format png {}", kConverter, shell_word(file.path()));
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string png;
  std::array<char, 65536> piece;
  if (pipe != nullptr)
    for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
      png.append(piece.data(), got);
  if (pipe == nullptr || pclose(pipe) != 0 || !png.starts_with("\x89PNG"))
    throw FileError(FileError::Kind::write, fmt::format("{}: {} made no picture; name it F.svg to "
                                                        "have the drawing itself",
                                                        path.string(), kConverter));
  return png;
}

}  // namespace

void check_picture_name(const std::string& option, const std::string& path) {
  const std::string ending = ending_of(path);
  if (ending.empty() || ending == ".svg") return;
  if (ending != ".png")
    throw_argument(option, fmt::format("= '{}': pictures are F.svg or F.png", path));
  if (!in_path(kConverter))
    throw_argument(option, fmt::format("= '{}': PNG needs the program {} (Debian: librsvg2-bin); "
                                       "name it F.svg, or install that",
                                       path, kConverter));
}

void write_picture(const fs::path& path, const std::string& svg) {
  write_atomically(path, ending_of(path) == ".png" ? png_of(path, svg) : svg);
}

}  // namespace downhill::cli
