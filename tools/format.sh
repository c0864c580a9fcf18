#!/usr/bin/env bash
# clang-format over all sources of ours; with --check it changes nothing and fails if it would.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=-i
if [ "${1:-}" = --check ]; then mode="--dry-run -Werror"; fi
# shellcheck disable=SC2086  # two words
git ls-files -z -co --exclude-standard '*.h' '*.cpp' ':!:*/vendor/*' | xargs -0 clang-format $mode
