#pragma once
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/optim/context.h"
#include "downhill/optim/detail/group.h"
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
/// Neighbouring pointwise links of a chain make one pass over memory, wherever they stand; one that
/// measures begins another. Parameters of all sizes are one list of blocks. A parameter without a
/// gradient is left alone, state and all; one that requires none is no part of the optimizer. UsageError
/// for a chain of the library's links with no learning rate, or with two: it would go uphill.
class Optimizer {
 public:
  Optimizer(Method method, std::vector<Parameter> parameters);
  Optimizer(Method method, const std::vector<Tensor>& parameters);

  /// Parameters whose name matches the pattern (*, ? and [] as in file names) get settings of their
  /// own, the others being the first group's: of two groups for one parameter the later one counts
  /// alone. Sums and norms are over all groups that measure them. Links that evaluate the loss again
  /// (sam) or remember all parameters together (lbfgs) work on all groups at once and must have
  /// equal settings in all.
  Optimizer& group(const std::string& pattern, std::initializer_list<Setting> settings);
  /// ... or another optimizer.
  Optimizer& group(const std::string& pattern, Method method);

  /// One update from the gradients that backward left. UsageError if the optimizer needs a closure.
  void step();
  /// One update for optimizers that evaluate the loss themselves; any optimizer accepts it. The
  /// closure computes the loss from the parameters; gradients are made here. Returns the loss
  /// before the step. If the closure throws, parameters and step counts are as they were.
  double step(const std::function<Tensor()>& loss);
  bool needs_closure() const;

  void zero_grad();

  /// Settings by name, in all groups that have it: a number, or text such as "(cosine:start=0.1)".
  void set(const std::string& setting, double value);
  void set(const std::string& setting, const std::string& text);
  /// Replaces a setting that is a number by a function of it, in each group of its own. UsageError
  /// if no group has it, or if it is not a number.
  void change(const std::string& setting, const std::function<double(double)>& to);
  /// Its value for the next step, of the first group that has it: of a schedule its rate there, with
  /// the factor of schedule_lr. `change` works on the setting itself.
  double get(const std::string& setting) const;

  /// The length of the run: every schedule of 0 steps among the settings lasts so long.
  void over(std::int64_t steps);
  /// Multiplies the learning rate of every group by a schedule of the steps from now on; a later
  /// call replaces it. UsageError if a group has no plain learning rate.
  void schedule_lr(const Schedule& factor);
  void unschedule_lr() noexcept { lr_factor_.reset(); }
  std::vector<Setting> settings() const { return groups_[0].method.settings(); }
  bool has(const std::string& setting) const { return groups_[0].method.find(setting).has_value(); }

  /// Whether gradients that are not finite are kept from the parameters (skip_non_finite).
  bool guards() const;
  std::int64_t steps() const { return steps_; }
  /// "adam:lr=0.001,..." and, if there is one, the schedule.
  std::string text() const;
  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// Root of the sum of squares of all gradients.
  double gradient_norm() const;

  /// All that moves: states, numbers and step counts, by name. `load_state` lists everything that
  /// is missing, unexpected or misshapen in one DataError, and changes nothing then. The tensors,
  /// like those of a copied Optimizer, are the ones that the next step writes: clone() what is to
  /// last.
  NamedTensors state() const;
  void load_state(const NamedTensors& state);

 private:
  friend class EvaluationWeights;
  /// Stages of groups that run one after the other, once their sums are measured together.
  struct Action {
    struct Member {
      std::size_t group, stage;
    };
    std::vector<Member> members;
  };
  enum class Into { parameter, direction, nothing };
  /// One pass over a group's memory.
  struct Pass {
    detail::Stage stage;
    bool from_gradient;
    Into into;
    const BlockLink* measuring;  ///< the next stage's first link, whose sums are made on the way
    std::size_t measured_link = 0;
  };

  // optimizer.cpp, optimizer_groups.cpp
  double lr_factor() const;
  void replace(const std::string& setting,
               const std::function<std::string(const std::string&)>& to);
  void assign(const Method& method, const std::vector<std::size_t>& slots);
  std::vector<bool> used() const;
  void plan();
  void check_joint(const Action& action) const;
  void remake();

  // optimizer_state.cpp
  std::size_t first_used() const;
  StateShapes declared_states(std::size_t slot) const;
  StateShapes declared_memory(std::size_t link) const;
  void make_states(std::size_t slot);
  void make_memory();

  // optimizer_run.cpp
  void update(double loss, Context::Evaluator* closure);
  bool any_link(bool Link::Traits::*trait) const;
  bool held_back(std::size_t slot) const;
  void collect();
  void restore() noexcept;
  void perform(const Action& action, double loss, Context::Evaluator* closure);
  Tensor& direction(std::size_t slot);
  void gather(const Action& action, bool all);
  void run_tensor(const Action& action, double loss, Context::Evaluator* closure);
  void hand_on(const Link& link);
  void add_directions(std::size_t group);

  // optimizer_blocks.cpp
  void cut(std::size_t group);
  template <class Body>
  void for_pieces(std::size_t group, Body&& body);
  void measure(const Action& action);
  void measure_pieces(std::size_t group, const detail::Stage& stage, bool front);
  std::size_t begin_links(std::size_t group, const detail::Stage& stage, Step& step);
  void bind(std::size_t group, const detail::Stage& stage, std::size_t last, Step& step);
  void run_blocks(std::size_t group, std::size_t stage, double loss);
  template <class T>
  void run_piece(const detail::Piece& piece, const Pass& pass, BlockLink::Sums& sums);

  std::vector<Parameter> parameters_;
  std::vector<detail::Group> groups_;
  std::vector<detail::Slot> slots_;
  std::vector<Action> plan_;
  std::int64_t steps_ = 0;
  std::int64_t length_ = 0;  // of the run; 0: not known
  std::optional<Schedule> lr_factor_;
  std::int64_t lr_origin_ = 0;  // the step that is its 0
  // Kept between steps so that none allocates.
  std::vector<Tensor> directions_, before_;
  std::vector<Part> parts_;
  std::vector<std::size_t> part_slots_;
  std::vector<BlockLink::Bound> bounds_;
};

}  // namespace downhill
