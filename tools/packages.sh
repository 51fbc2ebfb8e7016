# Sourced by tools/quickstart and tools/check: installs the packages that are missing, and builds. Each part says what it
# does and shows how far it is: on a terminal in one line that is redrawn, elsewhere in a few.

set -eu
cd "$(dirname "$0")/.."

packages="g++ meson ninja-build pkg-config libxtensor-dev libxtensor-blas-dev libxsimd-dev libopenblas-dev librandom123-dev \
  libcli11-dev nlohmann-json3-dev libpng-dev zlib1g-dev catch2"

# ---- how far a part is --------------------------------------------------------------------------------------------------------

# begin: a part begins.
begin() {
  part_began=$(date +%s)
  fifths_shown=-1
}

# progress DONE TOTAL WHAT: so much of it is done, and this is next.
progress() {
  percent=$((100 * $1 / ($2 > 0 ? $2 : 1)))
  seconds=$(($(date +%s) - part_began))
  left=""
  [ "$percent" -lt 5 ] || left=", about $((seconds * (100 - percent) / percent)) s left"
  if [ -t 1 ]; then
    printf '\r\033[K  %s of %s%s  %.50s' "$1" "$2" "$left" "$3"
  elif [ $((percent / 20)) -gt "$fifths_shown" ]; then
    echo "  $1 of $2 after $seconds s$left"
    fifths_shown=$((percent / 20))
  fi
}

# finish: it is done.
finish() {
  [ ! -t 1 ] || printf '\r\033[K'
  echo "  done in $(($(date +%s) - part_began)) s"
}

# fail LOG WHAT: it failed; the end of its log says why.
fail() {
  [ ! -t 1 ] || printf '\r\033[K'
  tail -n 30 "$1"
  echo "$2 The whole log is $1"
  exit 1
}

# ---- packages -----------------------------------------------------------------------------------------------------------------

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

  echo "Installing$missing"
  echo "  and what these need: up to 150 packages, half a minute to three minutes."
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "This needs root: run  apt-get install$missing  as root, then this again."; exit 1; }
    sudo true # asks for the password, which the log would swallow
    as_root="sudo"
  fi
  log=$(mktemp)
  begin
  { { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
    } 2>&1 </dev/null && echo apt-is-done; } | follow_apt "$log" || fail "$log" "The packages could not be installed."
  finish
  rm -f "$log"
}

# Reads what apt-get says into the file LOG. Every package is fetched, unpacked and set up.
follow_apt() {
  total=0 steps=0 ended=no
  while IFS= read -r line; do
    echo "$line" >>"$1"
    case "$line" in
      apt-is-done) ended=yes ;;
      *" newly installed, "*) total=$((3 * $(echo "$line" | sed 's/.* \([0-9]*\) newly installed.*/\1/'))) ;;
      Get:* | Unpacking* | "Setting up"*)
        what=$line
        case "$line" in Get:*) what="Fetching ${line#* * * * }" ;; esac
        if [ "$total" = 0 ]; then # the lists of what there is
          [ ! -t 1 ] || printf '\r\033[K  %.60s' "$what"
        else
          steps=$((steps < total ? steps + 1 : total))
          progress "$steps" "$total" "$what"
        fi ;;
    esac
  done
  [ "$ended" = yes ]
}

# ---- building -----------------------------------------------------------------------------------------------------------------

# build SECONDS TARGET…: builds the targets (none: all), which takes so many processor seconds on a processor of 2020.
build() {
  work=$1
  shift
  [ -f build/build.ninja ] || { meson setup build >/dev/null || fail build/meson-logs/meson-log.txt "The build could not be set up."; }
  processors=$(getconf _NPROCESSORS_ONLN)
  echo "Compiling: about $((work / processors + 10)) s with $processors processors, less if some of it is there already."
  log=build/compile.log
  : >"$log"
  begin
  { NINJA_STATUS='[%f/%t] ' ninja -C build "$@" 2>&1 && echo ninja-is-done; } | follow_ninja "$log" || fail "$log" "The build failed."
  finish
}

# Reads what ninja says into the file LOG.
follow_ninja() {
  ended=no
  while IFS= read -r line; do
    echo "$line" >>"$1"
    case "$line" in
      ninja-is-done) ended=yes ;;
      "["[0-9]*/[0-9]*"] "*)
        count=${line%%]*}
        count=${count#[}
        progress "${count%/*}" "${count#*/}" "${line##*/}" ;;
    esac
  done
  [ "$ended" = yes ]
}
