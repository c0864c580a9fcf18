#include "downhill/runlog/foreign/words.h"

#include <algorithm>
#include <cctype>

namespace downhill::foreign {
namespace {

Names apart(const std::string& name) {
  Names words(1);
  char before = ' ';
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    const bool camel = std::isupper(u) && std::islower(static_cast<unsigned char>(before));
    if ((!std::isalnum(u) || camel) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(u)) words.back() += static_cast<char>(std::tolower(u));
    before = c;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

std::string in_small(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  return small;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool names_a_type(std::string_view word) {
  return word.ends_with("tensor") || word.ends_with("array") ||
         word.find("float") != std::string_view::npos;
}

Names words_in(const std::string& name) {
  Names out;
  for (const std::string& word : apart(name)) {
    bool cut = false;
    for (const char* front :
         {"training", "train", "validation", "valid", "val", "eval", "test", "dev"})
      for (const char* back : {"loss", "acc", "accuracy"})
        if (!cut && word == std::string(front) + back) {
          out.insert(out.end(), {front, back});
          cut = true;
        }
    if (!cut) out.push_back(word == "vloss" ? "val" : word);
    if (word == "vloss") out.emplace_back("loss");
  }
  return out;
}

bool any(const Names& words, const WordSet& of) {
  return std::ranges::any_of(words, [&](const auto& w) { return of.contains(w); });
}

bool has(const Names& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string run_in(const std::string& name) {
  const std::size_t at = name.rfind(" - ");
  if (at == std::string::npos) return "";
  const std::string run = name.substr(0, at);
  const Names words = words_in(run);
  // "val - loss" names rows, not a run.
  const bool split =
      words.size() == 1 && (any(words, kTrain) || any(words, kValidation) || any(words, kTest));
  return split ? "" : run;
}

std::string without_run(const std::string& name) {
  const std::string run = run_in(name);
  return run.empty() ? name : name.substr(run.size() + 3);
}

}  // namespace downhill::foreign
