# A Debian system in the directory "root", in which programs are run by chroot(8). It ends, with what runs in it, when its script
# ends. Read by rpm.sh and arm64.sh, which say where it is to be: work, root, log.
# shellcheck shell=bash disable=SC2154

# Runs the script once more, with --inside and a directory for its work, in a mount and process namespace of its own.
run_inside() { # script, tools that it needs
  local script=$1 tool work status=0
  shift
  [ "$(id -u)" -eq 0 ] || cannot "this needs root"
  for tool in apt-get debootstrap unshare "$@"; do
    command -v "$tool" >/dev/null || cannot "there is no $tool"
  done
  unshare --mount --pid --fork true 2>/dev/null || cannot "namespaces cannot be made here"
  work=$(mktemp -d)
  # In the background, so that a signal for this script ends what runs inside.
  unshare --mount --pid --fork --kill-child --propagation private "$script" --inside "$work" </dev/null &
  trap 'kill -TERM $!' INT TERM HUP
  wait $! || status=$?
  rm -rf --one-file-system "$work"
  exit "$status"
}

# As this machine's, whose packages are in apt's cache.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")

# shellcheck disable=SC2016 # apt's own variable
mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Codename: $suite" 'Component: main' |
    sed -n 1p | grep . || fail "apt is told of no mirror for $suite"
}

# Keeps all that is made in memory, if there is plenty.
keep_in_memory() {
  if [ "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)" -gt 3000000 ]; then
    mount -t tmpfs -o size=2500m,mode=0755 none "$work"
  fi
}

make_chroot() { # Debian's name of the architecture, packages with commas between them
  local from
  from=$(mirror)
  debootstrap --arch="$1" --variant=minbase --include="$2" --cache-dir=/var/cache/apt/archives "$suite" "$root" \
    "$from" >>"$log" 2>&1 || fail "debootstrap: $(tail -n 5 "$log")"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  inside useradd --shell /usr/sbin/nologin alice
  printf 'alice:open-sesame' | inside chpasswd
}

# With in_place=exec, of a shell of its own, its process becomes that of the program.
inside() { ${in_place:-} chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

log_in() { printf '%s\n' "$2" | inside authservice login --password-stdin "$1"; }

service=

# Within half a minute, for which emulated programs do not always suffice.
answers() { comes_about test -S "$root/run/x2gobroker/x2gobroker-authservice.socket"; }

# Its process is "service"; it answers when this returns.
start_service() { # command
  in_place='exec' inside "$@" -i -g x2gobroker -p 0660 >"$work/service.out" 2>&1 &
  service=$!
  answers || answers || fail "it does not start: $(cat "$work/service.out")"
}

stop_service() {
  kill -TERM "$service"
  wait "$service"
}

what_was_said() { [ ! -e "$work/service.out" ] || cat "$work/service.out"; }

facts() { inside stat -c '%U:%G %a %F' "$@"; }
