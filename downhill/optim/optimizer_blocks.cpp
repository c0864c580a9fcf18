// How neighbouring block links of a group make one pass over memory.
#include <algorithm>
#include <array>
#include <cstring>

#include "downhill/core/parallel.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

// While the later links of a strip find everything in L1, memory is idle but for what the processor
// fetches ahead, some twenty cache lines of each array: a strip is no longer than that.
constexpr std::int64_t kStrip = 128;

template <class T>
using States = std::array<T*, BlockLink::kMaxStates>;

// Where the states of the slot's link lie for elements from `begin` on.
template <class T>
States<T> states_at(const detail::Slot& slot, std::size_t link, std::int64_t begin) {
  States<T> states;
  const std::size_t first = slot.first_states[link];
  for (std::size_t k = first; k < slot.first_states[link + 1]; ++k)
    states[k - first] = slot.states[k].data<T>() + begin;
  return states;
}

}  // namespace

// The group's elements in pieces of one block.
void Optimizer::cut(std::size_t index) {
  detail::Group& group = groups_[index];
  if (!group.pieces.empty()) return;
  group.elements = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].group != index || !slots_[i].active) continue;
    const std::int64_t n = parameters_[i].tensor.elements();
    for (std::int64_t begin = 0; begin < n; begin += kBlock)
      group.pieces.push_back({i, begin, std::min(n, begin + kBlock)});
    group.elements += n;
  }
  group.partial.resize(group.pieces.size());
}

template <class Body>
void Optimizer::for_pieces(std::size_t index, Body&& body) {
  cut(index);
  const detail::Group& group = groups_[index];
  parallel_for(static_cast<std::int64_t>(group.pieces.size()),
               group.elements >= 2 * kParallelThreshold, [&](std::int64_t i) {
                 const auto k = static_cast<std::size_t>(i);
                 const detail::Piece& piece = group.pieces[k];
                 with_floating(parameters_[piece.slot].tensor.type(),
                               [&]<class T>() { body.template operator()<T>(piece, k); });
               });
}

// The sums of a link: for each parameter, or over all that have it, before any of them moves.
void Optimizer::measure(const Action& action) {
  BlockLink::Sums total = {};
  bool each = false;
  for (const Action::Member& member : action.members) {
    detail::Group& group = groups_[member.group];
    if (group.closed) continue;
    const detail::Stage& stage = group.stages[member.stage];
    each = detail::block(group.chain[stage.first])->per_tensor();
    if (!group.measured) measure_pieces(member.group, stage, member.stage == 0);
    group.measured = false;
    for (detail::Slot& slot : slots_)
      if (&groups_[slot.group] == &group) slot.sums = {};
    for (std::size_t i = 0; i < group.pieces.size(); ++i)
      for (std::size_t k = 0; k < total.size(); ++k) {
        slots_[group.pieces[i].slot].sums[k] += group.partial[i][k];
        total[k] += group.partial[i][k];
      }
  }
  if (each) return;
  for (const Action::Member& member : action.members)
    for (detail::Slot& slot : slots_)
      if (slot.group == member.group) slot.sums = total;
}

void Optimizer::measure_pieces(std::size_t index, const detail::Stage& stage, bool front) {
  detail::Group& group = groups_[index];
  const BlockLink* link = detail::block(group.chain[stage.first]);
  for_pieces(index, [&]<class T>(const detail::Piece& piece, std::size_t k) {
    const detail::Slot& slot = slots_[piece.slot];
    const Tensor& from = front ? slot.gradient : directions_[piece.slot];
    group.partial[k] = {};
    link->measure(from.data<T>() + piece.begin,
                  parameters_[piece.slot].tensor.data<T>() + piece.begin,
                  states_at<T>(slot, stage.first, piece.begin).data(), piece.end - piece.begin,
                  group.partial[k]);
  });
}

