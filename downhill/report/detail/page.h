#pragma once
#include <string>
#include <string_view>

namespace downhill::report_detail {

/// The head of a page that fetches nothing: only the script and style that stand in it run.
/// `title` is HTML; `policy` is added to the content security policy.
inline std::string page_head(std::string_view title, std::string_view style,
                             std::string_view policy = "") {
  std::string head =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
      "'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  head.append(policy);
  head.append("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
  head.append(title).append("</title>\n<style>").append(style).append("</style></head>\n");
  return head;
}

}  // namespace downhill::report_detail
