#include "downhill/io/same_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <system_error>

#include "downhill/core/error.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

// Of a path of which the end may not be there yet.
fs::path resolved(fs::path path) {
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(path, error); ++links)  // a link to nothing yet
    path = path.parent_path() / fs::read_symlink(path, error);
  const fs::path all = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path.lexically_normal() : all;
}

[[noreturn]] void refuse(const NamedFile& output, const NamedFile& other, const char* what) {
  throw_usage(output.argument,
              fmt::format("{} is also {} ({}), which would be {}; give another name",
                          output.path.string(), other.argument, other.path.string(), what));
}

}  // namespace

bool same_file(const fs::path& a, const fs::path& b) {
  struct stat of_a {
  }, of_b{};
  const bool a_there = ::stat(a.c_str(), &of_a) == 0, b_there = ::stat(b.c_str(), &of_b) == 0;
  if (a_there && b_there)
    return (S_ISREG(of_a.st_mode) || S_ISDIR(of_a.st_mode)) && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
  return a_there == b_there && resolved(a) == resolved(b);
}

void check_outputs(std::span<const NamedFile> inputs, std::span<const NamedFile> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].path.empty()) continue;
    for (const NamedFile& input : inputs)
      if (!input.path.empty() && same_file(outputs[i].path, input.path))
        refuse(outputs[i], input, "replaced while it is an input");
    for (std::size_t j = 0; j < i; ++j)
      if (!outputs[j].path.empty() && same_file(outputs[i].path, outputs[j].path))
        refuse(outputs[i], outputs[j], "written twice");
  }
}

}  // namespace downhill
