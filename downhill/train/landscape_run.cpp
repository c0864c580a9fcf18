#include "downhill/train/landscape_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "downhill/core/error.h"
#include "downhill/inspect/directions.h"
#include "downhill/inspect/spectrum.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/runlog/reader.h"
#include "downhill/runlog/train_command.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/places.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/detail/tensors_of.h"
#include "downhill/train/files.h"
#include "downhill/train/landscape_file.h"
#include "downhill/train/table_run.h"

namespace downhill {
namespace {

using flat::Vector;

struct Axes {
  Vector x, y;
  std::string x_name, y_name;
  double x_reach = 1, y_reach = 1;
  double x_from = 0, y_from = 0;  ///< the middle of the window
};

class Measurement {
 public:
  Measurement(const std::filesystem::path& path, const RunLandscapeOptions& options)
      : path_(path),
        o_(options),
        run_(finished_run(path, options.data)),
        mode_(run_.model.model),
        loss_of_(run_.model.loss_of()),
        batch_(detail::sample(run_.rows, o_.rows, run_.seed).all()),
        objective_([this] { return loss_of_(batch_).mean * run_.model.card.head.k; }) {
    leaves_ = detail::tensors_of(run_.model.model.parameters());
    const ModelCard& card = run_.model.card;
    result_.title = fmt::format("{}: {} by {}", data_name(card), card.target, card.architecture);
    result_.directions = o_.directions;
    result_.points = o_.points;
    result_.note = run_.note;
  }

  RunLandscape run() {
    result_.center = objective_();
    Axes axes = choose();
    if (result_.stopped) return std::move(result_);
    if (o_.range > 0) axes.x_reach = axes.y_reach = o_.range;
    result_.axes = {{axes.x_name, axes.x_from - axes.x_reach, axes.x_from + axes.x_reach,
                     flat::length(axes.x)}};
    if (!o_.line)
      result_.axes.push_back({axes.y_name, axes.y_from - axes.y_reach, axes.y_from + axes.y_reach,
                              flat::length(axes.y)});
    measure(axes);
    if (o_.directions == Directions::random && !result_.stopped) measure_again();
    return std::move(result_);
  }

 private:
  static std::string data_name(const ModelCard& card) {
    const std::string data = value_of(card.training, "data");
    return data.empty() ? "run" : std::filesystem::path(data).filename().string();
  }
  Axes choose() {
    switch (o_.directions) {
      case Directions::random:
        return random();
      case Directions::trajectory:
        return trajectory();
      case Directions::to:
        return between();
      default:
        return hessian();
    }
  }
  Axes hessian();
  Axes random();
  Axes trajectory();
  Axes between();
  void measure(const Axes& axes);
  void measure_again();

