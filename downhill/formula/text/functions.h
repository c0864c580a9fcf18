#pragma once
#include <numbers>

// The functions of one number that a text may call, a row each: name, and the slope at x, where y is
// the value. Everything else follows from the row: the operation, its name in a text, its value on
// doubles (std::name, or one in graph.cpp) and on lanes, its derivatives. At its kink abs has slope
// 0. A slope keeps its digits where the function is flat: that of sigmoid is not y (1 - y).

// clang-format off
#define DOWNHILL_TEXT_FUNCTIONS(ROW)                     \
  ROW(abs, sign(x))                                      \
  ROW(exp, y)                                            \
  ROW(log, 1.0 / x)                                      \
  ROW(log1p, 1.0 / (x + 1.0))                            \
  ROW(expm1, exp(x))                                     \
  ROW(sqrt, 0.5 / y)                                     \
  ROW(tanh, 1.0 - y * y)                                 \
  ROW(sigmoid, y * sigmoid(-x))                          \
  ROW(softplus, sigmoid(x))                              \
  ROW(erf, 2 * std::numbers::inv_sqrtpi * exp(-(x * x))) \
  ROW(sin, cos(x))                                       \
  ROW(cos, -sin(x))                                      \
  ROW(atan, 1.0 / (x * x + 1.0))                         \
  ROW(sign, 0.0)
// clang-format on
