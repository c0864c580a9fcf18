#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/landscape_shown.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/same_file.h"
#include "downhill/report/landscape_page.h"
#include "downhill/report/lines.h"
#include "downhill/train/landscape_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Draws the loss around a finished run, on its training rows: over a plane or along a line, in\n"
    "the directions of the Hessian's eigenvectors (where a saddle can be seen), in random ones, "
    "in\n"
    "those in which the run moved, or towards another run.\n";

struct Request {
  std::string run, data, directions = "hessian", to, picture, page, out;
  RunLandscapeOptions options;
  bool quiet = false;
};

bool read_request(Request& request, const Words& words) {
  RunLandscapeOptions& o = request.options;
  std::int64_t points = o.points, seed = 0;
  Arguments arguments("landscape", kSummary,
                      "downhill landscape run/digits --picture plane.svg --page plane.html");
  arguments.positional("RUN", request.run, "a run directory that train wrote");
  arguments.text("--directions", "hessian|random|trajectory", request.directions, "of the plane");
  arguments.text("--to", "RUN", request.to, "another run: the way there, and the barrier on it");
  arguments.flag("--line", o.line, "along the first direction only");
  arguments.number("--points", "N", points, {3, 2001}, "of a side");
  arguments.number("--range", "X", o.range, kNonNegative,
                   "each way, in units of the directions; 0: chosen");
  arguments.text("--data", "FILE", request.data, "where the run's table lies now, if it has moved");
  arguments.number("--rows", "N", o.rows, {1, 1e9}, "training rows at most: a sample");
  arguments.number("--seed", "N", seed, {0, kCount.high}, "of random directions");
  arguments.picture("--picture", request.picture, "contours, or curves of a line");
  arguments.text("--page", "F.html", request.page, "the surface, to turn and zoom");
  arguments.text("--out", "F.json", request.out, "all figures, saved after each row");
  arguments.flag("--resume", o.resume, "go on with the figures in --out");
  if (!arguments.parse(words)) return false;
  if (request.run.empty()) throw_argument("RUN", "is empty; expected a run directory");
  constexpr auto known = words_of(Directions{});
  const auto found = std::ranges::find(known, request.directions);
  if (found == known.end() || request.directions == "to")
    throw_unknown("--directions", request.directions,
                  std::array<std::string, 3>{"hessian", "random", "trajectory"});
  o.directions =
      request.to.empty() ? static_cast<Directions>(found - known.begin()) : Directions::to;
  if (!request.to.empty() && request.directions != "hessian")
    throw_argument("--to", "and --directions exclude each other");
  if (o.line && !request.page.empty())
    throw_argument("--page", "shows a plane; a line has a --picture");
  o.points = static_cast<int>(points);
  o.seed = static_cast<std::uint64_t>(seed);
  o.to = request.to;
  o.data = request.data;
  o.out = request.out;
  request.quiet = arguments.quiet();
  return true;
}

std::string picture_of_line(const RunLandscape& l) {
  const LandscapeAxis& axis = l.axes[0];
  std::vector<double> x;
  for (int i = 0; i < l.points; ++i) x.push_back(landscape_place(axis.low, axis.high, l.points, i));
  LinesPicture picture{.title = l.title, .x = axis.name, .y = "loss"};
  picture.lines.push_back({"the loss", x, l.values});
  for (std::size_t i = 0; i < l.again.size(); ++i)
    picture.lines.push_back({fmt::format("another, seed +{}", i + 2), x, l.again[i]});
  picture.marks.push_back({"this run", 0});
  if (l.other_loss) picture.marks.push_back({"the other run", 1});
  return lines_svg(picture);
}

std::string picture_of_plane(const LandscapeShown& shown) {
  return contour_svg(shown.grid, shown.path, shown.text);
}

std::string text_of(const RunLandscape& l, const Request& request) {
  std::string text = fmt::format("{}\n  {:<12} {:.6g}\n", l.title, "loss", l.center);
  double lowest = l.center, highest = l.center;
  std::size_t lost = 0;
  for (const double value : l.values) {
    if (!std::isfinite(value)) ++lost;
    else lowest = std::min(lowest, value), highest = std::max(highest, value);
  }
  text += fmt::format("  {:<12} {:.6g} to {:.6g} over {} points{}\n", "seen", lowest, highest,
                      l.values.size(), lost > 0 ? fmt::format("; {} are not finite", lost) : "");
  for (const LandscapeAxis& axis : l.axes)
    text +=
        fmt::format("  {:<12} {}: {:.4g} to {:.4g}, of length {:.4g}\n",
                    &axis == &l.axes[0] ? "x" : "y", axis.name, axis.low, axis.high, axis.length);
  if (l.barrier)
    text += fmt::format("  {:<12} {:.6g} there, barrier {:.6g}\n", "other run", *l.other_loss,
                        *l.barrier);
  for (const auto& line : l.again)
    text += fmt::format("  {:<12} {:.6g} to {:.6g} along another random direction\n", "",
                        *std::ranges::min_element(line), *std::ranges::max_element(line));
  text += l.about + "\n";
  for (const auto& [what, file] :
       {std::pair("picture", &request.picture), std::pair("page", &request.page),
        std::pair("figures", &request.out)})
    if (!file->empty()) text += fmt::format("{} in {}\n", what, *file);
  return text;
}

}  // namespace

int landscape_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  std::vector<NamedFile> inputs = files_of_runs({request.run, request.to});
  inputs.push_back({"--data", request.data});
  check_outputs(
      inputs, std::array{NamedFile{"--picture", request.picture}, NamedFile{"--page", request.page},
                         NamedFile{"--out", request.out}});
  const Interrupt interrupt;
  ProgressBar bar(request.quiet);
  request.options.stop = interrupt.token();
  request.options.progress = [&](std::int64_t done, std::int64_t of) {
    if (bar.due())
      bar.show(static_cast<double>(done) / static_cast<double>(of),
               fmt::format("point {} of {}", done, of));
  };
  const RunLandscape found = landscape_of_run(request.run, request.options);
  if (!found.note.empty() && !request.quiet) note_all({found.note});
  if (found.stopped) {
    if (!found.values.empty() && !request.out.empty())
      note(fmt::format("downhill: interrupted; {} holds the rows that are done, --resume goes on\n",
                       request.out));
    return kInterrupted;
  }
  if (!request.picture.empty())
    write_picture(request.picture, request.options.line ? picture_of_line(found)
                                                        : picture_of_plane(landscape_shown(found)));
  if (!request.page.empty()) write_atomically(request.page, landscape_page(landscape_shown(found)));
  print(text_of(found, request));
  return kOk;
}

}  // namespace downhill::cli
