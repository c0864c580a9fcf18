#!/usr/bin/env bash
# Runs the benchmarks of a build and writes what they found to run/bench.json.
#   bench/run.sh [BUILD] [arguments of Google Benchmark]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/bench}
shift || true
mkdir -p run
"$build/downhill_bench" --benchmark_out=run/bench.json --benchmark_out_format=json "$@"
bench/compile_time.sh "$build"
