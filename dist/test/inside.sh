# What tests in systems of their own have in common: the namespaces around them, the place that they are made in, and the mirror
# that they are made from. Read by system.sh and chroot.sh, whose readers have the functions of checks.sh, too.
# shellcheck shell=bash disable=SC2154

# Runs the script once more, with --inside and a directory for its work, in a mount and process namespace of its own, with which
# everything inside ends.
run_inside() { # script, tools that it needs
  local script=$1 tool status=0
  shift
  [ "$(id -u)" -eq 0 ] || cannot "this needs root"
  for tool in apt-get debootstrap unshare "$@"; do
    command -v "$tool" >/dev/null || cannot "there is no $tool"
  done
  unshare --mount --pid --fork true 2>/dev/null || cannot "namespaces cannot be made here"
  place=
  inner=
  trap leave_nothing EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  place=$(mktemp -d)
  # In the background, for signals to be heeded at once.
  unshare --mount --pid --fork --kill-child --mount-proc --propagation private "$script" --inside "$place" </dev/null &
  inner=$!
  wait "$inner" || status=$?
  inner=
  exit "$status"
}

leave_nothing() {
  trap '' HUP INT TERM
  [ -z "$inner" ] || kill -KILL "$inner" 2>/dev/null || :
  [ -z "$place" ] || rm -rf --one-file-system "$place"
}

# Keeps all that is made in memory, if there is plenty.
keep_in_memory() {
  if [ "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)" -gt 3000000 ]; then
    mount -t tmpfs -o size=2500m,mode=0755 none "$work"
  fi
}

# Where this machine's apt has packages from.
# shellcheck disable=SC2016 # apt's own variables
targets() { apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' "$@"; }

# The mirror that this machine's apt has of one suite; fails if there is none.
mirror_of() { # suite
  targets "Codename: $1" 'Component: main' | sed -n '1s/ .*//p' | grep .
}

# The file of this pattern that the last build has made.
built() { # pattern
  local file
  file=$(find "$here/target" -maxdepth 1 -name "$1" -printf '%T@ %p\n' | sort -n | tail -n 1)
  [ -n "$file" ] || fail "there is no $1: mvn -DskipTests package"
  printf '%s' "${file#* }"
}
