#include "downhill/losses/detail/region_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/losses/detail/all_between.h"
#include "downhill/losses/detail/class_axis.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/losses/detail/regions.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;
using Numbers = RegionFormula::Numbers;

class RegionLoss final : public FusedLoss {
 public:
  RegionLoss(std::shared_ptr<const RegionFormula> formula, Declaration declared)
      : FusedLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return 1; }
  int targets() const override { return 1; }
  bool takes_labels() const override { return true; }

  void check(const LossInputs& in) const override {
    const bool labels = in.target().defined() && in.target().type() == Type::i64;
    if (!labels) check_alike(name().c_str(), in);
    if (labels || by_class(in)) class_axis(name(), in, rules());
    else if (!rules().weight.empty())
      throw_usage(name(),
                  "class weights need regions of classes: over = image_class or class, "
                  "and a prediction (N, C, ...)");
    if (declared().target && !labels) check_range(in);
  }
  Shape items(const LossInputs& in) const override { return regions(in).items; }

  Tensor per_item(const Tensor& elementwise, const LossInputs& in) const override {
    const Regions r = regions(in);
    const Tensor result = Tensor::zeros(r.items, elementwise.type());
    with_floating(elementwise.type(), [&]<class T>() {
      for (Index index = 0; index < r.pieces(); ++index) {
        const Piece piece = r.piece(index);
        const T* from = elementwise.data<T>() + r.place(piece);
        T& to = result.data<T>()[item_of(r, piece.region)];
        for (Index i = 0; i < piece.n; ++i) to += from[i * r.step()];
      }
    });
    return result;
  }

  double weigh(const LossInputs& in) const override {
    double total = 0;
    const Regions r = regions(in);
    const auto weights = weights_of(in, r);
    const Index each = formula_->joint() ? r.classes_of_an_item() : 1;
    for (Index i = 0; i < r.count(); i += each) total += weights[static_cast<std::size_t>(i)];
    return total;
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      const Regions r = regions(in);
      const auto weights = weights_of(in, r);
      std::vector<Numbers> slopes(static_cast<std::size_t>(r.count()));
      const auto values =
          formula_->values(sums<T>(in, r, nullptr, nullptr), {}, row_of(r), slopes, {});
      double total = 0;
      const Index width = formula_->joint() ? row_of(r) : 1;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double w = weights[i * static_cast<std::size_t>(width)];
        const double value = w == 0 ? 0 : w * values[i];
        if (each.defined()) each.data<T>()[i] = static_cast<T>(value);
        total += value;
      }
      if (gradients.empty() || !gradients[0].defined()) return total;
      T* out = gradients[0].template data<T>();
      r.for_pieces([&](Index, const Piece& piece) {
        const auto at = static_cast<std::size_t>(piece.region);
        if (clear(r, piece, weights[at], out)) return;
        const Run<T> run(in, r, piece, rules().ignore_index, nullptr, out);
        formula_->gradient(run.p, run.y, slopes[at].data(), scale * weights[at], run.out, run.n);
        run.done();
      });
      return total;
    });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    if (!out[0].defined()) return;
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const Regions r = regions(in);
      const auto weights = weights_of(in, r);
      const T* direction = u[0].template data<T>();
      std::vector<Numbers> moved, slopes(static_cast<std::size_t>(r.count())),
          moved_slopes(slopes.size());
      const auto still = sums<T>(in, r, direction, &moved);
      formula_->values(still, moved, row_of(r), slopes, moved_slopes);
      T* to = out[0].template data<T>();
      r.for_pieces([&](Index, const Piece& piece) {
        const auto at = static_cast<std::size_t>(piece.region);
        if (clear(r, piece, weights[at], to)) return;
        const Run<T> run(in, r, piece, rules().ignore_index, direction, to);
        formula_->curvature(run.p, run.y, run.u, slopes[at].data(), moved_slopes[at].data(),
                            scale * weights[at], run.out, run.n);
        run.done();
      });
    });
  }

 private:
  const ClassRules& rules() const { return formula_->rules(); }
  static Index row_of(const Regions& r) { return r.classes_of_an_item(); }
  Index item_of(const Regions& r, Index region) const {
    return formula_->joint() ? region / row_of(r) : region;
  }

  // Whether the regions are those of classes, so that the axis of the classes matters.
  bool by_class(const LossInputs& in) const {
    const Over over = formula_->over();
    const int rank = in.predictions[0].rank();
    if (formula_->joint()) return rank > 1;
    return (over == Over::image_class && rank > 2) || (over == Over::of_class && rank > 1);
  }

  Regions regions(const LossInputs& in) const {
    const Shape& shape = in.predictions[0].shape();
    const Index n = shape.elements();
    const bool labels = in.target().type() == Type::i64;
    Regions r;
    r.over = formula_->over();
    if (!labels && !by_class(in)) {
      if (r.over == Over::pooled || shape.rank() <= 1) {
        r.over = Over::pooled;
        r.inner = n;
        return r;
      }
      r.over = Over::image;
      r.images = shape[0];
      r.inner = r.images > 0 ? n / r.images : 0;
      r.items = {r.images};
      return r;
    }
    const int axis = known_class_axis(in, rules());
    r.classes = shape[axis];
    r.images = axis > 0 ? shape[0] : 1;
    r.inner = r.images > 0 ? n / (r.images * r.classes) : 0;
    r.classes_last = axis == shape.rank() - 1 && axis > 0;
    if (r.classes_last && r.over != Over::image_class && r.over != Over::image) {
      r.inner *= r.images;  // regions over all images: one run
      r.images = 1;
    }
    if (formula_->joint() && r.over == Over::image) r.over = Over::image_class;
    if (formula_->joint() && r.over == Over::pooled) r.over = Over::of_class;
    r.of_classes = r.over == Over::image_class || r.over == Over::of_class;
    if (r.over == Over::image_class || r.over == Over::image) r.items = {r.images};
    if (r.of_classes && !formula_->joint())
      r.items =
          r.over == Over::of_class || axis == 0 ? Shape{r.classes} : Shape{r.images, r.classes};
    if (formula_->joint() && axis == 0) r.items = {};
    return r;
  }

  // The statistics of every region; pieces are summed apart and added in order.
  template <class T>
  std::vector<Numbers> sums(const LossInputs& in, const Regions& r, const T* u,
                            std::vector<Numbers>* moved) const {
    std::vector<Numbers> parts(static_cast<std::size_t>(r.pieces()), Numbers{});
    std::vector<Numbers> moves(moved != nullptr ? parts.size() : 0, Numbers{});
    r.for_pieces([&](Index index, const Piece& piece) {
      const auto at = static_cast<std::size_t>(index);
      const Run<T> run(in, r, piece, rules().ignore_index, u, nullptr);
      formula_->sums(run.p, run.y, run.u, run.n, parts[at].data(),
                     moved != nullptr ? moves[at].data() : nullptr);
    });
    if (moved != nullptr) *moved = added(r, moves);
    return added(r, parts);
  }
  static std::vector<Numbers> added(const Regions& r, const std::vector<Numbers>& parts) {
    std::vector<Numbers> all(static_cast<std::size_t>(r.count()), Numbers{});
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Numbers& to = all[static_cast<std::size_t>(r.piece(static_cast<Index>(i)).region)];
      for (std::size_t k = 0; k < to.size(); ++k) to[k] += parts[i][k];
    }
    return all;
  }

  // What each region weighs: the weight given, times its class's, times whether its class is there.
  std::vector<double> weights_of(const LossInputs& in, const Regions& r) const {
    std::vector<double> all(static_cast<std::size_t>(r.count()), 1.0);
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const T* given = in.weight.defined() ? in.weight.data<T>() : nullptr;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto region = static_cast<Index>(i);
        if (given != nullptr) all[i] = static_cast<double>(given[item_of(r, region)]);
        if (!rules().weight.empty() && r.of_classes && !formula_->joint())
          all[i] *= rules().weight[static_cast<std::size_t>(r.class_of(region))];
      }
      if (!rules().skip_absent || formula_->joint()) return;
      std::vector<char> there(all.size(), 0);
      for (Index index = 0; index < r.pieces(); ++index) {
        const Piece piece = r.piece(index);
        const Run<T> run(in, r, piece, rules().ignore_index, nullptr, nullptr);
        if (std::any_of(run.y, run.y + run.n, [](T y) { return y > 0; }))
          there[static_cast<std::size_t>(piece.region)] = 1;
      }
      for (std::size_t i = 0; i < all.size(); ++i) all[i] *= there[i];
    });
    return all;
  }

  // What has weight 0 is not there: its slopes are 0.
  template <class T>
  static bool clear(const Regions& r, const Piece& piece, double weight, T* out) {
    if (weight != 0) return false;
    for (Index i = 0; i < piece.n; ++i) out[r.place(piece) + i * r.step()] = 0;
    return true;
  }

  void check_range(const LossInputs& in) const {
    const Range range = *declared().target;
    const auto outside = [&](double y) { return !std::isnan(y) && !range.contains(y); };
    with_floating(in.target().type(), [&]<class T>() {
      const T* y = in.target().data<T>();
      const bool closed = !range.low_open && !range.high_open;
      const auto low = static_cast<T>(range.low), high = static_cast<T>(range.high);
      std::atomic<bool> found = false;
      parallel_blocks(in.target().elements(), [&](Index begin, Index end) {
        if (closed && all_between(y + begin, end - begin, low, high)) return;
        if (std::any_of(y + begin, y + end, outside)) found = true;
      });
      if (!found) return;
      const Index at = std::find_if(y, y + in.target().elements(), outside) - y;
      throw_usage(name(), fmt::format("target[{}] = {} is outside {}", at, y[at], range.text()));
    });
  }

  std::shared_ptr<const RegionFormula> formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> region_loss(std::shared_ptr<const RegionFormula> formula,
                                           Declaration declared) {
  return std::make_shared<RegionLoss>(std::move(formula), std::move(declared));
}

}  // namespace downhill::detail
