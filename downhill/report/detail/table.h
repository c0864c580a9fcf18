#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "downhill/report/detail/escape.h"

namespace downhill::report_detail {

/// A table that stops growing at kLongest bytes of HTML and says how many rows it left out.
class Table {
 public:
  static constexpr std::size_t kLongest = 24000;

  Table(const std::string& head, std::size_t columns, std::string kind = "facts")
      : kind_(std::move(kind)), columns_(columns) {
    if (!head.empty()) body_ = "<tr>" + head + "</tr>";
  }
  void row(const std::string& cells) {
    if (body_.size() + cells.size() > kLongest) {
      ++left_out_;
    } else {
      body_ += "<tr>" + cells + "</tr>";
    }
  }
  bool empty() const { return body_.empty(); }
  std::string html() const {
    std::string more;
    if (left_out_ > 0)
      more = fmt::format("<tr><td colspan=\"{}\">and {} more</td></tr>", columns_, left_out_);
    return fmt::format("<table class=\"{}\">{}{}</table>", kind_, body_, more);
  }

 private:
  std::string kind_, body_;
  std::size_t columns_, left_out_ = 0;
};

inline std::string cell(const std::string& html) { return "<td>" + html + "</td>"; }
inline std::string number_cell(const std::optional<double>& value) {
  return "<td class=\"n\">" + (value ? number_text(*value) : "") + "</td>";
}

}  // namespace downhill::report_detail
