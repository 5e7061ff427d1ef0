# What checks are written with. Read by deb.sh and backends.sh, which say where there is a place for their output (work), and what
# else is to be shown when one fails (what_was_said).
# shellcheck shell=bash disable=SC2154

checks=0

say() { printf '\n--- %s (%d s)\n' "$*" "$SECONDS"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

cannot() {
  [ "${CI:-}" != true ] || fail "cannot run: $*"
  printf '%s: skipped: %s\n' "${0##*/}" "$*"
  exit 0
}

check() { # what it shows, command
  local what=$1
  shift
  "$@" >"$work/check.out" 2>&1 || {
    cat "$work/check.out"
    what_was_said
    fail "not so: $what ($*)"
  }
  checks=$((checks + 1))
  printf 'ok    %s\n' "$what"
}

not() { ! "$@"; }

is() { # what it is, command
  local expected=$1 found
  shift
  found=$("$@") || {
    printf 'failed with %s, and said: %s\n' "$?" "$found"
    return 1
  }
  [ "$found" = "$expected" ] || {
    printf 'expected: %s\nfound:    %s\n' "$expected" "$found"
    return 1
  }
}

comes_about() { # command that is to succeed within half a minute
  local tries=0
  until "$@" >"$work/await.out" 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || {
      cat "$work/await.out"
      return 1
    }
    sleep 0.05
  done
}
