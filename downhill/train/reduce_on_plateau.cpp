#include "downhill/train/reduce_on_plateau.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "downhill/core/error.h"

namespace downhill {
namespace {

class Plateaus final : public Observer {
 public:
  explicit Plateaus(const ReduceOnPlateau& options) : o_(options) {
    check_options(ReduceOnPlateau::name, o_);
  }

  std::string text() const override { return spec_text(ReduceOnPlateau::name, o_); }
  bool sets_rate() const override { return true; }

  void begin(Optimizer& optimizer) override {
    optimizer_ = &optimizer;
    reduce(optimizer, 0);  // refuses an optimizer without a plain lr
    now_ = {};
  }

  std::optional<Stop> after_epoch(const RunLog& log) override {
    const double loss = watched(log);
    if (better(loss)) {
      now_.best = loss;
      now_.bad = 0;
    } else {
      ++now_.bad;
    }
    if (now_.cooling > 0) {
      --now_.cooling;
      now_.bad = 0;
    }
    if (now_.bad > o_.patience) {
      reduce(*optimizer_, 1);
      ++now_.reductions;
      now_.cooling = o_.cooldown;
      now_.bad = 0;
    }
    return {};
  }

  NamedTensors state() const override {
    NamedTensors all;
    visit(now_, [&]<class N>(const char* name, N value) {
      all.emplace_back(name, Tensor::from(std::vector<N>{value}));
    });
    return all;
  }

  void load(const NamedTensors& state) override {
    State loaded;
    std::size_t known = 0;
    visit(loaded, [&]<class N>(const char* name, N& value) {
      for (const auto& [key, tensor] : state) {
        if (key != name || tensor.type() != type_of<N> || tensor.elements() != 1) continue;
        value = tensor.template data<N>()[0];
        ++known;
      }
    });
    if (known != 4 || state.size() != 4 || loaded.bad < 0 || loaded.cooling < 0 ||
        loaded.reductions < 0 || loaded.reductions > kMost)
      throw_data(ReduceOnPlateau::name.data(), "its state is incomplete or misshapen");
    reduce(*optimizer_, loaded.reductions);
    now_ = loaded;
  }

 private:
  static constexpr std::int64_t kMost = 1000000;  // reductions: far more than bring any lr to 0

  struct State {
    double best = std::numeric_limits<double>::infinity();
    std::int64_t bad = 0, cooling = 0, reductions = 0;
  };
  static void visit(auto& state, auto&& each) {
    each("best", state.best);
    each("bad", state.bad);
    each("cooling", state.cooling);
    each("reductions", state.reductions);
  }

  // The validation loss of the last epoch, else its training loss.
  static double watched(const RunLog& log) {
    const EpochRecord* found = nullptr;
    for (auto e = log.epochs.rbegin(); e != log.epochs.rend(); ++e) {
      if (e->epoch != log.epochs.back().epoch) break;
      if (found == nullptr || e->split == Split::validation) found = &*e;
    }
    return found == nullptr ? std::numeric_limits<double>::quiet_NaN() : found->loss;
  }

  bool better(double loss) const {
    return o_.threshold_mode == ThresholdMode::rel ? loss < now_.best * (1 - o_.threshold)
                                                   : loss < now_.best - o_.threshold;
  }

  // In every group so many times: a resumed run repeats the same arithmetic.
  void reduce(Optimizer& optimizer, std::int64_t times) const {
    optimizer.change("lr", [&](double lr) {
      for (std::int64_t i = 0; i < times; ++i) {
        const double reduced = std::max(lr * o_.factor, o_.min_lr);
        if (lr - reduced > o_.eps) lr = reduced;
      }
      return lr;
    });
  }

  ReduceOnPlateau o_;
  Optimizer* optimizer_ = nullptr;
  State now_;
};

}  // namespace

ObserverPtr ReduceOnPlateau::observer() const { return std::make_shared<Plateaus>(*this); }

}  // namespace downhill
