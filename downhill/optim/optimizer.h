#pragma once
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/optim/method.h"
#include "downhill/schedules/hyper.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Moves parameters downhill.
///
///     Optimizer optimizer(AdamW{.lr = 3e-4}, model.parameters());
///     optimizer.group("*.bias", {{"weight_decay", "0"}});
///     for (...) { optimizer.zero_grad(); loss().backward(); optimizer.step(); }
///     optimizer.set("lr", 1e-4);
///
/// Neighbouring pointwise links of the chain make one pass over memory, however many; parameters of
/// all sizes are one list of blocks. A parameter without a gradient is left alone, state and all.
class Optimizer {
 public:
  Optimizer(Method method, std::vector<Parameter> parameters);
  Optimizer(Method method, const std::vector<Tensor>& parameters);

  /// Parameters whose name matches the pattern (* and ?) get settings of their own. Later groups
  /// win.
  Optimizer& group(const std::string& pattern, std::initializer_list<Setting> settings);
  /// ... or another optimizer.
  Optimizer& group(const std::string& pattern, Method method);

  /// One update from the gradients that backward left. UsageError if the optimizer needs a closure.
  void step();
  /// One update for optimizers that evaluate the loss themselves; any optimizer accepts it. The
  /// closure computes the loss from the parameters; gradients are made here. Returns the loss
  /// before the step.
  double step(const std::function<Tensor()>& loss);
  bool needs_closure() const;

  void zero_grad();

  /// Settings by name, in all groups that have it: a number, or text such as "(cosine:start=0.1)".
  void set(const std::string& setting, double value);
  void set(const std::string& setting, const std::string& text);
  /// Replaces a setting that is a number by a function of it, in each group of its own. UsageError
  /// if no group has it, or if it is not a number.
  void change(const std::string& setting, const std::function<double(double)>& to);
  /// Its value for the next step, of the first group that has it.
  double get(const std::string& setting) const;

  /// Multiplies the learning rate of every group by a schedule of the steps from now on; a later
  /// call replaces it. UsageError if a group has no plain learning rate.
  void schedule_lr(const Schedule& factor);
  void unschedule_lr() noexcept { lr_factor_.reset(); }
  std::vector<Setting> settings() const { return groups_[0].method.settings(); }

  std::int64_t steps() const { return steps_; }
  /// "adam:lr=0.001,..." and, if there is one, the schedule.
  std::string text() const;
  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// Root of the sum of squares of all gradients.
  double gradient_norm() const;

  /// All that moves: states and step counts, by name. `load_state` lists everything that is
  /// missing, unexpected or misshapen in one DataError, and changes nothing then. The tensors, like
  /// those of a copied Optimizer, are the ones that the next step writes: clone() what is to last.
  NamedTensors state() const;
  void load_state(const NamedTensors& state);

 private:
  struct Slot {
    std::size_t group = 0;
    std::int64_t t = 0;
    std::vector<Tensor> states;      // one after the other, as the chain's links ask for them
    bool active = false;             // has a gradient in the step under way
    const void* gradient = nullptr;  // its numbers, of the parameter's type
    std::size_t bound = 0;
  };
  struct Piece {
    std::size_t slot;
    std::int64_t begin, end;
  };
  struct Group {
    explicit Group(Method of);
    Method method;
    Chain chain;
    bool one_pass;              // block links only, and none measures what another has made
    std::vector<Piece> pieces;  // of the active slots; empty: to be cut again
  };

  double lr_factor() const;
  void replace(const std::string& setting,
               const std::function<std::string(const std::string&)>& to);
  void check_groups() const;
  void update(double value, const std::function<double()>& evaluate,
              const std::function<std::vector<Tensor>(const std::vector<Tensor>&)>& product);
  void collect();
  std::vector<std::string> state_names(std::size_t slot) const;
  void make_states(Slot& slot, const Tensor& parameter);
  void cut(std::size_t group);
  void run_blocks(std::size_t group, std::size_t first, std::size_t last, bool from_gradient,
                  bool into_parameter);
  void bind(std::size_t group, std::size_t first, std::size_t last, bool from_gradient);
  double measure(const BlockLink& link, bool from_gradient) const;
  void run_matrix(std::size_t group, std::size_t index);
  void run_flat(std::size_t group, std::size_t index, Problem& problem);
  void add_directions(std::size_t group);
  template <class T>
  void run_piece(const Piece& piece, const Chain& chain, std::size_t first, std::size_t last,
                 bool from_gradient, bool into_parameter);

  std::vector<Parameter> parameters_;
  std::vector<Group> groups_;
  std::vector<Slot> slots_;
  std::vector<Tensor> directions_;
  NamedTensors memory_;
  std::int64_t steps_ = 0;
  std::optional<Schedule> lr_factor_;
  std::int64_t lr_origin_ = 0;  // the step that is its 0
  // Kept between steps so that none allocates.
  std::vector<BlockLink::Bound> bounds_;
  std::vector<double> measured_;
};

}  // namespace downhill
