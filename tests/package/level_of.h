#pragma once

/// The formula that both files compile: one name, two processor levels.
struct Own {
  constexpr auto operator()(auto p, auto y) const {
    const auto e = y - p;
    return where(e > 0, 10 * e * e, e * e);
  }
};

struct LevelResult {
  double value = 0, slope = 0;
  int lanes = 0;
};

LevelResult plain();
LevelResult fast();
