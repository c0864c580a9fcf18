#include "downhill/losses/detail/cosines.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {

Tensor cosines(const Tensor& a, const Tensor& b) { return sum(directions(a) * directions(b), -1); }

void check_rows(const char* loss, const char* name_a, const Tensor& a, const char* name_b,
                const Tensor& b) {
  if (a.rank() != 2)
    throw_usage(loss, fmt::format("{} has shape {}; expected (N, D)", name_a, a.shape().text()));
  if (b.type() != a.type())
    throw_usage(loss, fmt::format("{} has type {}; expected {}, as {}", name_b, name_of(b.type()),
                                  name_of(a.type()), name_a));
  if (!(b.shape() == a.shape()))
    throw_usage(loss, fmt::format("{} has shape {} but {} has shape {}; expected equal shapes",
                                  name_b, b.shape().text(), name_a, a.shape().text()));
}

void check_row_targets(const char* loss, const char* name, const Tensor& target, const Tensor& rows,
                       const Range& range) {
  if (target.type() != rows.type())
    throw_usage(loss, fmt::format("{} has type {}; expected {}, as the prediction", name,
                                  name_of(target.type()), name_of(rows.type())));
  if (!(target.shape() == Shape{rows.size(0)}))
    throw_usage(loss, fmt::format("{} has shape {}; expected ({}), one for each row", name,
                                  target.shape().text(), rows.size(0)));
  const bool signs = range == kSigns;
  for (std::int64_t i = 0; i < target.elements(); ++i)
    if (const double y = target.at(i); !range.contains(y) || (signs && y == 0))
      throw_usage(loss, fmt::format("{}[{}] = {} is outside {}{}", name, i, y, range.text(),
                                    signs ? " without 0: alike is 1, not alike -1" : ""));
}

}  // namespace downhill::detail
