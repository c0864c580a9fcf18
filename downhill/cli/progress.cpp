#include "downhill/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/terminal.h"

namespace downhill::cli {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kRedraw{100}, kPlain{10000};
constexpr int kTextWidth = 66;  // share and words beside the bar

}  // namespace

ProgressBar::ProgressBar(bool quiet)
    : silent_(quiet),
      moving_(progress_may_move()),
      begin_(Clock::now()),
      next_(begin_ + (moving_ ? kRedraw : kPlain)) {}

ProgressBar::~ProgressBar() { wipe(); }

void ProgressBar::wipe() {
  if (drawn_) note("\r\x1b[K");
  drawn_ = false;
}

bool ProgressBar::due() const { return !silent_ && Clock::now() >= next_; }

void ProgressBar::show(double share, std::string_view text) {
  if (silent_) return;
  const Clock::time_point now = Clock::now();
  next_ = now + (moving_ ? kRedraw : kPlain);
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  std::string words(text);
  if (share > 0 && share < 1 && seconds > 1)
    words += fmt::format("  {} left", duration(seconds * (1 - share) / share));
  if (!moving_) return note(fmt::format("{:3.0f} %  {}\n", 100 * share, words));
  note("\r" + progress_line(share, words, terminal_width() - 1) + "\x1b[K");
  drawn_ = true;
}

void ProgressBar::say(const std::string& line) {
  if (silent_) return;
  wipe();
  note(line + "\n");
}

std::string progress_line(double share, std::string_view text, int width) {
  share = std::clamp(share, 0.0, 1.0);
  std::string line;
  const int cells = std::min(width - kTextWidth, 30);  // by the width alone, so that it stays put
  if (cells >= 5) {
    const int full = static_cast<int>(share * cells);
    line = fmt::format("[{}{}] ", std::string(static_cast<std::size_t>(full), '#'),
                       std::string(static_cast<std::size_t>(cells - full), ' '));
  }
  line += fmt::format("{:3.0f} %  {}", 100 * share, text);
  return line.substr(0, static_cast<std::size_t>(std::max(width, 0)));
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(std::clamp(seconds, 0.0, 1e12) + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace downhill::cli
