#!/usr/bin/env bash
# The digits run on a machine as it is, and beside as many busy programs as there are processors, with
# one thread and with as many as it takes by itself: medians of five, alternating.
#   bench/busy_machine.sh [BUILD]     (default build/release)
set -euo pipefail
cd "$(dirname "$0")/.."
downhill=${1:-build/release}/downhill
unset OMP_WAIT_POLICY OMP_NUM_THREADS
scratch=$(mktemp -d)
busy=()
finish() {
  ((${#busy[@]} == 0)) || kill "${busy[@]}"
  rm -rf "$scratch"
}
trap finish EXIT

milliseconds() {
  local start
  start=$(date +%s%N)
  "$downhill" train data/digits.csv --target digit --quiet --out "$scratch/run" --overwrite "$@" \
    >/dev/null
  echo $((($(date +%s%N) - start) / 1000000))
}
median() { sort -n | sed -n 3p; }
row() {
  for _ in 1 2 3 4 5; do
    milliseconds --threads 1 >>"$scratch/one.$1"
    milliseconds >>"$scratch/default.$1"
  done
  local one default
  one=$(median <"$scratch/one.$1") default=$(median <"$scratch/default.$1")
  awk -v name="$2" -v one="$one" -v all="$default" -v most="$3" 'BEGIN {
    ratio = all / one
    printf "| %s | 1 thread %d ms; default %d ms | %.2f times one thread | at most %s | %s |\n",
           name, one, all, ratio, most, ratio <= most ? "" : "**missed**" }'
}

row quiet "digits run" 1.05
for _ in $(seq "$(nproc)"); do
  sh -c 'while :; do :; done' &
  busy+=($!)
done
row busy "digits run, $(nproc) busy programs beside it" 1.5
