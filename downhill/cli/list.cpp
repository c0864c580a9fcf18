#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/loss_pages.h"
#include "downhill/cli/reference.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"

namespace downhill::cli {

int list_command(const Words& words) {
  std::string what = "all";
  std::string loss_pages;
  bool json = false, markdown = false;
  Arguments arguments("list",
                      "All losses, optimizers, links, schedules, observers and symptoms with their "
                      "options: default, "
                      "range, meaning.\n",
                      "downhill list optimizers");
  arguments.positional("WHAT", what,
                       "losses, optimizers, links, schedules, observers, symptoms [default: all]",
                       false);
  arguments.flag("--json", json, "one JSON object");
  arguments.flag("--markdown", markdown, "the page docs/reference.md");
  arguments.text("--loss-pages", "DIR", loss_pages,
                 "write a page with a picture for each loss: docs/losses");
  if (!arguments.parse(words)) return kOk;
  if (json && markdown) throw_argument("--json", "and --markdown exclude each other");

  if (!loss_pages.empty()) {
    write_loss_pages(loss_pages);
    return kOk;
  }
  std::vector<Section> shown = sections();
  if (what != "all") {
    std::vector<std::string> known;
    for (const Section& section : shown) known.push_back(section.name);
    known.push_back("all");
    if (std::ranges::find(known, what) == known.end())
      throw_unknown("part of the list", what, known);
    std::erase_if(shown, [&](const Section& section) { return section.name != what; });
  }
  if (json) print(reference_json(shown).take() + "\n");
  else print(markdown ? reference_markdown(shown) : reference_text(shown));
  return kOk;
}

}  // namespace downhill::cli
