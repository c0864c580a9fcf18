// downhill_bench [FILTER] [--one-thread] [--out FILE]: the speed table, ours beside libtorch's.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/table.h"
#include "downhill/core/memory.h"

int main(int argc, char** argv) {
  downhill::keep_large_vectors();  // as the command does; else rows depend on those before
  std::string filter, out;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--out" && i + 1 < argc) out = argv[++i];
    else if (word == "--one-thread") bench::time_one_thread();
    else filter = word;
  }
  // Repetitions of a row's contenders are interleaved in random order.
  std::string program = "downhill_bench", interleave = "--benchmark_enable_random_interleaving";
  char* arguments[] = {program.data(), interleave.data(), nullptr};
  int count = 2;
  benchmark::Initialize(&count, arguments);

  std::vector<bench::Row> rows;
  for (const auto& part :
       {bench::machine_rows(), bench::step_rows(), bench::loss_rows(), bench::optimizer_rows(),
        bench::allocation_rows(), bench::instrument_rows(), bench::every_loss_rows()})
    rows.insert(rows.end(), part.begin(), part.end());
  bench::run_table(rows, filter, out);
}
