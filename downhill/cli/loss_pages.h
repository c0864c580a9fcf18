#pragma once
#include <string>
#include <vector>

namespace downhill::cli {

/// The page of a loss of the list in Markdown, and its picture (SVG); empty where it has none.
struct LossPage {
  std::string name, markdown = {}, picture = {};
};
std::vector<LossPage> loss_pages();

/// The page that lists them.
std::string loss_index();

/// Writes all of them into a folder: NAME.md, NAME.svg, README.md.
void write_loss_pages(const std::string& folder);

}  // namespace downhill::cli
