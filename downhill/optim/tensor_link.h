#pragma once
#include "downhill/optim/detail/link_shape.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// A tensor link written as an aggregate with `void run(std::span<Part>, Context&) const`.
template <class L>
class WrappedTensorLink final : public TensorLink {
 public:
  explicit WrappedTensorLink(L link)
      : TensorLink(lane_detail::traits_of<L>()), link_(std::move(link)) {}

  std::vector<Setting> settings() const override { return settings_of(link_); }
  LinkPtr with(const std::string& setting, const std::string& text) const override {
    L other = lane_detail::changed(link_, setting, text);
    return std::make_shared<WrappedTensorLink>(std::move(other));
  }
  LinkPtr over(std::int64_t steps) const override {
    return std::make_shared<WrappedTensorLink>(lane_detail::filled(link_, steps));
  }
  StateShapes states(const Shape& parameter) const override {
    if constexpr (requires { link_.states(parameter); }) return link_.states(parameter);
    else return {};
  }
  StateShapes memory(std::int64_t elements) const override {
    if constexpr (requires { link_.memory(elements); }) return link_.memory(elements);
    else return {};
  }
  bool has_memory() const override {
    return requires { link_.memory(std::int64_t{1}); };
  }
  void run(std::span<Part> parts, Context& context) const override {
    if constexpr (lane_detail::HasNumbers<L>) {
      auto own = lane_detail::unpacked<L>(context.stored_numbers);
      context.own_numbers = &own;
      link_.run(parts, context);
      lane_detail::pack<L>(own, context.stored_numbers);
    } else {
      link_.run(parts, context);
    }
  }

 private:
  L link_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