// Lets each link of the stage begin its update, up to a gate that is closed. Returns where the
// links that run end.
std::size_t Optimizer::begin_links(std::size_t index, const detail::Stage& stage, Step& step) {
  detail::Group& group = groups_[index];
  // Also behind a gate that is closed now, so that the step that opens it allocates nothing.
  if (bounds_.size() < group.chain.size()) bounds_.resize(group.chain.size());
  for (std::size_t i = stage.first; i < stage.last; ++i) {
    const BlockLink* link = detail::block(group.chain[i]);
    const std::size_t section = group.section[i];
    step.t = 0;
    step.sums = {};
    for (const detail::Slot& slot : slots_) {
      if (slot.group != index || !slot.active) continue;
      step.t = std::max(step.t, slot.t[section]);
      if (i == stage.first && stage.measures) step.sums = slot.sums;
    }
    double* numbers = group.numbers.data() + group.first_numbers[i];
    link->next(numbers, step);
    if (!link->traits().gate) continue;
    if (!link->open(step, numbers)) {
      group.closed = true;
      return i + 1;
    }
    for (detail::Slot& slot : slots_)
      if (slot.group == index && slot.active) ++slot.t[section + 1];
  }
  return stage.last;
}

// Binds links first .. last-1 for every step count, or every parameter's sums, in the group.
void Optimizer::bind(std::size_t index, const detail::Stage& stage, std::size_t last, Step& step) {
  const detail::Group& group = groups_[index];
  const std::size_t count = last - stage.first;
  const bool each = stage.measures && detail::block(group.chain[stage.first])->per_tensor();
  std::size_t bound = 0;
  const detail::Slot* like = nullptr;
  for (detail::Slot& slot : slots_) {
    if (slot.group != index || !slot.active) continue;
    if (like == nullptr || each || slot.t != like->t) {
      like = &slot;
      bound += count;
      if (bounds_.size() < bound) bounds_.resize(bound);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t link = stage.first + i;
        step.t = slot.t[group.section[link]];
        step.sums = stage.measures && i == 0 ? slot.sums : BlockLink::Sums();
        detail::block(group.chain[link])
            ->bind(step, group.numbers.data() + group.first_numbers[link],
                   bounds_[bound - count + i]);
      }
    }
    slot.bound = bound - count;
  }
}

void Optimizer::run_blocks(std::size_t index, std::size_t at, double loss) {
  detail::Group& group = groups_[index];
  Pass pass{group.stages[at], at == 0, Into::parameter, nullptr};
  Step step{.index = steps_, .lr_factor = lr_factor(), .loss = loss};
  pass.stage.last = begin_links(index, pass.stage, step);
  bind(index, pass.stage, pass.stage.last, step);
  if (group.closed) {
    pass.into = Into::nothing;
  } else if (at + 1 < group.stages.size()) {
    pass.into = Into::direction;
    const detail::Stage& next = group.stages[at + 1];
    if (next.measures) pass.measuring = detail::block(group.chain[next.first]);
    pass.measured_link = next.first;
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].group == index && slots_[i].active) direction(i);
  }
  for_pieces(index, [&]<class T>(const detail::Piece& piece, std::size_t k) {
    if (pass.measuring != nullptr) group.partial[k] = {};
    run_piece<T>(piece, pass, group.partial[k]);
  });
  group.measured = pass.measuring != nullptr;
  if (pass.into != Into::parameter) return;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].group == index && slots_[i].active) parameters_[i].tensor.raise_version();
}

template <class T>
void Optimizer::run_piece(const detail::Piece& piece, const Pass& pass, BlockLink::Sums& sums) {
  const detail::Slot& slot = slots_[piece.slot];
  const Chain& chain = groups_[slot.group].chain;
  const T* source =
      (pass.from_gradient ? slot.gradient : directions_[piece.slot]).template data<T>();
  T* parameter = parameters_[piece.slot].tensor.data<T>();
  alignas(64) T strip[kStrip];
  for (std::int64_t begin = piece.begin; begin < piece.end; begin += kStrip) {
    const std::int64_t n = std::min(kStrip, piece.end - begin);
    T* d =
        pass.into == Into::direction ? directions_[piece.slot].template data<T>() + begin : strip;
    if (d != source + begin)
      std::memcpy(d, source + begin, static_cast<std::size_t>(n) * sizeof(T));
    for (std::size_t i = pass.stage.first; i < pass.stage.last; ++i)
      static_cast<const BlockLink*>(chain[i].get())
          ->run(bounds_[slot.bound + i - pass.stage.first], d, parameter + begin,
                states_at<T>(slot, i, begin).data(), n);
    if (pass.measuring != nullptr)
      pass.measuring->measure(d, parameter + begin,
                              states_at<T>(slot, pass.measured_link, begin).data(), n, sums);
    if (pass.into != Into::parameter) continue;
    T* moved = parameter + begin;
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) moved[i] += d[i];
  }
}

}  // namespace downhill
