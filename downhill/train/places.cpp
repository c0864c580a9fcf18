#include "downhill/train/detail/places.h"

#include <algorithm>
#include <memory>

#include "downhill/autodiff/flat.h"
#include "downhill/core/error.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/detail/tensors_of.h"
#include "downhill/train/files.h"
#include "downhill/train/table_run.h"

namespace downhill::detail {
namespace {

using flat::Vector;

/// The places of a run, one an epoch, seen by training it again.
class Places : public Observer {
 public:
  std::string text() const override { return "places"; }
  void begin(Optimizer& optimizer) override {
    optimizer_ = &optimizer;
    add();
  }
  std::optional<Stop> after_epoch(const RunLog&) override {
    add();
    return {};
  }
  std::vector<Vector> places;
  bool thinned = false;

 private:
  void add() {
    places.push_back(flatten(tensors_of(optimizer_->parameters())));
    constexpr std::size_t kMost = 300;  // every second one is kept then
    if (places.size() < kMost) return;
    thinned = true;
    for (std::size_t i = 1; 2 * i < places.size(); ++i) places[i] = std::move(places[2 * i]);
    places.resize((places.size() + 1) / 2);
  }
  Optimizer* optimizer_ = nullptr;
};

/// The epochs that the run came to, by its log; 0 where that cannot be read.
std::int64_t epochs_of(const std::filesystem::path& log) {
  try {
    const RunLog run = read_run_log(log);
    return run.epochs.empty() ? 0 : run.epochs.back().epoch;
  } catch (const Error&) {
    return 0;
  }
}

}  // namespace

std::vector<Vector> places_of_run(const std::filesystem::path& run, const ModelCard& card,
                                  const std::stop_token& stop) {
  TableRunOptions again = run_again(card.training, card.target, run / kModelFile);
  again.stop = stop;
  const auto places = std::make_shared<Places>();
  again.watch = {places};
  const TableRunResult result = run_table(again);
  if (result.fit.ended == Ended::interrupted) return {};
  // A run that the doctor ended went no further.
  const std::int64_t done = epochs_of(run / kLogFile);
  if (done > 0 && done + 1 < std::ssize(places->places) && !places->thinned)
    places->places.resize(static_cast<std::size_t>(done) + 1);
  return std::move(places->places);
}

}  // namespace downhill::detail
