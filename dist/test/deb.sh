#!/bin/bash
# Installs the built Debian package with apt-get, in a system of its own that debootstrap makes of a suite of Debian (bookworm,
# trixie, sid; by default this machine's), under a systemd of its own: alone, in place of Debian's Python service, again, in a
# higher version, and back; tries its units, and looks at what is left after each removal. As root, on Debian. Nothing of it stays
# on this machine, but downloaded packages in apt's own cache. deb.sh [SUITE]
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
if [ "${1:-}" != --inside ]; then
  # shellcheck source=/dev/null
  suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
else
  suite=$4
fi
readonly suite
readonly log=$here/target/deb-test-$suite.log
# shellcheck source-path=SCRIPTDIR source=checks.sh
. "$here/test/checks.sh"
# shellcheck source-path=SCRIPTDIR source=system.sh
. "$here/test/system.sh"

# Outside: a place, a control group, and a mount and process namespace of its own, with which everything inside ends.

work=
cgroup=
running=

clean_up() {
  trap '' HUP INT TERM
  # What is inside ends with its first process, which ends with unshare.
  [ -z "$running" ] || kill -KILL "$running" 2>/dev/null || :
  [ -z "$cgroup" ] || comes_about remove_cgroup || echo "deb.sh: $cgroup is left" >&2
  [ -z "$work" ] || rm -rf --one-file-system "$work"
}

# It can be when all of its processes have ended.
remove_cgroup() { find "$cgroup" -depth -type d -exec rmdir {} +; }

if [ "${1:-}" != --inside ]; then
  [ "$(id -u)" -eq 0 ] || cannot "this needs root"
  for tool in apt-get debootstrap dpkg-deb findmnt gcc nsenter unshare; do
    command -v "$tool" >/dev/null || cannot "there is no $tool"
  done
  unshare --mount --pid --cgroup --ipc --uts --fork true 2>/dev/null || cannot "namespaces cannot be made here"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM

  work=$(mktemp -d)
  cgroup=$(mktemp -d "$(findmnt -n -t cgroup2 -o TARGET | head -n 1)$(sed -n 's/^0:://p' /proc/self/cgroup)/deb-test.XXXXXX" \
    2>"$work/mktemp.out") || cannot "control groups (version 2) cannot be made here: $(cat "$work/mktemp.out")"
  # In the background, for signals to be heeded at once.
  (
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private "$0" --inside "$work" "$cgroup" "$suite"
  ) &
  running=$!
  status=0
  wait "$running" || status=$?
  running=
  exit "$status"
fi

readonly work=$2
readonly cgroup=$3
readonly root=$work/root
readonly socket=/run/x2gobroker/x2gobroker-authservice.socket
readonly service=x2gobroker-authservice.service
readonly sockets=x2gobroker-authservice.socket
readonly rotation=/etc/logrotate.d/x2gobroker-authservice
: >"$log"

# A package.

architecture=$(dpkg --print-architecture)
package=$(built "authservice_*_$architecture.deb")

# A system.

say "debootstrap"
make_system
say "systemd"
boot

# A higher version, in which a settings file that nobody edits has gone, which was for the rotation of a log, and which had its
# units in /lib.
dpkg-deb -R "$package" "$work/first"
sed -i 's/^Version: .*/&~first/' "$work/first/DEBIAN/control"
mkdir -p "$work/first/lib" "$work/first${rotation%/*}"
mv "$work/first/usr/lib/systemd" "$work/first/lib/"
cp "$here/logrotate.d/authservice" "$work/first$rotation"
echo "$rotation" >>"$work/first/DEBIAN/conffiles"
dpkg-deb --root-owner-group -Znone -b "$work/first" "$root/root/first.deb" >>"$log"
cp "$package" "$root/root/authservice.deb"

# What is looked at.

what_was_said() {
  inside journalctl --no-pager --lines 40 --unit 'x2gobroker-authservice*' || :
}

facts() { inside stat -c '%U:%G %a %F' "$@"; }
# shellcheck disable=SC2016 # dpkg-query's own variable
state() { inside dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || :; }
# shellcheck disable=SC2016
version() { inside dpkg-query -W -f '${Version}' "$1"; }
pid() { inside systemctl show --property MainPID --value "$service"; }
runs() { inside systemctl is-active "$service"; }
# The socket, too: who connects to it starts the service.
stop() { inside systemctl stop "$sockets" "$service"; }
started_by() { inside cat "/proc/$(pid)/cmdline" | tr '\0' ' ' | grep -q -- "$1"; }
has_mapped() { inside grep -q -- "$1" "/proc/$(pid)/maps"; }
await_archive() { inside systemctl start x2gobroker-authservice-archive.service; }

client() { printf '%s\n' "$2" | inside authservice login --password-stdin "$1"; }

