#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/inspect/landscape.h"

namespace downhill {

/// Along what a run's landscape is shown.
enum class Directions {
  hessian,     ///< eigenvectors of the smallest and largest eigenvalue of the Hessian
  random,      ///< filter-normalised
  trajectory,  ///< in which the run moved most: it is trained again, bit for bit
  to,          ///< to another run's weights, and a random one
};
constexpr std::array<const char*, 4> words_of(Directions) {
  return {"hessian", "random", "trajectory", "to"};
}

struct RunLandscapeOptions {
  Directions directions = Directions::hessian;
  std::filesystem::path data = {};  ///< where the run's table lies now; empty: where the run says
  std::filesystem::path to = {};    ///< the other run
  bool line = false;                ///< along the first direction only
  int points = 51;                  ///< of a side
  double range = 0;                 ///< each way, in units of the directions; 0: chosen
  std::int64_t rows = 1024;         ///< of the training rows, at most
  std::uint64_t seed = 0;           ///< of random directions
  std::filesystem::path out = {};   ///< figures as JSON, after each row; empty: not kept
  bool resume = false;              ///< go on with `out`
  std::stop_token stop = {};
  std::function<void(std::int64_t done, std::int64_t of)> progress = {};
};

struct LandscapeAxis {
  std::string name;  ///< "eigenvector of h1 = 3.2"
  double low, high;  ///< in units of the direction
  double length;     ///< of the direction, in the parameters' space
};

/// The loss around a finished run on its training rows, dropout off.
struct RunLandscape {
  Directions directions = Directions::hessian;
  std::vector<LandscapeAxis> axes;  ///< one for a line
  int points = 0;
  std::vector<double> values;                    ///< of the loss; row by row from low y to high
  double center = 0;                             ///< the loss at the run's weights
  std::optional<double> other_loss = {};         ///< at the other run's
  std::optional<double> barrier = {};            ///< on the straight way there
  std::vector<std::array<double, 2>> path = {};  ///< of the trajectory, in the plane
  double farthest_off = 0;                       ///< of the path's points from the plane
  double farthest = 0;                           ///< of them from the run's weights
  /// Along two further random directions, at the same distances as the first axis.
  std::vector<std::vector<double>> again = {};
  std::string title = {}, about = {};  ///< file, target and model; one sentence on the directions
  std::string note = {};               ///< the table is another than the one of the run
  bool stopped = false;
};

/// UsageError: options out of range, another run of another model; FileError for files.
RunLandscape landscape_of_run(const std::filesystem::path& run,
                              const RunLandscapeOptions& options = {});

}  // namespace downhill
