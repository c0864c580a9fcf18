#include "downhill/formula/batches.h"
#include "downhill/ops/detail/reductions.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

// Two running sums, since one would wait for its own last addition.
template <class T, class Add>
double added_up(const T* x, std::int64_t n, Add add) {
  lane_detail::LaneSum<T> even, odd;
  constexpr std::int64_t kBatch = Lanes<T>::size;
  std::int64_t i = 0;
  for (; i + 2 * kBatch <= n; i += 2 * kBatch) {
    add(even, Lanes<T>::load(x + i));
    add(odd, Lanes<T>::load(x + i + kBatch));
  }
  lane_detail::for_batches<T>(n - i, [&](lane_detail::Batch<T> at) {
    add(even, lane_detail::only_live(lane_detail::load(x + i, at), at));
  });
  return even.total() + odd.total();
}

template <class T>
double sum(const T* x, std::int64_t n) {
  return added_up(x, n, [](lane_detail::LaneSum<T>& to, const Lanes<T>& v) { to.add(v); });
}

template <class T>
double squares(const T* x, std::int64_t n) {
  return added_up(x, n, [](lane_detail::LaneSum<T>& to, const Lanes<T>& v) { to.add_square(v); });
}

constexpr detail::Reductions kReductions{sum<float>, sum<double>, squares<float>, squares<double>};

}  // namespace
}  // namespace DOWNHILL_LEVEL

template <>
const detail::Reductions& detail::level_reductions<kLevel>() {
  return kReductions;
}

}  // namespace downhill
