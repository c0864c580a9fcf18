#include "downhill/losses/detail/region_loss.h"

#include <algorithm>
#include <array>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/losses/detail/pointwise_loss.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;
using Numbers = std::array<double, RegionFormula::kMaxStatistics>;

/// Which elements make a region. The tensor is seen as (outer, regions, inner): a region is the
/// runs of `inner` elements at its place in every `outer`.
struct Regions {
  Index outer = 1, count = 1, inner = 1;
  Shape items;
};

class RegionLoss final : public FusedLoss {
 public:
  RegionLoss(std::shared_ptr<const RegionFormula> formula, Declaration declared)
      : FusedLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return 1; }
  bool has_target() const override { return true; }

  void check(const LossInputs& in) const override {
    check_alike(name().c_str(), in);
    check_weight(name().c_str(), in, items(in));
  }
  Shape items(const LossInputs& in) const override { return regions(in).items; }

  Tensor per_item(const Tensor& elementwise, const LossInputs& in) const override {
    const Regions r = regions(in);
    const Tensor result = Tensor::zeros(r.items, elementwise.type());
    with_floating(elementwise.type(), [&]<class T>() {
      for_runs(r, [&](Index region, Index begin, Index n) {
        for (Index i = 0; i < n; ++i) result.data<T>()[region] += elementwise.data<T>()[begin + i];
      });
    });
    return result;
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      const Regions r = regions(in);
      const auto sums = statistics<T>(in, r, nullptr, nullptr);
      std::vector<Numbers> slopes(sums.size());
      double total = 0;
      for (Index i = 0; i < r.count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        double value = formula_->value(sums[at].data(), nullptr, slopes[at].data(), nullptr);
        value = weight<T>(in, i) == 0 ? 0 : weight<T>(in, i) * value;
        if (each.defined()) each.data<T>()[i] = static_cast<T>(value);
        total += value;
      }
      if (!gradients.empty() && gradients[0].defined()) {
        const T *p = in.predictions[0].data<T>(), *y = in.target.data<T>();
        T* out = gradients[0].template data<T>();
        for_runs(r, [&](Index region, Index begin, Index n) {
          if (weight<T>(in, region) == 0) return (void)std::fill_n(out + begin, n, T(0));
          formula_->gradient(p + begin, y + begin, slopes[static_cast<std::size_t>(region)].data(),
                             scale * weight<T>(in, region), out + begin, n);
        });
      }
      return total;
    });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    if (!out[0].defined()) return;
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const Regions r = regions(in);
      const T *p = in.predictions[0].data<T>(), *y = in.target.data<T>();
      const T* direction = u[0].template data<T>();
      std::vector<Numbers> moved;
      const auto sums = statistics<T>(in, r, direction, &moved);
      std::vector<Numbers> slopes(sums.size()), moved_slopes(sums.size());
      for (std::size_t i = 0; i < sums.size(); ++i)
        formula_->value(sums[i].data(), moved[i].data(), slopes[i].data(), moved_slopes[i].data());
      for_runs(r, [&](Index region, Index begin, Index n) {
        const auto at = static_cast<std::size_t>(region);
        T* to = out[0].template data<T>() + begin;
        if (weight<T>(in, region) == 0) return (void)std::fill_n(to, n, T(0));
        formula_->curvature(p + begin, y + begin, direction + begin, slopes[at].data(),
                            moved_slopes[at].data(), scale * weight<T>(in, region), to, n);
      });
    });
  }

 private:
  Regions regions(const LossInputs& in) const {
    const Shape& shape = in.predictions[0].shape();
    const Over over = formula_->over();
    const Index n = shape.elements();
    if (over == Over::pooled || shape.rank() <= 1) return {1, 1, n, {}};
    const Index images = shape[0];
    if (over == Over::image || (shape.rank() == 2 && over == Over::image_class))
      return {1, images, images > 0 ? n / images : 0, {images}};
    const Index classes = shape[1], pixels = images * classes > 0 ? n / (images * classes) : 0;
    if (over == Over::of_class) return {images, classes, pixels, {classes}};
    return {1, images * classes, pixels, {images, classes}};
  }

  // body(region, begin, n) for every run, cut into blocks of 4,096; a region's runs in order.
  template <class Body>
  static void for_runs(const Regions& r, Body&& body) {
    parallel_for(r.count, r.outer * r.count * r.inner >= kParallelThreshold, [&](Index region) {
      for (Index o = 0; o < r.outer; ++o) {
        const Index begin = (o * r.count + region) * r.inner;
        for (Index i = 0; i < r.inner; i += kBlock)
          body(region, begin + i, std::min(kBlock, r.inner - i));
      }
    });
  }

  template <class T>
  std::vector<Numbers> statistics(const LossInputs& in, const Regions& r, const T* u,
                                  std::vector<Numbers>* moved) const {
    std::vector<Numbers> sums(static_cast<std::size_t>(r.count), Numbers{});
    std::vector<Numbers> moves(sums.size(), Numbers{});
    const T *p = in.predictions[0].data<T>(), *y = in.target.data<T>();
    for_runs(r, [&](Index region, Index begin, Index n) {
      const auto at = static_cast<std::size_t>(region);
      formula_->sums(p + begin, y + begin, u != nullptr ? u + begin : nullptr, n, sums[at].data(),
                     moves[at].data());
    });
    if (moved != nullptr) *moved = std::move(moves);
    return sums;
  }

  template <class T>
  static double weight(const LossInputs& in, Index region) {
    return in.weight.defined() ? static_cast<double>(in.weight.data<T>()[region]) : 1;
  }

  std::shared_ptr<const RegionFormula> formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> region_loss(std::shared_ptr<const RegionFormula> formula,
                                           Declaration declared) {
  return std::make_shared<RegionLoss>(std::move(formula), std::move(declared));
}

}  // namespace downhill::detail
