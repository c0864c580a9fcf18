#pragma once

namespace downhill {

/// Records, also inside a `NoGraph` or a backward pass: for an operation whose own value or slope is
/// found by differentiating something else.
class WithGraph {
 public:
  WithGraph() noexcept;
  ~WithGraph();
  WithGraph(const WithGraph&) = delete;
  WithGraph& operator=(const WithGraph&) = delete;

 private:
  bool before_;
};

}  // namespace downhill
