#pragma once
#include <memory>
#include <string>

#include "downhill/train/observer.h"

namespace downhill::cli {

/// The report of a run under way, served on the loopback address for as long as it lives: the page at "/",
/// and an event after each epoch at "/events". Nothing but this machine can reach it, and requests under
/// other host names are refused.
class LiveView {
 public:
  /// Port 0: any that is free. FileError (write) where the port cannot be had.
  explicit LiveView(int port);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  std::string address() const;  ///< "http://127.0.0.1:8712/"
  /// To be called by the run after each epoch.
  ObserverPtr observer();

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace downhill::cli
