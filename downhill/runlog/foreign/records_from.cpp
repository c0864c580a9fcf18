#include "downhill/runlog/foreign/records_from.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "downhill/core/options.h"
#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/missing.h"

namespace downhill::foreign {
namespace {

constexpr double kMostCount = 9007199254740992.0;  // 2^53

/// Reads the columns of a table by their roles.
class Rows {
 public:
  Rows(const LogTable& table, const Columns& columns) : table_(table), columns_(columns) {
    check_text();
    by_epoch_ = told_by_epoch();
  }
  bool by_epoch() const { return by_epoch_; }
  std::optional<double> at(Role role, std::size_t row) const {
    const auto c = columns_.of(role);
    return c ? table_.columns[*c][row] : std::nullopt;
  }
  /// A count of the row, at least 0; nothing where it has none.
  std::optional<std::int64_t> count(Role role, std::size_t row) const {
    const auto value = at(role, row);
    if (!value || !(*value >= 0) || *value > kMostCount) return {};
    return static_cast<std::int64_t>(*value);
  }
  std::vector<LayerRecord> layers(std::size_t row) const {
    std::vector<LayerRecord> all;
    for (const auto& [column, name] : columns_.layers)
      if (const auto value = table_.columns[column][row])
        all.push_back({.name = name, .gradient = value});
    return all;
  }

 private:
  // A column that was taken holds numbers.
  void check_text() const {
    for (const Role role :
         {Role::loss, Role::epoch_loss, Role::val_loss, Role::step, Role::epoch}) {
      const auto c = columns_.of(role);
      if (!c || !table_.texts.contains(*c)) continue;
      const LogTable::Text& text = table_.texts.at(*c);
      const std::int64_t line = text.row < table_.lines.size() ? table_.lines[text.row] : 0;
      refuse(
          table_.file, line,
          fmt::format("column {}: {} is no number", excerpt(table_.names[*c]), excerpt(text.text)));
    }
  }
  bool told_by_epoch() const {
    std::set<double> epochs;
    std::size_t losses = 0, both = 0;
    bool distinct = columns_.of(Role::epoch).has_value();
    for (std::size_t row = 0; row < table_.rows; ++row) {
      if (!at(Role::loss, row)) continue;
      ++losses;
      both += at(Role::val_loss, row) ? 1 : 0;
      const auto epoch = at(Role::epoch, row);
      distinct = distinct && epoch && *epoch == std::floor(*epoch) && epochs.insert(*epoch).second;
    }
    if (columns_.of(Role::epoch)) return distinct;
    if (table_.by_epoch && !columns_.of(Role::step)) return losses > 1;
    return losses > 1 && 10 * both >= 8 * losses;
  }

  const LogTable& table_;
  const Columns& columns_;
  bool by_epoch_ = false;
};

/// Adds the records of one row after the other.
class Builder {
 public:
  Builder(const Rows& rows, bool fraction) : rows_(rows), fraction_(fraction) {}

  void add(std::size_t row, std::int64_t first_epoch) {
    epoch_ = rows_.count(Role::epoch, row).value_or(-1);
    if (epoch_ >= 0) epoch_ += first_epoch == 0 ? 1 : 0;
    const auto loss = rows_.at(Role::loss, row);
    step_ = step_of(rows_.count(Role::step, row), loss.has_value());
    if (!loss) stand_where_training_is(row);
    else if (epoch_ >= 0) trained_epoch_ = epoch_;
    if (loss && rows_.by_epoch()) add_epoch(row, *loss);
    else if (loss) add_step(row, *loss);
    if (const auto mean = rows_.at(Role::epoch_loss, row)) add_mean(*mean);
    add_validation(row);
  }
  RunLog take() { return std::move(log_); }

 private:
  // Steps that begin anew in each epoch are counted on; those of a validation are of its own rows.
  std::int64_t step_of(std::optional<std::int64_t> told, bool trained) {
    if (!told) return 0;
    if (*told < last_told_) {
      const bool no_epochs = epoch_ < 0 && last_epoch_ < 0;
      if ((epoch_ > last_epoch_ && last_epoch_ >= 0) || (no_epochs && trained))
        before_ += last_told_;
      else if (!trained) return before_ + last_told_;
    }
    last_told_ = *told;
    last_epoch_ = epoch_;
    return before_ + *told;
  }
  // A validation that tells no place was measured where training stood.
  void stand_where_training_is(std::size_t row) {
    if (!rows_.at(Role::step, row) && !log_.steps.empty()) step_ = log_.steps.back().step;
    if (!rows_.at(Role::epoch, row)) epoch_ = trained_epoch_;
  }
  void add_step(std::size_t row, double loss) {
    const std::int64_t last = log_.steps.empty() ? 0 : log_.steps.back().step;
    StepRecord record{.step = step_ > 0 || last == 0 ? step_ : last + 1, .loss = loss};
    if (record.step == 0 && !rows_.at(Role::step, row)) record.step = last + 1;
    record.epoch = std::max<std::int64_t>(epoch_, 0);
    gauges(record, row);
    log_.steps.push_back(std::move(record));
  }
  void add_epoch(std::size_t row, double loss) {
    EpochRecord record{.epoch = epoch_ > 0 ? epoch_ : ++ordinal_, .step = step_, .loss = loss};
    gauges(record, row);
    if (const auto accuracy = rows_.at(Role::val_accuracy, row);
        accuracy && !rows_.at(Role::val_loss, row))
      record.metrics.emplace_back("validation_accuracy", *accuracy);
    log_.epochs.push_back(std::move(record));
  }
  void add_mean(double loss) {
    log_.epochs.push_back({.epoch = epoch_ > 0 ? epoch_ : ++ordinal_, .step = step_, .loss = loss});
  }
  void add_validation(std::size_t row) {
    const auto loss = rows_.at(Role::val_loss, row);
    if (!loss) return add_lone_accuracy(row);
    EpochRecord record{.epoch = fraction_ ? 0 : std::max<std::int64_t>(epoch_, 0),
                       .step = step_,
                       .split = Split::validation,
                       .loss = *loss};
    if (record.epoch == 0 && rows_.by_epoch() && !log_.epochs.empty())
      record.epoch = log_.epochs.back().epoch;
    if (const auto accuracy = rows_.at(Role::val_accuracy, row))
      record.metrics.emplace_back("accuracy", *accuracy);
    if (const auto f1 = rows_.at(Role::val_f1, row)) record.metrics.emplace_back("f1", *f1);
    log_.epochs.push_back(std::move(record));
  }
  void add_lone_accuracy(std::size_t row) {
    const auto accuracy = rows_.at(Role::val_accuracy, row);
    if (!accuracy || rows_.by_epoch() || log_.steps.empty()) return;
    log_.steps.back().metrics.emplace_back("validation_accuracy", *accuracy);
  }
  template <class Record>
  void gauges(Record& record, std::size_t row) {
    record.lr = rows_.at(Role::lr, row);
    record.gradient_norm = rows_.at(Role::grad_norm, row);
    if (const auto dead = rows_.at(Role::dead, row)) record.metrics.emplace_back("dead", *dead);
    record.layers = rows_.layers(row);
  }

