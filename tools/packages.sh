# Sourced by tools/quickstart and tools/check: installs the packages that are missing, and configures the build.

set -eu
cd "$(dirname "$0")/.."

packages="g++ meson ninja-build pkg-config libxtensor-dev libxtensor-blas-dev libxsimd-dev libopenblas-dev librandom123-dev \
  libcli11-dev nlohmann-json3-dev libpng-dev zlib1g-dev catch2"

# install_missing PACKAGE…
install_missing() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not Debian or one of its relatives. Install by your own means: a C++17 compiler, meson, ninja, pkg-config, and the"
    echo "libraries xtensor, xtensor-blas, xsimd, OpenBLAS, Random123, CLI11, nlohmann-json, libpng, zlib (and Catch2 for the tests)."
    echo "The build names what it does not find."
    return 0
  fi
  missing=""
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing:$missing"
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "This needs root: run  apt-get install$missing  as root, then this again."; exit 1; }
    as_root="sudo"
  fi
  log=$(mktemp)
  if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
      >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log"
    echo "The packages could not be installed; the whole log is $log."
    exit 1
  fi
  rm -f "$log"
}

configure() {
  [ -f build/build.ninja ] || meson setup build
}
