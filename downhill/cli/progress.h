#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace downhill::cli {

/// Progress on standard error: on a terminal a bar that is drawn at most ten times a second and wiped
/// out at the end, for the result says more; else a plain line every ten seconds.
///
///     ProgressBar bar(quiet);
///     ... if (bar.due()) bar.show(0.3, "epoch 30/100  loss 0.21");
class ProgressBar {
 public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool due() const;
  void show(double share, std::string_view text);
  void say(const std::string& line);  ///< news that stay, above the bar

 private:
  using Clock = std::chrono::steady_clock;

  void wipe();

  bool silent_, moving_, drawn_ = false;
  Clock::time_point begin_, next_;
};

/// The bar in a line of `width` characters at most: "[#####     ]  50 %  text".
std::string progress_line(double share, std::string_view text, int width);

/// "12 s", "3 min 20 s", "2 h 5 min".
std::string duration(double seconds);

}  // namespace downhill::cli
