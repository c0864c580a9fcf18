#!/usr/bin/env bash
# Clones the last commit into an empty directory and runs the demo there, as a newcomer does.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git clone --quiet "$root" "$scratch/downhill"
CCACHE_DISABLE=1 make -C "$scratch/downhill" demo
test -s "$scratch/downhill/run/demo/report.html"
echo "fresh clone: the demo wrote its report"
