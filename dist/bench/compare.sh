#!/bin/bash
# Measures this service beside its peers, and says in a table how they compare and whether what we want to reach is reached:
# docs/PERFORMANCE.md holds such a table, and explains the rows. For root, on a machine that has nothing else to do.
#
# It installs nothing: it leaves out the peers that are not there, and says so. While it runs there are PAM services and
# users of its own, named authservice-bench-*, of whose passwords nobody knows.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
readonly here
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"
# shellcheck source-path=SCRIPTDIR source=rows.sh
. "$here/rows.sh"
# shellcheck source-path=SCRIPTDIR source=table.sh
. "$here/table.sh"

usage() {
  cat <<END
Usage: compare.sh [--quick] [--rounds N] [--seconds S] [--only ROW]... [--output FILE] [--tar FILE]

  --rounds N     measure everything this often, by turns; the table has medians (default: 5)
  --seconds S    how long each measurement takes, after a warm-up (default: 5)
  --quick        one round of one second: shows that it works, and little else
  --only ROW     only this row; may be given more than once. The rows: $(row_names)
  --output FILE  write the table there too
  --tar FILE     the installed form to measure (default: the one in dist/target)

It needs root, for PAM services in /etc/pam.d and users with passwords of their own. Both are removed at the end.
END
}

fail() {
  printf 'compare.sh: %s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*" >&2; }

rounds=5
seconds=5
warmup=2
output=
tar=
only=()

parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --quick)
        rounds=1
        seconds=1
        warmup=1
        shift
        ;;
      --rounds | --seconds | --only | --output | --tar)
        [ $# -ge 2 ] || fail "$1 wants a value; see --help"
        case $1 in
          --rounds) rounds=$2 ;;
          --seconds) seconds=$2 ;;
          --only) only+=("$2") ;;
          --output) output=$2 ;;
          --tar) tar=$2 ;;
        esac
        shift 2
        ;;
      --help | -h)
        usage
        exit 0
        ;;
      *) fail "what is '$1'? See --help" ;;
    esac
  done
  [[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds wants a number from 1 on"
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "--seconds wants a number from 1 on"
  local row
  for row in "${only[@]}"; do
    [[ " $(row_names) " = *" $row "* ]] || fail "there is no row '$row'; the rows: $(row_names)"
  done
}

clean_up() {
  set +e
  stop_services
  remove_from_system
  rm -rf "$scratch"
}

main() {
  parse "$@"
  [ "$(id -u)" -eq 0 ] || fail "this needs root, for PAM services and users of its own"
  exec 9>/run/authservice-bench.lock
  flock -n 9 || fail "it is running already"
  # For the idle connections: a service, and what loads it, may have as many as they are allowed to.
  ulimit -n "$(ulimit -Hn)"

  scratch=$(mktemp -d)
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mkdir "$scratch/samples"
  install_ours
  find_peers
  add_to_system

  local row
  for row in $(row_names); do
    if [ ${#only[@]} -eq 0 ] || [[ " ${only[*]} " = *" $row "* ]]; then
      say "$row"
      "row_${row//-/_}"
    fi
  done
  write_table >"$scratch/table"
  cat "$scratch/table"
  [ -z "$output" ] || cp "$scratch/table" "$output"
}

main "$@"