  const std::filesystem::path& path_;
  const RunLandscapeOptions& o_;
  FinishedRun run_;
  detail::EvaluationMode mode_;
  LossOf loss_of_;
  Batch batch_;
  Objective objective_;
  Tensors leaves_;
  RunLandscape result_;
};

Axes Measurement::hessian() {
  const LocalModel here = local_model(objective_, leaves_);
  const Spectrum ends = spectrum(here.hessian, count_elements(leaves_), {.seed = run_.seed});
  // So far that the loss rises by three times itself either way, within the size of the weights.
  const double size = std::max(flat::length(flatten(leaves_)), 1e-3);
  const double highest = here.loss + 3 * std::max(std::abs(here.loss), 1e-12);
  const auto reach = [&](const Vector& direction) {
    double distance = 0.5 * size;
    for (int halvings = 0; halvings < 40; ++halvings, distance /= 2) {
      const std::vector<double> values =
          landscape(objective_, leaves_, direction, direction,
                    {.columns = 2, .rows = 1, .x_low = -distance, .x_high = distance});
      if (values[0] <= highest && values[1] <= highest) break;
    }
    return distance;
  };
  result_.about =
      "along the Hessian's eigenvectors of its largest and smallest eigenvalue: a saddle shows "
      "both "
      "of its curvatures here, which random directions average out (Boettcher and Wheeler 2022)";
  const double unit = run_.model.card.head.k;  // as `curvature` has them
  return {ends.h1.vector,
          ends.hn.vector,
          fmt::format("eigenvector of h1 = {:.3g}", ends.h1.value / unit),
          fmt::format("eigenvector of hn = {:.3g}", ends.hn.value / unit),
          reach(ends.h1.vector),
          reach(ends.hn.vector)};
}

Axes Measurement::random() {
  result_.about =
      "along random directions in which each neuron moves in proportion to its weights (Li et al. "
      "2018); saddles look like minima in such pictures: --directions hessian shows them";
  return {filter_normalized(leaves_, o_.seed), filter_normalized(leaves_, o_.seed + 1),
          fmt::format("random direction {}, filter-normalised", o_.seed),
          fmt::format("random direction {}", o_.seed + 1)};
}

Axes Measurement::trajectory() {
  std::vector<Vector> places = detail::places_of_run(path_, run_.model.card, o_.stop);
  result_.stopped = places.empty();
  if (result_.stopped) return {};
  places.push_back(flatten(leaves_));  // the weights that were delivered
  const TrajectoryPlane plane = trajectory_plane(places);
  Axes axes{
      plane.x, plane.y,
      fmt::format("first component, {:.1f} % of the squared distance", 100 * plane.explained_x),
      fmt::format("second component, {:.1f} %", 100 * plane.explained_y)};
  const auto window = [](const Vector& along, double& middle, double& reach) {
    const auto [low, high] = std::ranges::minmax(along);
    middle = 0.5 * (low + high);
    reach = std::max(0.6 * (high - low), 1e-6);
  };
  window(plane.along_x, axes.x_from, axes.x_reach);
  window(plane.along_y, axes.y_from, axes.y_reach);
  for (std::size_t i = 0; i < plane.along_x.size(); ++i) {
    result_.path.push_back({plane.along_x[i], plane.along_y[i]});
    result_.farthest_off = std::max(result_.farthest_off, plane.off[i]);
    result_.farthest =
        std::max(result_.farthest, std::hypot(plane.along_x[i], plane.along_y[i], plane.off[i]));
  }
  result_.about = fmt::format(
      "along the principal components of the run's places after each epoch; the path leaves the "
      "plane "
      "by up to {:.3g}, where it is up to {:.3g} long: the losses under it are those of the plane, "
      "not "
      "of the run",
      result_.farthest_off, result_.farthest);
  return axes;
}

Axes Measurement::between() {
  const FinishedRun other = finished_run(o_.to, o_.data);
  const Vector from = flatten(leaves_),
               to = flatten(detail::tensors_of(other.model.model.parameters()));
  const ModelCard &mine = run_.model.card, &theirs = other.model.card;
  if (mine.fingerprint != theirs.fingerprint || mine.target != theirs.target ||
      mine.loss != theirs.loss)
    throw_usage(
        "landscape",
        fmt::format("{} and {} were not trained on one table, target and loss: a way between "
                    "them says nothing",
                    path_.string(), o_.to.string()));
  if (theirs.architecture != mine.architecture || from.size() != to.size())
    throw_usage("landscape",
                fmt::format("{} has the model {} with {} parameters, {} has {} with {}",
                            path_.string(), run_.model.card.architecture, from.size(),
                            o_.to.string(), other.model.card.architecture, to.size()));
  Vector x = to;
  flat::add(x, -1, from);
  if (flat::length(x) == 0)
    throw_usage("landscape",
                fmt::format("{} and {} have the same weights", path_.string(), o_.to.string()));
  const Barrier found = barrier(objective_, leaves_, from, to);
  result_.barrier = found.height;
  result_.other_loss = found.along.back();
  result_.about = fmt::format(
      "from these weights (0) to those of {} (1), straight; the barrier between them is {:.4g} "
      "above "
      "the higher of the two{}",
      o_.to.string(), *result_.barrier,
      ": hidden units that stand in another order alone make one");
  return {x,
          filter_normalized(leaves_, o_.seed),
          "share of the way to the other run",
          fmt::format("random direction {}, filter-normalised", o_.seed),
          1,
          1,
          0.5,
          0};
}

void Measurement::measure(const Axes& axes) {
  LandscapeOptions grid{.columns = o_.points,
                        .rows = o_.line ? 1 : o_.points,
                        .x_low = result_.axes[0].low,
                        .x_high = result_.axes[0].high};
  if (!o_.line) {
    grid.y_low = result_.axes[1].low;
    grid.y_high = result_.axes[1].high;
  }
  grid.stop = o_.stop;
  grid.progress = o_.progress;
  std::vector<double> known;
  if (o_.resume) {
    RunLandscape begun = read_landscape(o_.out);
    if (!same_measurement(begun, result_))
      throw FileError(FileError::Kind::model,
                      fmt::format("{}: is the landscape of another run, or in other directions or "
                                  "ranges; another --out, or without --resume",
                                  o_.out.string()));
    known = std::move(begun.values);
  }
  if (!o_.out.empty())
    grid.row_done = [&](const std::vector<double>& values) {
      result_.values = values;
      write_landscape(o_.out, result_);
    };
  result_.values = landscape(objective_, leaves_, axes.x, axes.y, grid, std::move(known));
  result_.stopped = result_.values.size() <
                    static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows);
}

void Measurement::measure_again() {
  for (std::uint64_t k = 2; k < 4; ++k) {
    const Vector x = filter_normalized(leaves_, o_.seed + k);
    std::vector<double> line = landscape(objective_, leaves_, x, x,
                                         {.columns = o_.points,
                                          .rows = 1,
                                          .x_low = result_.axes[0].low,
                                          .x_high = result_.axes[0].high,
                                          .stop = o_.stop});
    result_.stopped = static_cast<int>(line.size()) < o_.points;
    if (result_.stopped) {
      result_.again.clear();
      return;
    }
    result_.again.push_back(std::move(line));
  }
  if (!o_.out.empty()) write_landscape(o_.out, result_);
}

void check(const RunLandscapeOptions& o) {
  const auto refuse = [](const char* what) { throw_usage("landscape", what); };
  if (o.points < 3 || o.points > 2001) refuse("points must be from 3 to 2001");
  if (!(o.range >= 0) || !std::isfinite(o.range)) refuse("range must be finite and not negative");
  if (o.rows < 1) refuse("rows must be at least 1");
  if ((o.directions == Directions::to) != !o.to.empty())
    refuse("the directions 'to' and another run go together");
  if (o.resume && o.out.empty()) refuse("to resume needs the file to go on with: --out");
}

}  // namespace

RunLandscape landscape_of_run(const std::filesystem::path& run,
                              const RunLandscapeOptions& options) {
  check(options);
  return Measurement(run, options).run();
}

}  // namespace downhill
