#include "downhill/cli/table_arguments.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/core/options.h"

namespace downhill::cli {
namespace {

void read_batch(const std::string& text, std::int64_t& batch) {
  std::int64_t rows = 0;
  if (text == "all") batch = 0;
  else if (read_option(text, rows).empty() && rows >= 1) batch = rows;
  else throw_argument("--batch", fmt::format("= '{}' is neither a number of rows nor all", text));
}

// A share, or the name of a file.
void set_part(const char* name, const std::string& text, double& share, std::string& file) {
  if (text.empty()) return;
  double number = 0;
  if (!read_option(text, number).empty()) {
    file = text;
    return;
  }
  if (!kFraction.contains(number))
    throw_argument(name, fmt::format("= {} is outside {}", text, kFraction.text()));
  share = number;
}

}  // namespace

TableArguments::TableArguments(Arguments& arguments, TableRunOptions& options)
    : arguments_(arguments), options_(options) {
  arguments_.positional("DATA", data_, "a .csv file");
  arguments_.required_text("--target", "COLUMN", options_.target,
                           "what is predicted: a column's name, or number from 1; it may be text");
}

void TableArguments::add_task() {
  TableRunOptions& o = options_;
  arguments_.text("--task", "numbers|classes|two-classes", o.task,
                  "what the target is [default: by the loss and the column]");
  arguments_.text("--loss", "SPEC", o.loss,
                  "the loss, or a formula in p and y [default: by the kind of the\ntarget: "
                  "cross_entropy for classes, mse for numbers]");
  arguments_.text("--link", "none|exp|sigmoid|softplus", o.link,
                  "between the model's output and the p of a formula\n[default: found out]");
  arguments_.text("--optimizer", "SPEC", o.optimizer,
                  fmt::format("the optimizer [default: {}]", kDefaultOptimizer));
  arguments_.text("--model", "SPEC", o.model,
                  fmt::format("linear, or mlp:128,64 with dropout=0.2, activation=silu if wanted\n"
                              "[default: {}]",
                              kDefaultModel));
  arguments_.option("--batch", "N|all", Arguments::with_default("rows per step", "32"),
                    [&o](const std::string& text) { read_batch(text, o.batch); });
  arguments_.number("--seed", "N", seed_, {0, kCount.high},
                    "of the split, the first weights and the order of rows");
  arguments_.number("--clip-norm", "X", o.clip_norm, kNonNegative,
                    "gradients are cut to this length; 0: not");
  arguments_.text("--no-decay", "PATTERN", o.no_decay,
                  "parameters without weight decay, such as '*.bias'");
}

void TableArguments::add_rows() {
  add_parts();
  add_columns();
}

// The parts, and what classes cost.
void TableArguments::add_parts() {
  TableRunOptions& o = options_;
  const auto part = [&](const char* name, std::string& to) {
    arguments_.option(name, "SHARE|F.csv",
                      Arguments::with_default("share of the rows, or a table", "0.2"),
                      [&to](const std::string& text) { to = text; });
  };
  part("--validation", validation_);
  part("--test", test_);
  arguments_.text("--split-by-time", "COLUMN", o.split_by_time,
                  "later rows are validation, then test");
  arguments_.text("--split-by-group", "COLUMN", o.split_by_group,
                  "rows of one value stay in one part; it is no input");
  arguments_.flag("--drop-missing-target", o.drop_missing_target,
                  "leave out rows without a target");
  arguments_.text("--class-weight", "W", o.class_weight, "balanced, or class=weight,...");
  arguments_.text(
      "--class-order", "A,B,...", o.class_order,
      "classes from the lowest to the highest, for losses of ordered\nclasses [default: "
      "numbers by size, text by the alphabet]");
  arguments_.number("--cost-missed", "K", o.cost_missed, kNonNegative,
                    "a missed row of the second class costs so many false alarms: sets\n"
                    "the threshold 1 / (1 + K), and corrects probabilities of weighted losses");
}

// How the table is read, and what its columns are.
void TableArguments::add_columns() {
  TableRunOptions& o = options_;
  arguments_.text("--ignore", "A,B", o.ignore, "columns that are left out");
  arguments_.text("--only", "A,B", o.only, "the only columns that are inputs");
  arguments_.text("--category", "A,B", o.category, "columns of numbers that are categories");
  arguments_.text("--number", "A,B", o.number,
                  "columns that are numbers: their words are missing values");
  arguments_.text("--weight", "COLUMN", o.weight, "holds the weight of each row");
  arguments_.text("--decimal", "point|comma", o.decimal, "where a column does not say it itself");
  arguments_.text("--date-order", "dmy|mdy|ymd", o.date_order,
                  "where a column does not say it itself");
  arguments_.text("--separator", "C", o.separator,
                  "between the columns, or tab [default: found out]");
  arguments_.flag("--header", header_, "the first row holds names, numbers or not");
  arguments_.flag("--no-header", no_header_, "the first row holds no names");
}

void TableArguments::finish() {
  TableRunOptions& o = options_;
  if (header_ && no_header_) throw_argument("--header", "and --no-header exclude each other");
  if (header_ || no_header_) o.header = header_ ? Header::yes : Header::no;
  set_part("--validation", validation_, o.validation, o.validation_file);
  set_part("--test", test_, o.test, o.test_file);
  if (data_.empty()) throw_argument("DATA", "is empty; expected the name of a .csv file");
  o.data = data_;
  o.seed = static_cast<std::uint64_t>(seed_);
}

}  // namespace downhill::cli
