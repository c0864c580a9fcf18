#!/usr/bin/env bash
# Runs the benchmarks of a build, prints the table and writes it to run/bench.json.
#   bench/run.sh [BUILD] [FILTER]     (default build/bench; FILTER is a part of a row's name)
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/bench}
shift || true
mkdir -p run
"$build/downhill_bench" "$@" --out run/bench.json
bench/compile_time.sh "$build"
