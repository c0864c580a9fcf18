#include "downhill/cli/live.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include "downhill/core/error.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"
#include "tests/report/sample_runs.h"

namespace downhill::cli {
namespace {

using testing_files::Directory;
using testing_files::get;

int port_of(const LiveView& live) {
  const std::string address = live.address();
  return std::stoi(address.substr(address.find_last_of(':') + 1));
}

/// A run of so many epochs.
RunLog after(std::int64_t epochs) {
  RunLog log = sample::classifier_run();
  std::erase_if(log.epochs, [&](const EpochRecord& epoch) { return epoch.epoch > epochs; });
  return log;
}

TEST(LiveView, ServesThePageOfTheLastEpoch) {
  LiveView live(0);
  httplib::Client client("127.0.0.1", port_of(live));
  EXPECT_NE(client.Get("/")->body.find("first epoch is under way"), std::string::npos);
  live.observer()->after_epoch(after(1));
  EXPECT_NE(client.Get("/")->body.find("data-epoch=\"1\""), std::string::npos);
  live.observer()->after_epoch(after(2));
  const auto page = client.Get("/");
  EXPECT_NE(page->body.find("data-epoch=\"2\""), std::string::npos);
  EXPECT_NE(page->body.find("connect-src 'self'"), std::string::npos);
  EXPECT_EQ(client.Get("/etc/passwd")->status, 404);
}

TEST(LiveView, SendsAnEventForEachEpochAndOneAtTheEnd) {
  std::optional<LiveView> live(std::in_place, 0);
  const int port = port_of(*live);
  std::string events;
  std::thread reader([&] {
    httplib::Client client("127.0.0.1", port);
    client.Get("/events", [&](const char* data, std::size_t size) {
      events.append(data, size);
      return true;
    });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  live->observer()->after_epoch(after(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  live->observer()->after_epoch(after(2));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  live.reset();
  reader.join();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = events.find("event: epoch", at)) != std::string::npos; ++at)
    ++count;
  EXPECT_GE(count, 2U) << events;
}

TEST(LiveView, RefusesPagesOfOtherNames) {
  LiveView live(0);
  httplib::Client client("127.0.0.1", port_of(live));
  EXPECT_EQ(client.Get("/", {{"Host", "evil.example"}})->status, 403);
}

TEST(LiveView, APortThatIsTakenIsRefused) {
  LiveView live(0);
  EXPECT_THROW(LiveView{port_of(live)}, FileError);
}

TEST(LiveView, ThePageFollowsTheRunInABrowser) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "chromium is not installed";
  const Directory place;
  std::optional<LiveView> live(std::in_place, 0);
  live->observer()->after_epoch(after(1));
  const std::string command =
      "cd '" + place.path().string() +
      "' && timeout 60 chromium --headless --no-sandbox --disable-gpu " +
      "--no-first-run --user-data-dir=profile --virtual-time-budget=3000 --dump-dom " +
      live->address() + " >dom.txt 2>log.txt";
  auto browser = std::async(std::launch::async, [&] { return std::system(command.c_str()); });
  std::this_thread::sleep_for(std::chrono::seconds(5));
  live->observer()->after_epoch(after(3));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  live.reset();
  EXPECT_EQ(browser.get(), 0);
  const std::string dom = get(place / "dom.txt");
  EXPECT_NE(dom.find("data-epoch=\"3\""), std::string::npos) << dom.substr(0, 400);
  EXPECT_EQ(get(place / "log.txt").find("Uncaught"), std::string::npos);
  std::filesystem::remove_all(place / "profile");
}

TEST(TrainCommand, LivePortsAreChecked) {
  for (const char* port : {"-1", "65536", "x"})
    EXPECT_EQ(testing_cli::run({"train", "a.csv", "--target", "y", "--live", port}).code, 2)
        << port;
}

}  // namespace
}  // namespace downhill::cli
