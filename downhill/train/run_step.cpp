// One update of a training run.
#include <algorithm>
#include <cmath>

#include "downhill/autodiff/norms.h"
#include "downhill/train/detail/gauges.h"
#include "downhill/train/detail/run.h"

namespace downhill::detail {
namespace {

std::vector<Tensor> copies_of(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> copies;
  for (const Parameter& p : parameters) copies.push_back(p.tensor.clone());
  return copies;
}

}  // namespace

bool Run::Update::finite() const { return std::isfinite(loss) && std::isfinite(gradient_norm); }

// Backward, then a step if all is finite.
Run::Update Run::descend(const Batch& batch) {
  optimizer_.zero_grad();
  const BatchLoss loss = loss_of_(batch);
  Update update{.loss = loss.mean.item() * o_.unit, .weight = loss.counts(batch)};
  if (!update.finite() && !optimizer_.guards()) return update;
  loss.mean.backward();
  if (update.finite())
    for (const ObserverPtr& observer : o_.observers)
      observer->after_backward(optimizer_.parameters(), update.loss);
  update.gradient_norm = gradient_norm(optimizer_.parameters());
  if (!update.finite()) {
    if (optimizer_.guards() && !std::isfinite(update.gradient_norm)) step_over(update);
    return update;
  }
  const bool gauges = o_.gauges && gauges_are_due(at_.step + 1);
  const auto before =
      sums_are_due() || gauges ? copies_of(optimizer_.parameters()) : std::vector<Tensor>();
  const double lr = gauges ? rate() : 0;  // of the step that follows
  optimizer_.step();
  if (sums_are_due()) measure_step(before);
  if (gauges)
    update.gauges = read_gauges(model_, optimizer_.parameters(), before, batch, loss_of_, lr);
  return update;
}

// The optimizer sees what is not finite, and counts it; what it lets through is taken back.
void Run::step_over(Update& update) {
  const std::vector<Tensor> before = copies_of(optimizer_.parameters());
  optimizer_.step();
  note_skipped(update);
  if (!update.skipped) put_back(before);
}

void Run::put_back(const std::vector<Tensor>& before) {
  for (std::size_t i = 0; i < before.size(); ++i)
    Tensor(optimizer_.parameters()[i].tensor).assign(before[i]);
}

// A gradient that is not finite has been kept from the parameters, unless the guard let it through.
void Run::note_skipped(Update& update) {
  update.skipped = std::ranges::all_of(
      optimizer_.parameters(), [](const Parameter& p) { return std::isfinite(norm_of(p.tensor)); });
  at_.skipped += update.skipped;
  at_.epoch_skipped += update.skipped;
}

// A step of an optimizer that evaluates the loss itself, taken back if something is not finite.
Run::Update Run::search(const Batch& batch) {
  Update update;
  const std::vector<Tensor> before = copies_of(optimizer_.parameters());
  update.loss = o_.unit * optimizer_.step([&] {
    const BatchLoss loss = loss_of_(batch);
    update.weight = loss.counts(batch);
    return loss.mean;
  });
  update.gradient_norm = gradient_norm(optimizer_.parameters());
  if (optimizer_.guards() && !std::isfinite(update.gradient_norm)) note_skipped(update);
  if (update.skipped) return update;
  if (sums_are_due()) measure_step(before);
  if (!update.finite()) put_back(before);
  return update;
}

// Of the last step of each epoch for the log of the layers.
bool Run::sums_are_due() const {
  return wants_sums_ || (has_layers_ && at_.batch + 1 == batches_.count());
}

void Run::measure_step(const std::vector<Tensor>& before) {
  sums_.clear();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Parameter& p = optimizer_.parameters()[i];
    const Tensor g = p.tensor.grad();
    sums_.push_back(
        {p.name, g.defined() ? norm_of(g) : 0, distance(p.tensor, before[i]), norm_of(before[i])});
  }
}

}  // namespace downhill::detail
