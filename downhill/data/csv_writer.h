#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace downhill {

/// A column of a table that is written: numbers or texts under a name.
struct CsvColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>,
               std::vector<std::string>>
      values;
};

/// Writes the columns side by side under a header, atomically. Numbers are the shortest text that
/// reads back exactly, what is not finite is nan, inf or -inf; texts are quoted where they must
/// be. Throws UsageError for columns of unequal length, FileError (write).
void write_csv(const std::filesystem::path& path, std::span<const CsvColumn> columns);

/// The same as text, for standard output.
std::string csv_text(std::span<const CsvColumn> columns);

}  // namespace downhill
