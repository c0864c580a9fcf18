// How a training run goes on from its checkpoint.
#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/train/detail/run.h"
#include "downhill/train/files.h"

namespace downhill::detail {

void Run::resume() {
  const std::filesystem::path file = o_.out / kCheckpointFile;
  read_checkpoint(file, at_, best_, parts());
  const std::int64_t batches = batches_.count();
  if (at_.batch >= std::max<std::int64_t>(1, batches) || at_.epoch > kMostSteps / (batches + 1) ||
      at_.step != at_.epoch * batches + at_.batch)
    throw FileError(FileError::Kind::model,
                    fmt::format("{}: step {} is not batch {} of epoch {} with {} batches",
                                file.string(), at_.step, at_.batch, at_.epoch, batches));
  if (at_.best_epoch > 0 && validation_ != nullptr) result_.validation_loss = at_.best_loss;
  if (!at_.ended.empty()) end(ended_of(file), at_.message);
  resume_log();
}

// A table's configuration has all of it; of a program's own data there are the rows to compare.
Config Run::identity() const {
  Config all = o_.config;
  const auto add = [&](const char* name, const std::string& value) {
    if (std::ranges::find(all, name, &Config::value_type::first) == all.end())
      all.emplace_back(name, value);
  };
  add("seed", std::to_string(o_.seed));
  add("batch", std::to_string(o_.batch));
  if (std::ranges::find(all, "table", &Config::value_type::first) == all.end())
    add("rows", fmt::format("{}, checksum {:08x}", train_.size(), train_.checksum()));
  return all;
}

Ended Run::ended_of(const std::filesystem::path& file) const {
  for (std::size_t i = 0; i < words_of(Ended{}).size(); ++i)
    if (const auto ended = static_cast<Ended>(i); at_.ended == text_of(ended)) return ended;
  throw FileError(FileError::Kind::model,
                  fmt::format("{}: '{}' is no end of a run", file.string(), at_.ended));
}

// The log tells of a run; what decides how it goes on is in the checkpoint.
void Run::resume_log() {
  const std::filesystem::path file = o_.out / kLogFile;
  std::error_code error;
  std::string why = file.string() + ": is missing";
  if (std::filesystem::exists(file, error)) {
    try {
      log_.resume(file, at_.log);
      if (o_.columns && !log_.log().columns) log_.write(*o_.columns);
      return;
    } catch (const FileError& failure) {
      if (failure.kind() == FileError::Kind::write) throw;
      why = failure.what();
    }
    const std::filesystem::path aside = file.string() + ".old";
    std::filesystem::rename(file, aside, error);
    if (!error) why += fmt::format(" (kept as {})", aside.string());
  }
  result_.notes.push_back(fmt::format("{}; the log begins anew after step {}", why, at_.step));
  begin_log();
}

}  // namespace downhill::detail
