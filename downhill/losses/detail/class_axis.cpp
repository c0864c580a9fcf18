#include "downhill/losses/detail/class_axis.h"

#include <fmt/format.h>

#include "downhill/core/error.h"

namespace downhill::detail {
namespace {

// The axis that was asked for, as a place; -1 if none was.
int asked(const std::string& name, const Shape& shape, std::int64_t axis) {
  if (axis == 0) return -1;
  const int last = shape.rank() - 1;
  if (axis == -1 || axis == last) return last;
  if (axis == 1 && last >= 1) return 1;
  throw_usage(name, fmt::format("axis = {} for a prediction of shape {}; expected 1 or -1, or 0 "
                                "for the one that fits the target",
                                axis, shape.text()));
}

void check_labels(const std::string& name, const Tensor& labels, std::int64_t classes,
                  std::optional<std::int64_t> ignored) {
  const auto all = labels.values<std::int64_t>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != ignored && (all[i] < 0 || all[i] >= classes))
      throw_usage(name,
                  fmt::format("target[{}] = {} is outside [0, {}){}", i, all[i], classes,
                              ignored ? fmt::format(" and is not ignore_index {}", *ignored) : ""));
}

int axis_of_labels(const std::string& name, const LossInputs& in, int wanted) {
  const Shape &x = in.predictions[0].shape(), &y = in.target().shape();
  const int last = x.rank() - 1;
  const auto fits = [&](int axis) { return x.without(axis) == y; };
  const bool by_last = fits(last), by_first = last >= 1 && fits(1);
  if (wanted >= 0 ? fits(wanted) : (by_last || by_first)) {
    if (wanted >= 0) return wanted;
    if (by_last && by_first && last > 1)
      throw_usage(name, fmt::format("labels of shape {} fit a prediction of shape {} with the "
                                    "classes on axis 1 and on the last; say which: axis=1 or "
                                    "axis=-1",
                                    y.text(), x.text()));
    return by_last ? last : 1;
  }
  const Shape expected = x.without(wanted >= 0 ? wanted : last);
  throw_usage(name, fmt::format("prediction has shape {} but target has shape {}; expected {}{} "
                                "for labels",
                                x.text(), y.text(), expected.text(),
                                wanted < 0 && last > 1 ? " or " + x.without(1).text() : ""));
}

int axis_of_shares(const std::string& name, const LossInputs& in, int wanted) {
  const Shape &x = in.predictions[0].shape(), &y = in.target().shape();
  if (!(x == y))
    throw_usage(name, fmt::format("prediction has shape {} but target has shape {}; expected {} "
                                  "for soft targets; labels are int64: target.to(Type::i64)",
                                  x.text(), y.text(), x.text()));
  if (wanted >= 0) return wanted;
  if (x.rank() > 2)
    throw_usage(name, fmt::format("which axis of a soft target of shape {} holds the classes must "
                                  "be said: axis=1, or axis=-1 for the last",
                                  x.text()));
  return x.rank() - 1;
}

}  // namespace

int class_axis(const std::string& name, const LossInputs& in, const ClassRules& rules) {
  const Tensor &x = in.predictions[0], &y = in.target();
  check_floating(name.c_str(), "prediction", x);
  check_defined(name.c_str(), "target", y);
  if (x.rank() < 1)
    throw_usage(name, "prediction has shape (); expected an axis of classes, as (..., classes)");
  const bool labels = y.type() == Type::i64;
  if (rules.labels_only && !labels)
    throw_usage(name, fmt::format("target has type {}; expected int64 labels: this loss takes no "
                                  "soft targets",
                                  name_of(y.type())));
  if (!labels && y.type() != x.type())
    throw_usage(name,
                fmt::format("target has type {}; expected int64 labels or soft targets of type {}",
                            name_of(y.type()), name_of(x.type())));
  const int wanted = asked(name, x.shape(), rules.axis);
  const int axis = labels ? axis_of_labels(name, in, wanted) : axis_of_shares(name, in, wanted);
  const std::int64_t classes = x.size(axis);
  if (classes == 0)
    throw_usage(name, fmt::format("prediction has shape {}, without a class", x.shape().text()));
  if (labels) check_labels(name, y, classes, rules.ignore_index);
  if (!rules.weight.empty() && static_cast<std::int64_t>(rules.weight.size()) != classes)
    throw_usage(name, fmt::format("weight has {} entries but the prediction has {} classes",
                                  rules.weight.size(), classes));
  return axis;
}

int known_class_axis(const LossInputs& in, const ClassRules& rules) {
  const Shape& x = in.predictions[0].shape();
  if (rules.axis == 1) return 1;
  if (rules.axis != 0 || in.target().type() != Type::i64) return x.rank() - 1;
  return x.without(x.rank() - 1) == in.target().shape() ? x.rank() - 1 : 1;
}

}  // namespace downhill::detail
