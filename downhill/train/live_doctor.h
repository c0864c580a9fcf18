#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "downhill/runlog/verdict.h"
#include "downhill/train/observer.h"

namespace downhill {

/// What the doctor does while a run goes on.
enum class Live {
  off,
  warn,  ///< shows a finding when it appears
  stop   ///< ... and ends a run that is not worth going on with
};
constexpr std::array<const char*, 3> words_of(Live) { return {"off", "warn", "stop"}; }

/// The doctor at the bedside: after an epoch it looks at the log so far and tells each symptom once, when
/// it shows in two looks one after the other. It looks after each of the first epochs, then after every
/// tenth more of them; symptoms that only the end of a run can have are left out (docs/doctor.md).
///
///     options.observers.push_back(std::make_shared<LiveDoctor>(Live::stop, [](const Finding& f) {
///       std::cerr << f.name << ": " << f.summary << '\n';
///     }));
///     options.keep_good = true;  // the last good weights, also without validation rows
///
/// Live::stop ends a hopeless run (`is_hopeless`): as `diverging` if its loss is above that of the first epoch, else as `target_reached` with
/// a message that says why. All it knows is in the log, so a resumed run ends where the uninterrupted one
/// does. It touches neither weights nor random numbers.
class LiveDoctor : public Observer {
 public:
  using Shown = std::function<void(const Finding&)>;

  explicit LiveDoctor(Live mode, Shown shown = {});

  std::string text() const override { return ""; }
  std::optional<Stop> after_epoch(const RunLog& log) override;
  /// A note for each symptom that was told and is no finding of the whole run.
  std::vector<std::string> taken_back(const Verdict& verdict) const;

 private:
  Live mode_;
  Shown shown_;
  std::map<std::string, std::int64_t> told_;  // and after which epoch
};

/// Whether the live doctor looks after this epoch, counted from 1.
bool looks_after(std::int64_t epoch);

/// The log as it was after an epoch, with at most about `most_steps` of its steps: the first ones, and the
/// others evenly thinned.
RunLog log_until(const RunLog& log, std::int64_t epoch, std::size_t most_steps = 200);

}  // namespace downhill
