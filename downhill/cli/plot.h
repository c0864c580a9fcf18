#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace downhill::cli {

/// Curves over one x as text: braille dots for one curve, one letter for each of several (where they
/// meet, by turns). `rows` lines high, `width` characters wide with the axis; values that are not finite are left out. Ends that
/// rise far beyond the rest are cut off (report/panels.h).
std::string plot_text(const std::vector<std::vector<double>>& curves, std::size_t width,
                      std::size_t rows);

/// The letter of a curve in such a plot.
char plot_letter(std::size_t curve);

}  // namespace downhill::cli
