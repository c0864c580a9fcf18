#include "downhill/doctor/list.h"
#include "downhill/doctor/symptom.h"

namespace downhill {

const std::vector<Symptom>& symptoms() {
  static const std::vector<Symptom> all = [] {
    std::vector<Symptom> list;
    Symptoms::for_each([&]<class S>() { list.push_back({S::name, S::rule, S::source}); });
    return list;
  }();
  return all;
}

}  // namespace downhill
