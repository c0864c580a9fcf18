// The checks before the first step of a table run.
#include "downhill/train/detail/table_check.h"

#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/table_task.h"

namespace downhill {
namespace detail {

std::vector<TrainingCheck> checks_of(TableModel& model, Optimizer& optimizer, const Dataset& train,
                                     std::uint64_t seed) {
  const CheckOptions options{.unit = model.card.head.k};
  return check_training(model.model, optimizer, model.loss_of(),
                        sample(train, options.rows, seed).all(), options);
}

bool check_is_wanted(const TableRunOptions& o, std::int64_t rows) {
  const std::int64_t batch = o.batch == 0 ? rows : o.batch;
  const std::int64_t batches = batch > 0 ? (rows + batch - 1) / batch : 0;
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  if (rows > 0 && o.epochs > kMost / rows) return true;
  return check_is_cheap(o.epochs * batches, o.epochs * rows);
}

}  // namespace detail

std::vector<TrainingCheck> check_table(const TableRunOptions& o) {
  detail::check_table_options(o);
  const detail::TableTask task = detail::read_task(o);
  if (o.resolved) o.resolved(detail::resolved_run(task));
  TableModel model = TableModel::begin(task.card, o.seed);
  Optimizer optimizer = detail::optimizer_for(task, o, model);
  return detail::checks_of(model, optimizer, *task.train, o.seed);
}

}  // namespace downhill