  const Rows& rows_;
  bool fraction_;
  RunLog log_;
  std::int64_t step_ = 0, epoch_ = 0, ordinal_ = 0;
  std::int64_t trained_epoch_ = -1;
  std::int64_t last_told_ = 0, last_epoch_ = -1, before_ = 0;  ///< of the step column
};

// Whether epochs are counted from 0, as Keras' CSVLogger does; ours are from 1.
bool counts_from_zero(const LogTable& table, const Columns& columns) {
  const auto c = columns.of(Role::epoch);
  return c && std::ranges::any_of(table.columns[*c],
                                  [](const auto& cell) { return cell && *cell == 0; });
}

// Gauges on rows of their own (a rate logged apart from the loss) go to the row before.
void join_gauges(LogTable& table, const Columns& columns) {
  const auto loss = columns.of(Role::loss);
  if (!loss) return;
  std::vector<std::size_t> gauges;
  for (const Role role : {Role::lr, Role::grad_norm, Role::dead})
    if (const auto c = columns.of(role)) gauges.push_back(*c);
  for (const auto& [c, name] : columns.layers) gauges.push_back(c);
  for (const std::size_t c : gauges) {
    std::optional<std::size_t> last;
    for (std::size_t row = 0; row < table.rows; ++row) {
      if (table.columns[*loss][row]) last = row;
      auto& cell = table.columns[c][row];
      if (!cell || table.columns[*loss][row]) continue;
      if (last && !table.columns[c][*last]) table.columns[c][*last] = cell;
    }
  }
}

}  // namespace

RunLog records_from(LogTable& table, const Columns& columns) {
  if (table.rows == 0)
    refuse(table.file, 1, "has names of columns and no rows: nothing was logged");
  if (!columns.of(Role::loss)) {
    const auto shown = std::min<std::ptrdiff_t>(std::ssize(table.names), 20);
    const bool by_line = !table.lines.empty() && table.lines[0] > 0;
    refuse(
        table.file, by_line ? 1 : 0,
        fmt::format("no column is a training loss; there are: {}; tell it with --column loss=NAME",
                    fmt::join(table.names.begin(), table.names.begin() + shown, ", ")));
  }
  settle_missing(table, columns);
  const Rows rows(table, columns);
  join_gauges(table, columns);
  const std::int64_t first_epoch = counts_from_zero(table, columns) ? 0 : 1;
  bool fraction = false;
  for (std::size_t row = 0; row < table.rows; ++row)
    if (const auto epoch = rows.at(Role::epoch, row)) fraction |= *epoch != std::floor(*epoch);
  Builder builder(rows, fraction);
  for (std::size_t row = 0; row < table.rows; ++row) builder.add(row, first_epoch);
  return builder.take();
}

std::vector<std::string> notes_of(const LogTable& table, const Columns& columns) {
  static constexpr const char* kMeanings[] = {"step",
                                              "epoch",
                                              "training loss",
                                              "training loss of an epoch",
                                              "validation loss",
                                              "validation accuracy",
                                              "validation F1",
                                              "training accuracy",
                                              "learning rate",
                                              "gradient norm",
                                              "share of dead units"};
  std::vector<std::string> notes = table.notes;
  for (std::size_t role = 0; role < columns.by_role.size(); ++role)
    if (const auto c = columns.by_role[role]; c && static_cast<Role>(role) != Role::run)
      notes.push_back(
          fmt::format("{}: {}{}", kMeanings[role], table.names[*c],
                      static_cast<Role>(role) == Role::epoch && counts_from_zero(table, columns)
                          ? " (from 0 there, from 1 here)"
                          : ""));
  if (!columns.layers.empty())
    notes.push_back(fmt::format("gradient norms of {} layers: {} to {}", columns.layers.size(),
                                table.names[columns.layers.front().first],
                                table.names[columns.layers.back().first]));
  notes.insert(notes.end(), columns.left_out.begin(), columns.left_out.end());
  return notes;
}

}  // namespace downhill::foreign
