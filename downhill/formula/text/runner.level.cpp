#include "downhill/formula/text/runner.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "downhill/core/pool.h"
#include "downhill/formula/batches.h"
#include "downhill/formula/text/kernels.h"

namespace downhill::text {
inline namespace DOWNHILL_LEVEL {
namespace {

constexpr std::int64_t kLongestStrip = 512;  // elements
constexpr std::int64_t kNearBytes = 32768;   // registers up to here lie on the stack, in L1

// Memory for the registers of one run.
class Scratch {
 public:
  explicit Scratch(std::int64_t bytes) : bytes_(static_cast<std::size_t>(bytes)) {
    memory_ = bytes <= kNearBytes ? near_ : pool::allocate(bytes_);
  }
  ~Scratch() {
    if (memory_ != near_) pool::deallocate(memory_, bytes_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  template <class T>
  T* as() {
    return static_cast<T*>(memory_);
  }

 private:
  alignas(64) unsigned char near_[kNearBytes];
  void* memory_;
  std::size_t bytes_;
};

template <class T>
const T* constants_of(const Code& code) {
  if constexpr (sizeof(T) == 4) return code.floats;
  else return code.doubles;
}

template <class T>
class Run {
 public:
  static constexpr std::int64_t kBatch = Lanes<T>::size;
  static constexpr std::int64_t kGranule = kBroadcastBytes / std::int64_t{sizeof(T)};

  Run(const Code& code, const Call<T>& call)
      : code_(code),
        call_(call),
        stride_(choose_stride()),
        tail_begin_(code.registers * stride_),
        scratch_((tail_begin_ + (code.inputs + 3) * kGranule) * std::int64_t{sizeof(T)}) {
    registers_ = scratch_.template as<T>();
    tail_ = registers_ + tail_begin_;
    weights_ = tail_ + code.inputs * kGranule;
    zeros_ = weights_ + kGranule;
    result_ = zeros_ + kGranule;
    for (std::int64_t i = 0; i < kGranule; ++i) zeros_[i] = 0;
  }

  double run() {
    const std::int64_t whole = call_.n / kBatch * kBatch;
    while (begin_ < whole) {
      length_ = whole - begin_ < stride_ ? whole - begin_ : stride_;
      strip();
      begin_ += length_;
    }
    rest_ = call_.n - whole;
    if (rest_ > 0) {
      pad_inputs();
      length_ = kBatch;
      strip();
    }
    return sum_.total();
  }

 private:
  // The longest strip whose registers fit near; not longer than the work.
  std::int64_t choose_stride() const {
    std::int64_t stride = kLongestStrip;
    while (stride > kGranule && code_.registers * stride * std::int64_t{sizeof(T)} > kNearBytes / 2)
      stride /= 2;
    const std::int64_t work = (call_.n + kGranule - 1) / kGranule * kGranule;
    return work < stride ? work : stride;
  }

  const T* input(std::int32_t k) const {
    return k < call_.variables ? call_.in[k] : call_.directions[k - call_.variables];
  }

  // The last elements, filled up to a batch with the last of them.
  void pad(T* to, const T* from) const {
    for (std::int64_t i = 0; i < kBatch; ++i) to[i] = from[begin_ + (i < rest_ ? i : rest_ - 1)];
  }
  void pad_inputs() {
    for (std::int32_t k = 0; k < code_.inputs; ++k)
      if (const T* from = input(k)) pad(tail_ + k * kGranule, from);
    if (call_.weight != nullptr) pad(weights_, call_.weight);
  }

  Source<T> source(std::int32_t operand) const {
    if (operand >= 0) return {registers_ + operand * stride_, kBatch};
    const std::int32_t k = ~operand;
    if (k >= code_.inputs) return {constants_of<T>(code_) + (k - code_.inputs) * kGranule, 0};
    const T* from = input(k);
    if (from == nullptr) return {zeros_, 0};
    return {rest_ > 0 ? tail_ + k * kGranule : from + begin_, kBatch};
  }
  Source<T> weight() const { return {rest_ > 0 ? weights_ : call_.weight + begin_, kBatch}; }

  void strip() {
    Source<T> in[4];
    for (std::int64_t i = 0; i < code_.count; ++i) {
      const Instruction& step = code_.instructions[i];
      const int operands = arity(step.op);
      for (int k = 0; k < operands; ++k) in[k] = source(step.in[static_cast<std::size_t>(k)]);
      if (step.op != Op::store) execute(step.op, registers_ + step.out * stride_, in, length_);
      else if (step.out > 0) store_scaled(call_.scaled[step.out - 1], in[0]);
      else store_plain(in[0]);
    }
  }

  // Calls `write(batch of results, place)`; a padded strip goes through `result_`.
  template <class Write>
  void write_out(T* to, Source<T> from, Write write) {
    T* const out = rest_ > 0 ? result_ : to + begin_;
    for (std::int64_t i = 0; i < length_; i += kBatch) write(from.take(), out + i);
    if (rest_ > 0) std::memcpy(to + begin_, result_, static_cast<std::size_t>(rest_) * sizeof(T));
  }

  void store_plain(Source<T> from) {
    if (call_.plain != nullptr)
      write_out(call_.plain, from, [](Lanes<T> x, T* to) { x.store(to); });
    if (!call_.summed) return;
    if (rest_ > 0) return add_rest(from.take());
    lane_detail::LaneSum<T> sum = sum_;  // in registers
    if (call_.weight != nullptr) {
      Source<T> w = weight();
      for (std::int64_t i = 0; i < length_; i += kBatch) sum.add(w.take() * from.take());
    } else {
      for (std::int64_t i = 0; i < length_; i += kBatch) sum.add(from.take());
    }
    sum_ = sum;
  }

  void add_rest(Lanes<T> x) {
    if (call_.weight != nullptr) x = weight().take() * x;
    x.store(result_);
    for (std::int64_t i = rest_; i < kBatch; ++i) result_[i] = 0;
    sum_.add(Lanes<T>::load(result_));
  }

  void store_scaled(T* to, Source<T> from) {
    if (to == nullptr) return;
    const auto address = reinterpret_cast<std::uintptr_t>(to + begin_);
    if (call_.stream && rest_ == 0 && address % (sizeof(T) * kBatch) == 0)
      store_factored(to, from, [](Lanes<T> x, T* out) { x.stream(out); });
    else store_factored(to, from, [](Lanes<T> x, T* out) { x.store(out); });
  }

  template <class Write>
  void store_factored(T* to, Source<T> from, Write write) {
    const Lanes<T> scale = Lanes<T>(typename Lanes<T>::Batch(call_.scale));
    if (call_.weight != nullptr) {
      Source<T> w = weight();
      write_out(to, from, [&](Lanes<T> x, T* out) { write(scale * w.take() * x, out); });
    } else {
      write_out(to, from, [&](Lanes<T> x, T* out) { write(scale * x, out); });
    }
  }

  const Code& code_;
  const Call<T>& call_;
  std::int64_t stride_, tail_begin_;
  Scratch scratch_;
  T *registers_, *tail_, *weights_, *zeros_, *result_;
  std::int64_t begin_ = 0, length_ = 0;
  std::int64_t rest_ = 0;  // of a padded strip: how many elements are real
  lane_detail::LaneSum<T> sum_;
};

template <class T>
double run(const Code& code, const Call<T>& call) {
  return Run<T>(code, call).run();
}

constexpr TextRunner kRunner{&run<float>, &run<double>};

}  // namespace
}  // namespace DOWNHILL_LEVEL

template <>
const TextRunner& level_text_runner<kLevel>() {
  return kRunner;
}

}  // namespace downhill::text
