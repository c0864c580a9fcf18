#!/usr/bin/env bash
# Builds a preset and runs its tests; the last lines are ctest's summary.
#   tools/build_and_test.sh PRESET [JOBS]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
jobs=${2:-$(nproc)}
cmake --preset "$preset" --log-level=WARNING
cmake --build --preset "$preset" --parallel "$jobs"
ctest --preset "$preset" --parallel "$jobs" --output-on-failure
