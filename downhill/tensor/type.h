#pragma once
#include <cstddef>
#include <cstdint>

namespace downhill {

/// What a tensor holds: numbers in two precisions, labels and masks. Mixed types are refused,
/// never promoted.
enum class Type : std::uint8_t { f32, f64, i64, u8 };

constexpr std::size_t size_of(Type type) {
  return type == Type::f32 ? 4 : type == Type::u8 ? 1 : 8;
}
constexpr const char* name_of(Type type) {
  switch (type) {
    case Type::f32:
      return "float32";
    case Type::f64:
      return "float64";
    case Type::i64:
      return "int64";
    case Type::u8:
      return "uint8";
  }
  return "";
}
constexpr bool is_floating(Type type) { return type == Type::f32 || type == Type::f64; }

template <class T>
struct TypeOf;
template <>
struct TypeOf<float> {
  static constexpr Type value = Type::f32;
};
template <>
struct TypeOf<double> {
  static constexpr Type value = Type::f64;
};
template <>
struct TypeOf<std::int64_t> {
  static constexpr Type value = Type::i64;
};
template <>
struct TypeOf<std::uint8_t> {
  static constexpr Type value = Type::u8;
};
template <class T>
inline constexpr Type type_of = TypeOf<T>::value;

}  // namespace downhill
