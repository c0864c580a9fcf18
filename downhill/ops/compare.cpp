#include "downhill/ops/compare.h"

#include "downhill/core/error.h"
#include "downhill/ops/map.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

template <class Compare>
Tensor mask(const char* name, const Tensor& a, const Tensor& b, Compare compare) {
  check_same_type(name, "the first argument", a, "the second argument", b);
  const Shape shape = broadcast(name, a.shape(), b.shape());
  const Tensor x = expand(a.detach(), shape), y = expand(b.detach(), shape);
  Tensor result = Tensor::empty(shape, Type::u8);
  with_type(a.type(), [&]<class T>() {
    const T *px = x.data<T>(), *py = y.data<T>();
    auto* out = result.data<std::uint8_t>();
    for (std::int64_t i = 0; i < shape.elements(); ++i) out[i] = compare(px[i], py[i]) ? 1 : 0;
  });
  return result;
}

template <class Compare>
Tensor mask(const char* name, const Tensor& a, double b, Compare compare) {
  check_defined(name, "the first argument", a);
  return mask(name, a, Tensor::scalar(b, a.type()), compare);
}

constexpr auto kLess = [](auto a, auto b) { return a < b; };
constexpr auto kLessEqual = [](auto a, auto b) { return a <= b; };
constexpr auto kGreater = [](auto a, auto b) { return a > b; };
constexpr auto kGreaterEqual = [](auto a, auto b) { return a >= b; };

}  // namespace

Tensor operator<(const Tensor& a, const Tensor& b) { return mask("less", a, b, kLess); }
Tensor operator<=(const Tensor& a, const Tensor& b) { return mask("less_equal", a, b, kLessEqual); }
Tensor operator>(const Tensor& a, const Tensor& b) { return mask("greater", a, b, kGreater); }
Tensor operator>=(const Tensor& a, const Tensor& b) {
  return mask("greater_equal", a, b, kGreaterEqual);
}
Tensor operator<(const Tensor& a, double b) { return mask("less", a, b, kLess); }
Tensor operator<=(const Tensor& a, double b) { return mask("less_equal", a, b, kLessEqual); }
Tensor operator>(const Tensor& a, double b) { return mask("greater", a, b, kGreater); }
Tensor operator>=(const Tensor& a, double b) { return mask("greater_equal", a, b, kGreaterEqual); }
Tensor equal(const Tensor& a, const Tensor& b) {
  return mask("equal", a, b, [](auto x, auto y) { return x == y; });
}
Tensor isnan(const Tensor& x) {
  return mask("isnan", x, x, [](auto a, auto b) { return a != b; });
}

Tensor where(const Tensor& mask, const Tensor& yes, const Tensor& no) {
  check_defined("where", "mask", mask);
  check_floating("where", "yes", yes);
  check_same_type("where", "yes", yes, "no", no);
  if (mask.type() != Type::u8)
    throw_usage("where", "mask has type " + std::string(name_of(mask.type())) + "; expected uint8");
  const Shape shape = broadcast("where", broadcast("where", mask.shape(), yes.shape()), no.shape());
  const Tensor m = expand(mask, shape), a = expand(yes, shape), b = expand(no, shape);
  Tensor result = Tensor::empty(shape, yes.type());
  with_floating(yes.type(), [&]<class T>() {
    const auto* choose = m.data<std::uint8_t>();
    const T *pa = a.data<T>(), *pb = b.data<T>();
    T* out = result.data<T>();
    for (std::int64_t i = 0; i < shape.elements(); ++i) out[i] = choose[i] != 0 ? pa[i] : pb[i];
  });
  if (recorded({&a, &b})) {
    record("where", result, {&a, &b}, [saved = Saved(m)](const Cotangent& g, Cotangents& out) {
      const Tensor& choose = saved();
      const Tensor zero = Tensor::zeros(g.tensor.shape(), g.tensor.type());
      if (out.wanted(0)) out.set(0, where(choose, g.tensor, zero), g.scale);
      if (out.wanted(1)) out.set(1, where(choose, zero, g.tensor), g.scale);
    });
  }
  return result;
}

}  // namespace downhill