user() { inside sh -c 'getent passwd x2gobroker | cut -d: -f1,5-; id -Gn x2gobroker; stat -c "%U:%G %a" /var/lib/x2gobroker'; }

own_user() { inside getent passwd authservice | cut -d: -f6-; }

# Every file, but for what dpkg, apt and the C library's cache know.
tree() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./archives -o -path ./tmp -o -path ./root \
    -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache/apt -o -path ./var/cache/debconf -o -path ./var/cache/ldconfig \
    -o -path ./var/log/apt -o -name 'dpkg.log' -o -name 'alternatives.log' -o -name '*-' -path './etc/*' -o -name .pwd.lock \) -prune \
    -o -printf '%p %u:%g %m %l\n') | sort
  # What it holds of this one's, even where others' files are.
  inside getent passwd x2gobroker authservice || :
  inside getent group x2gobroker authservice || :
  inside dpkg-statoverride --list '/var/log/x2gobroker' || :
}
same_tree() { diff "$work/$1" <(tree); }

left() { # beside settings and logs: nothing
  (cd "$root" && find etc usr var run lib/systemd -xdev \( -path var/lib/dpkg -o -path var/lib/apt -o -path var/cache/apt -o -path var/log/apt \) -prune \
    -o \( -name '*authservice*' -o -name '*x2gobroker*' \) -print | grep -vxF "$1")
}
nothing_left() { [ -z "$(left "${1:-none}" | tee /dev/stderr)" ]; }

dead_links() { # directories
  local page linked
  find "$@" -name '*.md' | while read -r page; do
    { grep -o '](\([^)#:]*\)[)#]' "$page" || :; } | sed 's/^](//; s/[)#]$//' | sort -u | while read -r linked; do
      [ -z "$linked" ] || [ -e "$(dirname "$page")/$linked" ] || echo "$page: $linked"
    done
  done
}

time_start() { # what, to a printed line
  local begin end
  stop
  begin=$(date +%s%N)
  inside systemctl start "$service"
  end=$(date +%s%N)
  printf '      %s: %d ms from start to readiness\n' "$1" $(((end - begin) / 1000000))
}

# shellcheck source-path=SCRIPTDIR source=units.sh
. "$here/test/units.sh"
# shellcheck source-path=SCRIPTDIR source=modules.sh
. "$here/test/modules.sh"

# shellcheck source-path=SCRIPTDIR source=python.sh
. "$here/test/python.sh"

inside useradd --shell /usr/sbin/nologin alice
printf 'alice:open-sesame' | inside chpasswd

say "Alone, on a system that has none of X2Go's packages"
apt_get update -qq
apt_get install /root/authservice.deb
check "it is installed, and dpkg finds every file as it should be" is "" inside dpkg --verify authservice
check "the service runs" runs
check "a right password is right" client alice open-sesame
check "a wrong password is wrong" not client alice wrong
time_start "without an archive of classes"
check "beside its start an archive of classes is made" await_archive
time_start "with the archive"
check "which the next one is given" started_by "=/usr/lib/authservice/archive/server"
check "and has mapped" has_mapped /var/cache/authservice/server
check "PAM's file is the one in /usr/lib/pam.d" not test -e "$root/etc/pam.d/x2gobroker"
check "the user is as x2gobroker's packages make it" is $'x2gobroker::/var/lib/x2gobroker:/bin/bash\nx2gobroker\nx2gobroker:x2gobroker 755' user
check "the service has a user of its own, who cannot log in" is "/nonexistent:/usr/sbin/nologin" own_user
check "it makes no directory of logs" not test -e "$root/var/log/authservice"
check "and none of X2Go's" not test -e "$root/var/log/x2gobroker"
check "only that user may open the workers' socket" is "authservice:authservice 600 socket" facts /run/authservice-worker.socket
check "the socket's directory is the broker's" is "x2gobroker:x2gobroker 770 directory" facts /run/x2gobroker
check "the socket is for the broker's group" is "root:x2gobroker 660 socket" facts "$socket"
check "nobody but root can write to the archive" is "root:root 755 directory" facts /var/cache/authservice
check "the service is enabled" inside systemctl is-enabled "$service"
stop
check "--check-config finds no fault" inside sh -c "$(sed -n 's/^#   //p' "$root/etc/default/x2gobroker-authservice")"
inside systemctl start "$service"

say "Documents"
mkdir "$work/archive"
tar -C "$work/archive" --strip-components=1 -xzf "$(find "$here/target" -maxdepth 1 -name 'authservice-*.tar.gz')"
check "the package has pages" ls "$root/usr/share/doc/authservice/"{README,PROTOCOL,SECURITY,TROUBLESHOOTING}.md
check "so has the archive" ls "$work/archive/"{README,PROTOCOL,SECURITY,docs/TROUBLESHOOTING}.md
check "no link of theirs leads nowhere" is "" dead_links "$root/usr/share/doc/authservice" "$work/archive"
check "the package has the client library for its examples" ls "$root/usr/share/authservice/authservice-"{client,core}.jar
check "so has the archive" ls "$work/archive/lib/authservice-"{client,core}.jar

