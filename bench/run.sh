#!/usr/bin/env bash
# Runs the benchmarks of a build, prints the table and writes it to run/bench.json.
#   bench/run.sh [BUILD] [FILTER]     (default build/bench; FILTER is a part of a row's name)
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/bench}
shift || true
mkdir -p run
# For libtorch: threads that wait by spinning cost a time slice each where others use the machine.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
"$build/downhill_bench" "$@" --out run/bench.json
bench/busy_machine.sh "$build"
bench/compile_time.sh "$build"
