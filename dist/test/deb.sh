#!/bin/bash
# Installs the built Debian package with apt-get, in a system of its own that debootstrap makes of this machine's Debian, under a
# systemd of its own: alone, in place of Debian's Python service below Debian's broker, again, in a higher version, and back;
# tries its units, and looks at what is left after each removal. As root, on Debian. Nothing of it stays on this machine, but
# downloaded packages in apt's own cache.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly log=${DEB_TEST_LOG:-$here/target/deb-test.log}
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
  for tool in apt-get debootstrap dpkg-deb findmnt gcc lintian nsenter unshare; do
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
    exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private "$0" --inside "$work" "$cgroup"
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
package=$(find "$here/target" -maxdepth 1 -name "authservice_*_$architecture.deb" -printf '%T@ %p\n' | sort -n | tail -n 1)
package=${package#* }
[ -n "$package" ] || fail "there is no package: mvn -DskipTests package"

say "lintian"
# It leaves temporary files behind.
find "$here/target" -maxdepth 1 -name 'authservice_*.deb' -newer "$here/target/stage" -print0 |
  TMPDIR=$work xargs -0 lintian --allow-root --fail-on error,warning --tag-display-limit 0 || fail "lintian said the above"
echo "ok    no error, no warning"

# A system.

say "debootstrap"
make_system
say "systemd"
boot

# A higher version, in which a settings file that nobody edits has gone, which was for the rotation of a log.
dpkg-deb -R "$package" "$work/first"
sed -i 's/^Version: .*/&~first/' "$work/first/DEBIAN/control"
mkdir -p "$work/first${rotation%/*}"
cp "$here/logrotate.d/x2gobroker-authservice" "$work/first$rotation"
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

runs_python() { runs && inside readlink "/proc/$(pid)/exe" | grep -q /python3; }

# By Debian's own program, as the broker's user: 0 if it lets in.
broker() {
  inside setpriv --reuid x2gobroker --regid x2gobroker --init-groups \
    x2gobroker-testauth -C /etc/broker-test.conf -b zeroconf -u "$1" -p "$2"
}
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

inside useradd --shell /usr/sbin/nologin alice
printf 'alice:open-sesame' | inside chpasswd

say "Alone, on a system that has none of X2Go's packages"
apt_get update -qq
apt_get install /root/authservice.deb
check "it is installed, and dpkg finds every file as it should be" is "" inside dpkg --verify authservice
check "the service runs" runs
check "with the archive of classes that its installation made" started_by "=/usr/lib/authservice/archive/server"
check "which it has mapped" has_mapped /var/cache/authservice/server
check "a right password is right" client alice open-sesame
check "a wrong password is wrong" not client alice wrong
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
time_start "with the archive"

say "Triggers"
before=$(pid)
archive=$(stat -c %i "$root/var/cache/authservice/server")
apt_get install --reinstall libpam-modules
check "new PAM modules: the service is started anew" another_than "$before"
before=$(pid)
apt_get install --reinstall "$(inside dpkg-query -S "$(inside readlink -f /usr/bin/java)" | cut -d: -f1)"
check "another Java: the archive is made anew" not test "$archive" = "$(stat -c %i "$root/var/cache/authservice/server")"
check "and the service started anew" another_than "$before"
check "with that archive" has_mapped /var/cache/authservice/server
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
check "the file for the rotation is gone" is "" find "$root${rotation%/*}" -name '*authservice*'
check "the log is left alone" is "of the first version" cat "$root/var/log/authservice/authservice.log"
check "the service runs" runs
check "with an archive that fits the new jar" has_mapped /var/cache/authservice/server
check "a right password is right" client alice open-sesame

say "Removed, and purged"
apt_get remove authservice
check "the service does not run" not runs
check "settings and logs stay, and nothing else" nothing_left $'etc/default/x2gobroker-authservice
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

say "In place of Debian's Python service"
apt_get install x2gobroker x2gobroker-daemon x2gobroker-authservice
cat >"$root/etc/broker-test.conf" <<'CONF'
[global]
require-password = true
require-cookie = false
[broker_zeroconf]
enable = true
auth-mech = pam
CONF
check "the Python service runs" runs_python
check "the broker lets in with the right password" broker alice open-sesame
check "and not with a wrong one" not broker alice wrong
theirs=$(user)
logs=$(facts /var/log/x2gobroker)
apt_get install /root/authservice.deb
check "the Python service is gone" is config-files state x2gobroker-authservice
check "ours runs" started_by authservice-server.jar
forget_messages
check "the broker lets in with the right password" broker alice open-sesame
check "and not with a wrong one" not broker alice wrong
check "which this service has decided" comes_about said 'fail user="alice" service="x2gobroker"'
check "the file for the rotation of the Python service's log is left alone" inside grep -q /var/log/x2gobroker/ "$rotation"
check "PAM's file is x2gobroker-common's" is x2gobroker-common: inside sh -c 'dpkg -S /etc/pam.d/x2gobroker | cut -d" " -f1'
check "the user is as before" is "$theirs" user
check "the directory of logs too" is "$logs" facts /var/log/x2gobroker
check "settings that were not edited are ours" is "" inside dpkg --verify authservice
apt_get install --reinstall /root/authservice.deb
check "installed once more, the broker lets in" broker alice open-sesame
apt_get purge x2gobroker-authservice
check "the Python service purged: ours runs" runs
check "and is enabled" inside systemctl is-enabled "$service"
check "its settings are there" is "" inside dpkg --verify authservice
check "the broker lets in" broker alice open-sesame

say "Back to the Python service"
apt_get install x2gobroker-authservice
check "ours is gone" is config-files state authservice
check "the Python service runs" runs_python
check "the broker lets in with the right password" broker alice open-sesame
check "and not with a wrong one" not broker alice wrong
apt_get purge authservice
check "ours purged: the Python service runs" runs
check "and is enabled" inside systemctl is-enabled "$service"
check "its settings are there" test -e "$root/etc/default/x2gobroker-authservice"
check "the broker lets in" broker alice open-sesame

say "With edited settings, and Debian's other packages purged first"
echo 'X2GOBROKER_DEBUG=1' >>"$root/etc/default/x2gobroker-authservice"
apt_get -o Dpkg::Options::=--force-confold install /root/authservice.deb
check "edited settings of the Python service stay" grep -q '^X2GOBROKER_DEBUG=1' "$root/etc/default/x2gobroker-authservice"
check "the broker lets in" broker alice open-sesame
apt_get purge x2gobroker x2gobroker-daemon x2gobroker-common python3-x2gobroker
check "without the broker the user stays" inside getent passwd x2gobroker
check "a right password is right" client alice open-sesame
apt_get purge x2gobroker-authservice
check "the Python service purged, which takes the user along: it is there again" is "$theirs" user
check "the service runs" runs
check "a right password is right" client alice open-sesame
apt_get purge authservice
check "nothing is left" nothing_left
check "no user" not inside getent passwd x2gobroker
check "no override" not inside dpkg-statoverride --list /var/log/x2gobroker

apt_get install /root/authservice.deb
check_modules

printf '\ndeb.sh: %s: %d checks, %d s\n' "$(basename "$package")" "$checks" "$SECONDS"
