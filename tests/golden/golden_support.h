#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

/// Runs the cases of a file of tests/golden; skipped ones are printed with their reason. A case that
/// throws is one failure.
template <class Run>
void run_golden(const std::string& file, Run&& run) {
  std::ifstream in(std::string(DOWNHILL_SOURCE_DIR) + "/tests/golden/" + file);
  ASSERT_TRUE(in) << file;
  int ran = 0, skipped = 0;
  for (const auto& one : nlohmann::json::parse(in)) {
    SCOPED_TRACE(one.at("id").get<std::string>());
    if (one.contains("skipped")) {
      std::printf("  skipped %s: %s\n", one["id"].get<std::string>().c_str(),
                  one["skipped"].get<std::string>().c_str());
      ++skipped;
      continue;
    }
    try {
      run(one);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    ++ran;
  }
  std::printf("  %s: %d cases ran, %d skipped with the reasons above\n", file.c_str(), ran,
              skipped);
  EXPECT_GT(ran, 0);
}

/// A number of such a file; infinities and NaN are written as text.
inline double golden_number(const nlohmann::json& value) {
  if (!value.is_string()) return value.get<double>();
  const std::string text = value.get<std::string>();
  return text == "inf" ? HUGE_VAL : text == "-inf" ? -HUGE_VAL : std::nan("");
}

inline void expect_golden(double ours, const nlohmann::json& expected,
                          const nlohmann::json& tolerance, double least = 0) {
  const double exact = golden_number(expected);
  if (!std::isfinite(exact)) {
    EXPECT_TRUE(ours == exact || (std::isnan(ours) && std::isnan(exact)))
        << ours << " against " << exact;
    return;
  }
  const double atol = std::max(least, tolerance["atol"].get<double>());
  EXPECT_NEAR(ours, exact, atol + tolerance["rtol"].get<double>() * std::abs(exact));
}
