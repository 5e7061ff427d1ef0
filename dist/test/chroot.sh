# A Debian system in the directory "root", in which programs are run by chroot(8). It ends, with what runs in it, when its script
# ends. Read by rpm.sh and arm64.sh, which say where it is to be: work, root, log.
# shellcheck shell=bash disable=SC2154

# shellcheck source-path=SCRIPTDIR source=inside.sh
. "$here/test/inside.sh"

# As this machine's, whose packages are in apt's cache.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")

own_mirror() { mirror_of "$suite" || fail "apt is told of no mirror for $suite"; }

make_chroot() { # Debian's name of the architecture, packages with commas between them
  local mirror
  mirror=$(own_mirror)
  debootstrap --arch="$1" --variant=minbase --include="$2" --cache-dir=/var/cache/apt/archives "$suite" "$root" \
    "$mirror" >>"$log" 2>&1 || fail "debootstrap: $(tail -n 5 "$log")"
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
