#include "bench/table.h"

#include <benchmark/benchmark.h>
#include <cblas.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench/torch_side.h"
#include "downhill/core/parallel.h"
#include "downhill/tensor/product.h"

namespace bench {
namespace {

using Json = nlohmann::ordered_json;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

/// Whether times are the processor's, of one thread: what holds beside other programs.
bool one_thread = false;

/// Takes every single measurement from Google Benchmark.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      std::string name = run.run_name.function_name;
      const double time = one_thread ? run.cpu_accumulated_time : run.real_accumulated_time;
      seconds[name].push_back(time / static_cast<double>(run.iterations));
    }
  }
  std::map<std::string, std::vector<double>> seconds;
};

std::map<std::string, std::vector<double>> measure(const Row& row) {
  const std::vector<Contender> contenders = row.contenders();
  for (const Contender& contender : contenders) {
    const auto body = [&contender](benchmark::State& state) {
      contender.prepare();
      // Threads of the contender before may still be spinning.
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      contender.work();
      for (auto _ : state) contender.work();
    };
    auto* const benchmark = benchmark::RegisterBenchmark(contender.name.c_str(), body)
                                ->MinTime(row.seconds)
                                ->Repetitions(row.repetitions);
    if (one_thread) benchmark->MeasureProcessCPUTime();
    else benchmark->UseRealTime();
  }
  Collector collector;
  if (contenders.empty()) return {};
  benchmark::RunSpecifiedBenchmarks(&collector, ".*");
  benchmark::ClearRegisteredBenchmarks();
  return collector.seconds;
}

std::string pretty(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  return fmt::format("{:.4g} ms", seconds * 1e3);
}

std::string figure(const Claim& claim) {
  return fmt::format("{:.3g} (at {} {:.3g})", claim.value, claim.at_least ? "least" : "most",
                     claim.goal);
}

Json report(const Row& row) {
  const auto seconds = measure(row);
  Times medians;
  Json json{{"row", row.name}, {"seconds", Json::object()}, {"claims", Json::array()}};
  fmt::print("{}\n", row.name);
  for (const auto& [name, all] : seconds) {
    medians[name] = median(all);
    json["seconds"][name] = {{"median", medians[name]}, {"all", all}};
    fmt::print("    {:<34}{:>12}\n", name, pretty(medians[name]));
  }
  for (const Claim& claim : row.claims(medians)) {
    json["claims"].push_back({{"text", claim.text},
                              {"value", claim.value},
                              {"goal", claim.goal},
                              {"at_least", claim.at_least},
                              {"reached", claim.reached()}});
    fmt::print("  {} {:<38}{}\n", claim.reached() ? "ok  " : "MISS", claim.text, figure(claim));
  }
  std::fflush(stdout);
  return json;
}

void print_claims(const Json& rows) {
  fmt::print("\n| work | figure | at least / at most | measured | |\n|---|---|---|---|---|\n");
  for (const Json& row : rows)
    for (const Json& claim : row["claims"])
      fmt::print("| {} | {} | {} {:.3g} | {:.3g} | {} |\n", row["row"].get<std::string>(),
                 claim["text"].get<std::string>(),
                 claim["at_least"].get<bool>() ? ">=" : "<=", claim["goal"].get<double>(),
                 claim["value"].get<double>(), claim["reached"].get<bool>() ? "" : "**missed**");
}

}  // namespace

void time_one_thread() { one_thread = true; }

void add_torch(std::vector<Contender>& contenders, const std::function<void()>& work,
               const std::vector<int>& blas_threads) {
  if (one_thread) {
    const auto prepare = [] {
      torch_side::set_threads(1);
      openblas_set_num_threads(1);
    };
    contenders.push_back({"libtorch threads 1 blas 1", prepare, work});
    return;
  }
  for (const int torch : {1, 2}) {
    for (const int blas : blas_threads) {
      contenders.push_back({fmt::format("libtorch threads {} blas {}", torch, blas),
                            [torch, blas] {
                              torch_side::set_threads(torch);
                              openblas_set_num_threads(blas);
                            },
                            work});
    }
  }
}

Contender ours(std::function<void()> work, const std::string& name) {
  const auto prepare = [] {
    downhill::set_threads(one_thread ? 1 : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  };
  return {name, prepare, std::move(work)};
}

double fastest_torch(const Times& times) {
  double best = 0;
  for (const auto& [name, seconds] : times)
    if (name.starts_with("libtorch") && (best == 0 || seconds < best)) best = seconds;
  return best;
}

Claim against_torch(const Times& times, double goal, const std::string& name) {
  return {"times libtorch", fastest_torch(times) / times.at(name), goal, true};
}

Claim against_triad(const Times& times, double bytes, double goal, const std::string& name) {
  return {"of the triad's bandwidth", bytes / 12 / kTriad * times.at("triad") / times.at(name),
          goal, true};
}

void run_table(const std::vector<Row>& rows, const std::string& filter, const std::string& path) {
  Json results = Json::array();
  for (const Row& row : rows)
    if (filter.empty() || row.name.find(filter) != std::string::npos)
      results.push_back(report(row));
  print_claims(results);
  if (path.empty()) return;
  const Json all{{"libtorch", torch_side::version()},
                 {"blas", downhill::blas_description()},
                 {"processors", sysconf(_SC_NPROCESSORS_ONLN)},
                 {"one thread", one_thread},
                 {"rows", results}};
  std::ofstream(path) << all.dump(1) << '\n';
  fmt::print("\nwritten to {}\n", path);
}

}  // namespace bench
