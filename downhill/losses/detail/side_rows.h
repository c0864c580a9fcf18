#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "downhill/formula/lanes.h"
#include "downhill/losses/detail/transpose.h"

// Rows of few classes side by side: each lane is a row. What is done once for a row (the exponential of
// its label's logit, a logarithm, a division) is done for as many at a time as there are lanes, and no
// lane stays empty. A loss whose rows with a label go without a branch states them as
// `row_of_label(x, label, slope)`; the same text runs on one row of lanes (row_kernel.h) and here.

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// Most classes of rows that go side by side: 7 times as fast at 2, 2.4 at 10, as fast at 24.
inline constexpr std::int64_t kNarrow = 16;

/// Class c of the rows stands in all[c].
template <class T>
using SideNumbers = std::array<Lanes<T>, static_cast<std::size_t>(kNarrow)>;

/// Where they stand in memory, to be reached by memcpy.
template <class T>
T* numbers_of(SideNumbers<T>& all) {
  static_assert(sizeof(all) == sizeof(T) * Lanes<T>::size * kNarrow);
  return reinterpret_cast<T*>(all.data());
}
template <class T>
const T* numbers_of(const SideNumbers<T>& all) {
  return reinterpret_cast<const T*>(all.data());
}

/// `live` numbers, the first in the lanes that are left.
template <class T>
Lanes<T> some_of(const T* from, std::int64_t live) {
  if (live == Lanes<T>::size) return Lanes<T>::load(from);
  alignas(64) T some[static_cast<std::size_t>(Lanes<T>::size)];
  for (std::int64_t i = 0; i < Lanes<T>::size; ++i) some[i] = from[i < live ? i : 0];
  return Lanes<T>::load(some);
}
/// Whether full rows can be turned four by four.
template <class T>
bool in_fours(std::int64_t live, std::int64_t classes) {
  return Lanes<T>::size % 4 == 0 && live == Lanes<T>::size && classes >= 4;
}
/// The first row and class of squares of four by four that cover all; the last ones of a row may
/// overlap.
template <class Body>
void each_four(std::int64_t rows, std::int64_t classes, Body&& body) {
  for (std::int64_t i = 0; i < rows; i += 4)
    for (std::int64_t c = 0; c < classes; c += 4) body(i, std::min(c, classes - 4));
}
/// Rows of numbers, one behind the other, into lanes, and back.
template <class T>
void turn_in(const T* rows, std::int64_t live, std::int64_t classes, SideNumbers<T>& all) {
  constexpr std::int64_t size = Lanes<T>::size;
  T* const runs = numbers_of(all);
  if (in_fours<T>(live, classes))
    return each_four(size, classes, [&](std::int64_t i, std::int64_t c) {
      FourRows<T>::load(rows + i * classes + c, classes)
          .transposed()
          .store(runs + c * size + i, size);
    });
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t c = 0; c < classes; ++c)
      std::memcpy(runs + c * size + i, rows + (i < live ? i : 0) * classes + c, sizeof(T));
}
template <class T>
void turn_out(const SideNumbers<T>& all, std::int64_t live, std::int64_t classes, T* rows) {
  constexpr std::int64_t size = Lanes<T>::size;
  const T* const runs = numbers_of(all);
  if (in_fours<T>(live, classes))
    return each_four(size, classes, [&](std::int64_t i, std::int64_t c) {
      FourRows<T>::load(runs + c * size + i, size)
          .transposed()
          .store(rows + i * classes + c, classes);
    });
  for (std::int64_t i = 0; i < live; ++i)
    for (std::int64_t c = 0; c < classes; ++c)
      std::memcpy(rows + i * classes + c, runs + c * size + i, sizeof(T));
}

