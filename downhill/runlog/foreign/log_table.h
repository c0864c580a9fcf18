#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace downhill::foreign {

/// Of a log that is text.
inline constexpr std::size_t kMostTextBytes = std::size_t{1} << 30;

/// A log of another program as it is: columns with names, a cell per row where there is one.
struct LogTable {
  using Cells = std::vector<std::optional<double>>;
  struct Text {
    std::size_t row;
    std::string text;
  };
  /// What stands in a column of words, such as the run that a row is of.
  struct Labels {
    std::vector<std::string> words;    ///< none if there are too many to tell runs
    std::vector<std::int32_t> of_row;  ///< its word; -1: none, or it is a number
    bool too_many = false;
  };

  std::string file;
  std::vector<std::string> names;
  std::vector<Cells> columns;
  std::size_t rows = 0;
  std::vector<std::int64_t> lines;    ///< of each row; empty where the file has no lines
  bool by_epoch = false;              ///< a history of Keras: a figure per epoch in every list
  std::vector<std::string> notes;     ///< what was left out
  std::map<std::size_t, Text> texts;  ///< the first cell of a column that is no number
  std::map<std::size_t, Labels> labels;
  std::vector<std::size_t> begins;  ///< rows above which the names of the columns stand again
  std::unordered_map<std::string, std::size_t> places;  ///< of the names

  /// The column of that name, made if it is new; at most 10,000.
  std::size_t column(const std::string& name);
  void set(std::size_t row, std::size_t column, double value);
  /// A cell that is no number.
  void set_text(std::size_t row, std::size_t column, const std::string& text);
  std::size_t add_row(std::int64_t line);
  /// The word or number of a row; empty where there is none, or the column has too many.
  std::string word(std::size_t row, std::size_t column) const;
  /// Leaves these rows, in this order.
  void keep(const std::vector<std::size_t>& order);
  /// "line 7", or the row where the file has no lines.
  std::string place(std::size_t row) const;
};

/// A number as programs write them: "1e-3", "nan", "-inf", "Infinity"; nothing for other text.
std::optional<double> number_from(std::string_view text);

/// Throws FileError (data): "[log] name:line: message".
[[noreturn]] void refuse(const std::string& file, std::int64_t line, const std::string& message);

LogTable read_csv(const std::filesystem::path& path);
/// What a program printed: numbers behind their names, on lines that tell a loss. `is_printed_text` looks
/// whether a file begins so.
LogTable read_text(const std::filesystem::path& path);
bool is_printed_text(std::string_view beginning);
/// Lines of objects, a list of objects, an object of lists (Keras, LightGBM), trainer_state.json, or
/// catboost_training.json.
LogTable read_json(const std::filesystem::path& path);
/// TensorBoard's event files: one, or all below a directory, whose folders stand before the tags. A
/// tail that is cut short ends its file and is noted; a wrong checksum is refused.
LogTable read_events(const std::vector<std::filesystem::path>& files,
                     const std::filesystem::path& root);

}  // namespace downhill::foreign
