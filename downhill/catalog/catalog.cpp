#include "downhill/catalog/catalog.h"

#include "downhill/losses/list.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/list.h"

namespace downhill {

Loss loss_from(std::string_view text) { return Loss::parse(text); }

Method optimizer_from(std::string_view spec) { return Method::parse(spec); }

Schedule schedule_from(std::string_view spec) { return Schedule::parse(spec); }

std::vector<CatalogEntry> list_losses() { return entries_of<Losses>(); }
std::vector<CatalogEntry> list_optimizers() { return entries_of<Optimizers>(); }
std::vector<CatalogEntry> list_links() { return entries_of<Links>(); }
std::vector<CatalogEntry> list_schedules() { return entries_of<Schedules>(); }

}  // namespace downhill
