#!/usr/bin/env bash
# What Downhill costs its users: seconds to compile a file that includes it, and bytes that a
# program loads.
#   bench/compile_time.sh [BUILD]     (default build/release)
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/header.cpp" <<'CPP'
#include <downhill/downhill.h>
CPP
cat >"$scratch/own.cpp" <<'CPP'
#include <downhill/downhill.h>
using namespace downhill;
struct Half {  // a link of one's own
  static constexpr const char* name = "half";
  auto at(const Step&) const {
    return [](auto g, auto) { return 0.5 * g; };
  }
};
Loss own_loss() {
  return pointwise([](auto p, auto y) {
    auto e = y - p;
    return where(e > 0, 10 * e * e, e * e);
  });
}
LinkPtr own_link() { return make_link(Half{}); }
CPP

compile() {
  g++ -std=c++20 -O2 -march=x86-64-v3 -fno-math-errno -ffp-contract=off -I. -c "$1" -o /dev/null
}
compile "$scratch/header.cpp"
compile "$scratch/own.cpp"

# The median of five compilations, without ccache.
seconds() {
  for _ in 1 2 3 4 5; do
    local start end
    start=$(date +%s%N)
    compile "$1"
    end=$(date +%s%N)
    echo $((end - start))
  done | sort -n | awk 'NR == 3 { printf "%.2f", $1 / 1e9 }'
}

# Bytes of all shared objects that programs or libraries load, themselves left out.
loaded() {
  ldd "$@" | awk '/=> \// { print $3 } /^\t\// { print $1 }' | sort -u |
    xargs stat --dereference --format=%s | awk '{ sum += $1 } END { print sum }'
}
megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

echo "compile a file that includes downhill.h: $(seconds "$scratch/header.cpp") s (at most 3)"
echo "with a loss and a link of its own:       $(seconds "$scratch/own.cpp") s (at most 5)"
library=$(stat --dereference --format=%s "$build/libdownhill.so")
echo "libdownhill.so:                          $(megabytes "$library") (at most 10 MB)"
blas=$(ldconfig -p | awk '/libopenblas\.so\.0/ { path = $NF } END { print path }')  # loaded when needed
bytes=$(($(loaded "$build/libdownhill.so" "$blas") + library + $(stat --dereference --format=%s "$blas")))
echo "all shared objects, with ours:           $(megabytes "$bytes")"
torch=$(ldconfig -p | awk '/libtorch_cpu\.so/ { path = $NF } END { print path }')
if [ -n "$torch" ]; then
  bytes=$(stat --dereference --format=%s "$torch")
  echo "all shared objects, with libtorch:       $(megabytes $(($(loaded "$torch") + bytes)))"
fi
