#include "downhill/optim/scale_lr.h"

#include "downhill/core/error.h"
#include "downhill/schedules/hyper.h"
#include "downhill/schedules/scaled.h"

namespace downhill {

Method scale_lr(const Method& method, const Schedule& factor) {
  const std::string text = method.get("lr");
  double rate = 0;
  if (!read_option(text, rate).empty())
    throw_usage(method.name(), "lr is already a schedule; give one or the other");
  try {
    return method.with("lr", print_option(Hyper(Schedule(Scaled{rate, factor}))));
  } catch (const UsageError&) {
    throw_usage(method.name(), "its lr is the first trial of a search and takes no schedule");
  }
}

}  // namespace downhill
