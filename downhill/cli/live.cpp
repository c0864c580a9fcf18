#include "downhill/cli/live.h"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "downhill/core/error.h"
#include "downhill/doctor/doctor.h"
#include "downhill/report/html.h"

namespace downhill::cli {

struct LiveView::Server {
  httplib::Server http;
  std::thread thread;
  int port = 0;
  std::atomic<bool> left = false;  ///< the thread does not serve any more

  std::mutex mutex;
  std::condition_variable changed;
  std::string page;  ///< of the last epoch
  std::int64_t version = 0;
  bool ended = false;

  void show(std::string fresh) {
    {
      const std::lock_guard lock(mutex);
      page = std::move(fresh);
      ++version;
    }
    changed.notify_all();
  }
  void end() {
    {
      const std::lock_guard lock(mutex);
      ended = true;
    }
    changed.notify_all();
  }
  /// Waits for something new, or a while; what to send.
  std::string next(std::int64_t& seen) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(5), [&] { return version != seen || ended; });
    if (version != seen) {
      seen = version;
      return fmt::format("event: epoch\ndata: {}\n\n", version);
    }
    return ended ? "event: end\ndata: end\n\n" : ": still here\n\n";
  }
  void add_routes();
};

namespace {

/// Shows the first epoch, and those after it of which the pages take at most a twentieth of the time:
/// a page costs milliseconds, and short epochs are many. It holds the server alone while the run lives.
class Shown : public Observer {
  using Clock = std::chrono::steady_clock;

 public:
  explicit Shown(std::function<void(std::string)> show) : show_(std::move(show)) {}
  std::string text() const override { return ""; }  // no part of the run
  std::optional<Stop> after_epoch(const RunLog& log) override {
    const auto begin = Clock::now();
    if (begin < next_) return {};
    DoctorOptions options;
    options.running = true;
    show_(live_report(log, diagnose(log, options)));
    const auto end = Clock::now();
    next_ = end + 19 * (end - begin);
    return {};
  }

 private:
  std::function<void(std::string)> show_;
  Clock::time_point next_ = {};
};

// A page of elsewhere whose name leads here must not read the run (DNS rebinding).
bool is_own_name(const httplib::Request& request, int port) {
  const std::string host = request.get_header_value("Host");
  return host == fmt::format("127.0.0.1:{}", port) || host == fmt::format("localhost:{}", port);
}

}  // namespace

void LiveView::Server::add_routes() {
  http.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        if (is_own_name(request, port)) return httplib::Server::HandlerResponse::Unhandled;
        response.status = 403;
        return httplib::Server::HandlerResponse::Handled;
      });
  http.Get("/", [this](const httplib::Request&, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    response.set_header("Cache-Control", "no-store");
    response.set_content(page, "text/html; charset=utf-8");
  });
  http.Get("/events", [this](const httplib::Request&, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_chunked_content_provider(
        "text/event-stream",
        [this, seen = std::int64_t{-1}](size_t, httplib::DataSink& sink) mutable {
          const std::string text = next(seen);
          sink.write(text.data(), text.size());
          if (text.starts_with("event: end")) sink.done();
          return true;
        });
  });
}

LiveView::LiveView(int port) : server_(std::make_unique<Server>()) {
  Server& server = *server_;
  server.page =
      "<!DOCTYPE html><html><head><title>Downhill</title><meta http-equiv=\"refresh\" "
      "content=\"1\"></head><body>The first epoch is under way.</body></html>";
  server.add_routes();
  // Without SO_REUSEPORT, which the library sets: two programs would share a port.
  server.http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  if (port == 0) server.port = server.http.bind_to_any_port("127.0.0.1");
  else server.port = server.http.bind_to_port("127.0.0.1", port) ? port : -1;
  if (server.port < 0)
    throw FileError(
        FileError::Kind::write,
        fmt::format("--live: port {} of 127.0.0.1 cannot be had; another, or 0 for any", port));
  server.thread = std::thread([&server] {
    server.http.listen_after_bind();
    server.left = true;
  });
  // A server that does not yet run cannot be stopped.
  while (!server.http.is_running() && !server.left)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

LiveView::~LiveView() {
  server_->end();
  server_->http.stop();
  server_->thread.join();
}

std::string LiveView::address() const { return fmt::format("http://127.0.0.1:{}/", server_->port); }

ObserverPtr LiveView::observer() {
  return std::make_shared<Shown>([this](std::string page) { server_->show(std::move(page)); });
}

}  // namespace downhill::cli