say "Triggers"
before=$(pid)
archive=$(stat -c %i "$root/var/cache/authservice/server")
apt_get install --reinstall libpam-modules
check "new PAM modules: the service is started anew" another_than "$before"
before=$(pid)
apt_get install --reinstall "$(inside dpkg-query -S "$(inside readlink -f /usr/bin/java)" | cut -d: -f1)"
check "another Java: the service is started anew" another_than "$before"
await_archive
check "and the archive made anew" not test "$archive" = "$(stat -c %i "$root/var/cache/authservice/server")"
stop
apt_get install --reinstall libpam-modules
check "a service that does not run is not started" not runs

say "A higher version than one that logged to a file"
apt_get purge authservice
apt_get install /root/first.deb
check "it has a file for the rotation of its log" test -e "$root$rotation"
mkdir "$root/var/log/authservice"
echo "of the first version" >"$root/var/log/authservice/authservice.log"
echo 'X2GOBROKER_DEBUG=1' >>"$root/etc/default/x2gobroker-authservice"
apt_get install /root/authservice.deb
check "it is the second one" is "$(dpkg-deb -f "$package" Version)" version authservice
check "edited settings stay" grep -q '^X2GOBROKER_DEBUG=1' "$root/etc/default/x2gobroker-authservice"
check "the file for the rotation has another name" is "authservice" find "$root${rotation%/*}" -name '*authservice*' -printf '%f'
check "the log is left alone" is "of the first version" cat "$root/var/log/authservice/authservice.log"
check "its units are there" test -e "$root/usr/lib/systemd/system/$service" -a -e "$root/usr/lib/systemd/system/$sockets"
check "the service runs" runs
check "a right password is right" client alice open-sesame
await_archive
start_anew
check "there is an archive that fits the new jar" has_mapped /var/cache/authservice/server

say "Removed, and purged"
apt_get remove authservice
check "the service does not run" not runs
check "settings and logs stay, and nothing else" nothing_left $'etc/default/x2gobroker-authservice
etc/init.d/authservice
etc/logrotate.d/authservice
etc/rc0.d/K01authservice
etc/rc1.d/K01authservice
etc/rc2.d/S01authservice
etc/rc3.d/S01authservice
etc/rc4.d/S01authservice
etc/rc5.d/S01authservice
etc/rc6.d/K01authservice
etc/needrestart/conf.d/authservice.conf
var/log/authservice
run/x2gobroker
var/lib/x2gobroker
etc/systemd/system/multi-user.target.wants/x2gobroker-authservice.service
etc/systemd/system/sockets.target.wants/x2gobroker-authservice.socket
etc/systemd/system/sockets.target.wants/x2gobroker-authservice-worker.socket
var/lib/systemd/deb-systemd-helper-enabled/x2gobroker-authservice.service.dsh-also
var/lib/systemd/deb-systemd-helper-enabled/x2gobroker-authservice-worker.socket.dsh-also
var/lib/systemd/deb-systemd-helper-enabled/x2gobroker-authservice.socket.dsh-also
var/lib/systemd/deb-systemd-helper-enabled/multi-user.target.wants/x2gobroker-authservice.service
var/lib/systemd/deb-systemd-helper-enabled/sockets.target.wants/x2gobroker-authservice.socket
var/lib/systemd/deb-systemd-helper-enabled/sockets.target.wants/x2gobroker-authservice-worker.socket
var/log/authservice/authservice.log'
check "nothing of it is active" is "" inside systemctl list-units --all --plain --no-legend --state active 'x2gobroker-authservice*'
apt_get install /root/authservice.deb
check "installed again, it answers" client alice open-sesame
apt_get purge authservice
check "nothing is left" nothing_left
for name in x2gobroker authservice; do
  check "no user $name" not inside getent passwd "$name"
  check "no group $name" not inside getent group "$name"
done
tree >"$work/tree"
apt_get install /root/authservice.deb
check_units
say "Purged again"
apt_get purge authservice
check "after another round every file is as before" same_tree tree

if inside apt-cache show x2gobroker >/dev/null 2>&1; then
  check_with_broker
else
  check_left_over
fi
check_dpkg
check_without_systemd

apt_get install /root/authservice.deb
check_needrestart
check_modules

say "lintian"
apt_get install lintian
find "$here/target" -maxdepth 1 -name 'authservice_*.deb' -newer "$here/target/stage" -exec cp -t "$root/root" {} +
check "no error, no warning" \
  inside sh -c 'lintian --allow-root --fail-on error,warning --tag-display-limit 0 /root/authservice_*.deb'

printf '\ndeb.sh: %s on %s: %d checks, %d s\n' "$(basename "$package")" "$suite" "$checks" "$SECONDS"
