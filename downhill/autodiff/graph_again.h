#pragma once

namespace downhill {

/// Recording again, within a `NoGraph`: for a closure of the user's that is called there.
class GraphAgain {
 public:
  GraphAgain() noexcept;
  ~GraphAgain();
  GraphAgain(const GraphAgain&) = delete;
  GraphAgain& operator=(const GraphAgain&) = delete;

 private:
  bool before_;
};

}  // namespace downhill