/// The rows' labels, a whole number in each lane; one below 0 is no class.
template <class T>
class SideLabels {
 public:
  SideLabels(const std::int64_t* labels, std::int64_t live) {
    alignas(64) T numbers[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::int64_t label = labels[static_cast<std::int64_t>(i) < live ? i : 0];
      labels_[i] = std::max<std::int64_t>(label, 0);
      numbers[i] = static_cast<T>(label);
    }
    numbers_ = Lanes<T>::load(numbers);
  }
  Mask<T> is(std::int64_t c) const { return numbers_ == Lanes<T>(static_cast<double>(c)); }
  /// An option of one number per class, at each row's label.
  Lanes<T> pick(const std::vector<double>& values) const {
    alignas(64) T some[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i)
      some[i] = static_cast<T>(values[static_cast<std::size_t>(labels_[i])]);
    return Lanes<T>::load(some);
  }

 private:
  static constexpr auto kLanes = static_cast<std::size_t>(Lanes<T>::size);
  std::array<std::int64_t, kLanes> labels_;
  Lanes<T> numbers_;
};

/// The numbers of as many rows as there are lanes; what RowNumbers is for one.
template <class T>
class SideRows {
 public:
  using N = Lanes<T>;
  SideRows(const SideNumbers<T>& all, std::int64_t n) : all_(all), n_(n) {}

  std::int64_t size() const { return n_; }
  N at(std::int64_t c) const { return all_[static_cast<std::size_t>(c)]; }
  N operator[](const SideLabels<T>& label) const {
    N found(0.0);
    for (std::int64_t c = 0; c < n_; ++c) found = where(label.is(c), at(c), found);
    return found;
  }
  /// Of the numbers that are none of NaN; a NaN comes out where what depends on it is summed.
  N max() const {
    N best = at(0);
    for (std::int64_t c = 1; c < n_; ++c) best = N(xsimd::max(best.v, at(c).v));
    return best;
  }
  template <class F>
  N sum(F f) const {
    N total(0.0);
    for (std::int64_t c = 0; c < n_; ++c) total = total + f(at(c));
    return total;
  }
  template <class F>
  N sum(const std::vector<double>& values, F f) const {
    N total(0.0);
    for (std::int64_t c = 0; c < n_; ++c) total = total + f(at(c), value_at(values, c));
    return total;
  }
  const std::vector<double>& row_of(const std::vector<double>& values) const { return values; }

  static N value_at(const std::vector<double>& values, std::int64_t c) {
    return N(values[values.size() == 1 ? 0 : static_cast<std::size_t>(c)]);
  }

 private:
  const SideNumbers<T>& all_;
  std::int64_t n_;
};

/// The gradients of these rows, as they are built; what RowSlope is for one. The factor is each row's own.
template <class T>
class SideSlope {
 public:
  using N = Lanes<T>;
  SideSlope(SideNumbers<T>& all, const N& factor, std::int64_t n)
      : all_(all), factor_(factor), n_(n) {}

  template <class F>
  N fill_around(const SideLabels<T>& label, const SideRows<T>& x, F f) {
    N total(0.0);
    for (std::int64_t c = 0; c < n_; ++c) {
      const N y = f(x.at(c));
      at(c) = y;
      total = total + where(label.is(c), 0.0, y);
    }
    return total;
  }
  template <class F>
  void finish(F f) {
    for (std::int64_t c = 0; c < n_; ++c) at(c) = f(at(c)) * factor_;
  }
  template <class F>
  void finish(const std::vector<double>& values, F f) {
    for (std::int64_t c = 0; c < n_; ++c)
      at(c) = f(at(c), SideRows<T>::value_at(values, c)) * factor_;
  }
  void set(const SideLabels<T>& label, const N& number) {
    const N value = number * factor_;
    for (std::int64_t c = 0; c < n_; ++c) at(c) = where(label.is(c), value, at(c));
  }

 private:
  N& at(std::int64_t c) { return all_[static_cast<std::size_t>(c)]; }

  SideNumbers<T>& all_;
  N factor_;
  std::int64_t n_;
};

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
