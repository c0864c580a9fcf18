#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

// The speed table: rows of contenders that run in turn in this process, and what is claimed of
// their medians.

namespace bench {

/// One way to do a row's work. `prepare` runs before each measurement (thread numbers, say).
struct Contender {
  std::string name;
  std::function<void()> prepare;
  std::function<void()> work;
};

/// Median seconds of one run of a row, by contender.
using Times = std::map<std::string, double>;

/// A figure of the table and the bound it is held to.
struct Claim {
  std::string text;
  double value = 0;
  double goal = 0;
  bool at_least = true;
  bool reached() const { return at_least ? value >= goal : value <= goal; }
};

struct Row {
  std::string name;
  std::function<std::vector<Contender>()> contenders;  ///< made just before the row runs
  std::function<std::vector<Claim>(const Times&)> claims;
  int repetitions = 9;
  double seconds = 0.05;  ///< of one repetition, at least
};

/// libtorch with 1 and 2 threads of its own, each with these threads of OpenBLAS.
void add_torch(std::vector<Contender>& contenders, const std::function<void()>& work,
               const std::vector<int>& blas_threads = {1, 2});
/// Our side, with all threads.
Contender ours(std::function<void()> work, const std::string& name = "ours");

double fastest_torch(const Times& times);
/// "x times libtorch": its fastest median over ours.
Claim against_torch(const Times& times, double goal, const std::string& name = "ours");

/// The triad a[i] = b[i] + s c[i] on this many floats, 12 bytes each: a contender of every row that
/// is held to the memory's bandwidth, so that both meet the same neighbours on the machine.
inline constexpr std::int64_t kTriad = 10'000'000;
Contender triad();
/// Share of the triad's bandwidth.
Claim against_triad(const Times& times, double bytes, double goal,
                    const std::string& name = "ours");

std::vector<Row> machine_rows();
std::vector<Row> step_rows();
std::vector<Row> loss_rows();
std::vector<Row> every_loss_rows();  ///< one of each loss of the list
std::vector<Row> optimizer_rows();
std::vector<Row> allocation_rows();
std::vector<Row> instrument_rows();

/// From here on one thread each, and its processor time instead of the clock's: what can be told
/// beside other programs.
void time_one_thread();

/// Runs the rows whose name contains `filter`, prints the table and writes it as JSON to `path`.
void run_table(const std::vector<Row>& rows, const std::string& filter, const std::string& path);

}  // namespace bench
