#pragma once
#include <string>
#include <vector>

#include "downhill/catalog/catalog.h"
#include "downhill/io/json_writer.h"

namespace downhill::cli {

/// A part of the catalog: losses, optimizers, schedules, or the doctor's symptoms.
struct Section {
  std::string name, about;
  std::vector<CatalogEntry> methods;  ///< of symptoms: names only
  std::vector<std::string> rules;     ///< of symptoms, one each
};

/// All parts, from the lists of their folders.
std::vector<Section> sections();

std::string reference_text(const std::vector<Section>& sections);
std::string reference_markdown(const std::vector<Section>& sections);
/// The member "options": name, default, range and meaning of each.
void write_options(JsonWriter& json, const std::vector<CatalogOption>& options);
JsonWriter reference_json(const std::vector<Section>& sections);

/// Text as Markdown shows it, in tables too; what stands between backticks stays code.
std::string markdown(const std::string& text);

}  // namespace downhill::cli
