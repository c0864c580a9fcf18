#!/usr/bin/env bash
# Installs what is missing of the named sections of packages.txt:
#   tools/install_packages.sh build test
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(awk -v sections=" $* " '
  /^#/ || NF == 0 { next }
  /^\[/ { gsub(/[][]/, ""); inside = index(sections, " " $0 " ") > 0; next }
  inside' packages.txt)

missing=()
for package in $wanted; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Missing Debian packages: ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
  echo "Install them as root, then run make again:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
