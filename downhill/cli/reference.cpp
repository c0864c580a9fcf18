#include "downhill/cli/reference.h"

#include <fmt/format.h>

#include "downhill/doctor/list.h"
#include "downhill/train/observers.h"

namespace downhill::cli {
std::string markdown(const std::string& text) {
  std::string escaped;
  bool in_code = false;  // between backticks a bar alone needs it
  for (const char c : text) {
    if (c == '`') in_code = !in_code;
    if (c == '|' || (!in_code && std::string_view("<*_[]").find(c) != std::string_view::npos))
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

namespace {

std::string code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

std::string options_text(const CatalogEntry& entry) {
  std::string text;
  for (const CatalogOption& o : entry.options)
    text += fmt::format("      {:<28} {}{}\n", o.name + "=" + o.default_text, o.doc,
                        o.range.empty() ? "" : ", in " + o.range);
  return text;
}

std::string options_markdown(const CatalogEntry& entry) {
  if (entry.options.empty()) return "No options.\n";
  std::string text = "| option | default | range | meaning |\n|---|---|---|---|\n";
  for (const CatalogOption& o : entry.options)
    text += fmt::format("| `{}` | {} | {} | {} |\n", o.name, code(o.default_text), code(o.range),
                        markdown(o.doc));
  return text;
}

}  // namespace

void write_options(JsonWriter& json, const std::vector<CatalogOption>& options) {
  json.objects("options", options, [&](const CatalogOption& o) {
    json.member("name", o.name);
    json.member("default", o.default_text);
    json.member("range", o.range);
    json.member("meaning", o.doc);
  });
}

std::vector<Section> sections() {
  std::vector<Section> all = {
      {"losses",
       "How wrong a prediction is: --loss of train, SPEC of loss. A formula in p and y "
       "will do as well.",
       list_losses(),
       {}},
      {"optimizers",
       "Which way is down: --optimizer of train and minimize.",
       list_optimizers(),
       {}},
      {"links",
       "What optimizers are chains of: --optimizer takes a chain, 'clip_by_global_norm | adamw | "
       "ema'.",
       list_links(),
       {}},
      {"schedules",
       "Factors on the learning rate over the steps: --schedule of train and minimize.",
       list_schedules(),
       {}},
      {"observers",
       "What looks at a training run and may steer or end it: --observer of train.",
       list_observers(),
       {}},
      {"symptoms",
       "What the doctor can find, the first that fires is the verdict; doctor --threshold sets the "
       "options.",
       {},
       {}}};
  all.back().methods = entries_of<Symptoms>();
  for (const Symptom& symptom : symptoms()) {
    all.back().rules.push_back(fmt::format("{} ({})", symptom.rule, symptom.source));
  }
  return all;
}

std::string reference_text(const std::vector<Section>& sections) {
  std::string text;
  for (const Section& section : sections) {
    text += fmt::format("{}{}: {}\n", text.empty() ? "" : "\n", section.name, section.about);
    for (std::size_t i = 0; i < section.methods.size(); ++i) {
      text += fmt::format("  {}\n", section.methods[i].name);
      if (!section.rules.empty()) text += fmt::format("      {}\n", section.rules[i]);
      text += options_text(section.methods[i]);
    }
  }
  return text;
}

std::string reference_markdown(const std::vector<Section>& sections) {
  std::string text =
      "# Reference\n\n"
      "All that has a name, as `downhill list --markdown` prints it. On the command line a method\n"
      "is written `name:option=value,option=value`; an option that is left out has its default.\n";
  for (const Section& section : sections) {
    text += fmt::format("\n## {}\n\n{}\n", section.name, section.about);
    for (std::size_t i = 0; i < section.methods.size(); ++i) {
      text += fmt::format("\n### {}\n\n", section.methods[i].name);
      if (!section.rules.empty()) text += markdown(section.rules[i]) + "\n\n";
      text += options_markdown(section.methods[i]);
    }
  }
  return text;
}

JsonWriter reference_json(const std::vector<Section>& sections) {
  JsonWriter json;
  json.begin_object();
  for (const Section& section : sections) {
    json.key(section.name);
    json.begin_list();
    for (std::size_t i = 0; i < section.methods.size(); ++i) {
      json.begin_object();
      json.member("name", section.methods[i].name);
      write_options(json, section.methods[i].options);
      if (!section.rules.empty()) json.member("rule", section.rules[i]);
      json.end_object();
    }
    json.end_list();
  }
  json.end_object();
  return json;
}

}  // namespace downhill::cli
