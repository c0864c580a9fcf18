#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "downhill/report/html.h"
#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has_chromium() { return std::system("command -v chromium >/dev/null 2>&1") == 0; }

/// Opens a page in headless Chromium, in a folder of its own.
class Browser {
 public:
  explicit Browser(const std::string& page)
      : folder_(fs::path(::testing::TempDir()) / ("downhill_browser_" + std::to_string(::getpid()) +
                                                  "_" + std::to_string(++count_))) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "report.html", std::ios::binary) << page;
  }
  ~Browser() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  int run(const std::string& options) {
    const std::string place = folder_.string();
    const std::string command =
        "cd '" + place +
        "' && timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic " +
        "--no-first-run --disable-background-networking --disable-component-update "
        "--disable-sync " +
        "--user-data-dir='" + place + "/profile' --enable-logging=stderr --v=0 " +
        "--virtual-time-budget=3000 --window-size=1200,2000 " + options + " 'file://" + place +
        "/report.html' >dom.txt 2>log.txt";
    return std::system(command.c_str());
  }
  std::string dom() const { return read_text(folder_ / "dom.txt"); }
  std::string log() const { return read_text(folder_ / "log.txt"); }
  fs::path file(const char* name) const { return folder_ / name; }

 private:
  static inline int count_ = 0;
  fs::path folder_;
};

// Every chart must have drawn its canvas, and the console must stay empty.
void expect_drawn(const RunLog& log, const Verdict& verdict, int charts) {
  Browser browser(html_report(log, verdict));
  ASSERT_EQ(browser.run("--dump-dom"), 0) << browser.log();
  EXPECT_EQ(browser.log().find("CONSOLE"), std::string::npos) << browser.log();
  const std::string mark = "data-rendered=\"" + std::to_string(charts) + "\"";
  EXPECT_NE(browser.dom().find(mark), std::string::npos) << browser.log();
}

TEST(ReportBrowser, EveryChartIsDrawnWithoutAnError) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  expect_drawn(sample::classifier_run(), sample::some_verdict(), 4);
  expect_drawn(sample::classifier_run(1), sample::some_verdict("healthy"), 4);
  expect_drawn(sample::long_run(100000), sample::some_verdict("diverging"), 3);
}

TEST(ReportBrowser, HostileNamesRunNothing) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  RunLog log = sample::classifier_run(3);
  const std::string evil = "</script><img src=x onerror=console.error(1)>";
  log.start.config = {{evil, evil}};
  for (auto& record : log.epochs) record.metrics = {{evil, 0.5}};
  expect_drawn(log, Verdict{.name = evil, .summary = evil}, 4);
}

TEST(ReportBrowser, AScreenshotIsAPicture) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  Browser browser(html_report(sample::classifier_run(), sample::some_verdict()));
  ASSERT_EQ(browser.run("--screenshot=page.png"), 0) << browser.log();
  EXPECT_GT(fs::file_size(browser.file("page.png")), 20000U);
}

}  // namespace
}  // namespace downhill
