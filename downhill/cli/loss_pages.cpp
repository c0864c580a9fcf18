#include "downhill/cli/loss_pages.h"

#include <fmt/format.h>

#include <filesystem>

#include "downhill/catalog/loss_doc.h"
#include "downhill/cli/loss_shown.h"
#include "downhill/cli/reference.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/directory.h"

namespace downhill::cli {
namespace {

std::string options_table(const std::string& name) {
  const auto options = options_of_loss(name);
  if (options.empty()) return "No options.\n";
  std::string text = "| option | default | range | meaning |\n|---|---|---|---|\n";
  for (const CatalogOption& o : options)
    text += fmt::format("| `{}` | {} | {} | {} |\n", o.name,
                        o.default_text.empty() ? "" : "`" + o.default_text + "`",
                        o.range.empty() ? "" : "`" + o.range + "`", markdown(o.doc));
  return text;
}

LossPage page_of(const std::string& name) {
  const ShownLoss shown = shown_loss(name);
  const LossDoc doc = loss_doc(name);
  LossPage page{.name = name};
  page.markdown =
      fmt::format("# {}\n\n{}\n\n```\n{}\n```\n\n", name, markdown(doc.summary), doc.formula);
  if (!shown.slice.lines.empty()) {
    page.picture = loss_picture(curves_of(shown.slice, kCurvePlaces), name);
    page.markdown += fmt::format("![{0}: loss, gradient and curvature]({0}.svg)\n\n", name);
  }
  page.markdown += options_table(name) + "\n";
  page.markdown += fmt::format("- **Takes** {}\n", markdown(takes_text(shown.loss)));
  for (const auto& [part, words] : doc.parts)
    page.markdown += fmt::format("- **{}** {}\n", part, markdown(words));
  page.markdown += fmt::format(
      "\nOn the command line `downhill loss {0}` draws it with other options; the header is\n"
      "[{0}.h](../../downhill/losses/{0}.h).\n",
      name);
  return page;
}

}  // namespace

std::vector<LossPage> loss_pages() {
  std::vector<LossPage> pages;
  for (const CatalogEntry& entry : list_losses()) pages.push_back(page_of(entry.name));
  return pages;
}

std::string loss_index() {
  std::string text =
      "# All losses\n\n"
      "One page each, with formula, picture, options, source and differences from other libraries, "
      "as\n"
      "`downhill list --loss-pages docs/losses` writes them. Which one to take:\n"
      "[how to choose a loss](../how-to-choose-a-loss.md).\n\n"
      "| loss | takes | what it is |\n|---|---|---|\n";
  for (const CatalogEntry& entry : list_losses())
    text += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", entry.name,
                        markdown(takes_text(loss_from(entry.name))),
                        markdown(loss_doc(entry.name).summary));
  return text;
}

void write_loss_pages(const std::string& folder) {
  const std::filesystem::path at(folder);
  make_directory(at);
  for (const LossPage& page : loss_pages()) {
    write_atomically(at / (page.name + ".md"), page.markdown);
    if (!page.picture.empty()) write_atomically(at / (page.name + ".svg"), page.picture);
  }
  write_atomically(at / "README.md", loss_index());
}

}  // namespace downhill::cli
