#!/bin/bash
# Installs the built Debian package with apt-get, in a system of its own that debootstrap makes of this machine's Debian: alone,
# in place of Debian's Python service below Debian's broker, again, in a higher version, and back; and looks at what is left
# after each removal. As root, on Debian. Nothing of it stays on this machine, but downloaded packages in apt's own cache.
#
# systemd does not run there: dist/test/systemctl starts what the maintainer scripts want started, as the units say.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly log=${DEB_TEST_LOG:-$here/target/deb-test.log}

say() { printf '\n--- %s (%d s)\n' "$*" "$SECONDS"; }

fail() {
  printf 'deb.sh: %s\n' "$*" >&2
  exit 1
}

cannot() {
  [ "${CI:-}" != true ] || fail "cannot run: $*"
  printf 'deb.sh: skipped: %s\n' "$*"
  exit 0
}

# Outside: a place, and a mount and process namespace of its own, with which everything inside ends.

if [ "${1:-}" != --inside ]; then
  [ "$(id -u)" -eq 0 ] || cannot "this needs root"
  for tool in apt-get debootstrap dpkg-deb lintian unshare; do
    command -v "$tool" >/dev/null || cannot "there is no $tool"
  done
  unshare --mount --pid --fork true 2>/dev/null || cannot "namespaces cannot be made here"
  work=$(mktemp -d)
  trap 'rm -rf --one-file-system "$work"' EXIT
  status=0
  unshare --mount --pid --fork --kill-child --mount-proc --propagation private "$0" --inside "$work" || status=$?
  exit "$status"
fi

readonly work=$2
readonly root=$work/root
readonly socket=/run/x2gobroker/x2gobroker-authservice.socket
readonly service=x2gobroker-authservice.service
: >"$log"

# A package.

architecture=$(dpkg --print-architecture)
package=$(find "$here/target" -maxdepth 1 -name "authservice_*_$architecture.deb" -printf '%T@ %p\n' | sort -n | tail -n 1)
package=${package#* }
[ -n "$package" ] || fail "there is no package: mvn -DskipTests package"

say "lintian"
find "$here/target" -maxdepth 1 -name 'authservice_*.deb' -newer "$here/target/deb" -print0 |
  xargs -0 lintian --allow-root --fail-on error,warning --tag-display-limit 0 || fail "lintian said the above"
echo "ok    no error, no warning"

# A system.

memory=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
if [ "$memory" -gt 3000000 ]; then
  mount -t tmpfs -o size=2500m,mode=0755 none "$work"
fi
mkdir -p "$root"

# shellcheck disable=SC2016 # apt's own variables
targets() { apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' "$@"; }

say "debootstrap"
[ -n "$(targets)" ] || apt-get -qq update
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(targets "Codename: $suite" 'Component: main' | sed -n '1s/ .*//p')
[ -n "$mirror" ] || cannot "apt is told of no mirror for $suite"
http_proxy=$(apt-config shell proxy Acquire::http::Proxy | sed "s/^proxy='\(.*\)'$/\1/")
if [ -n "$http_proxy" ]; then
  export http_proxy
fi
debootstrap --variant=minbase --cache-dir=/var/cache/apt/archives "$suite" "$root" "$mirror" >>"$log" 2>&1 ||
  fail "debootstrap: $(tail -n 5 "$log")"
targets | sort -u | sed 's/^/deb /' >"$root/etc/apt/sources.list"
cp -a /var/lib/apt/lists/. "$root/var/lib/apt/lists/"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
apt-config dump Acquire::http::Proxy >"$root/etc/apt/apt.conf.d/proxy"
# What has been downloaded before; what is missing is downloaded into the system itself.
mkdir "$root/archives"
mount --bind -o ro /var/cache/apt/archives "$root/archives"
find /var/cache/apt/archives -maxdepth 1 -name '*.deb' -printf '%f\n' |
  while read -r name; do ln -sf "/archives/$name" "$root/var/cache/apt/archives/$name"; done
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir -p "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=0755 none "$root/run"
mkdir -p "$root/run/systemd/system" "$root/run/lock"
install -m 0755 "$here/test/systemctl" "$root/usr/bin/systemctl"
# Only the service that this is about is to be started.
cat >"$root/usr/sbin/policy-rc.d" <<'SCRIPT'
#!/bin/sh
case $1 in x2gobroker-authservice*) exit 0 ;; esac
exit 101
SCRIPT
chmod 755 "$root/usr/sbin/policy-rc.d"

inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }

apt_get() {
  echo "+ apt-get $*" >>"$log"
  inside apt-get -y -o APT::Install-Recommends=false "$@" </dev/null >"$work/apt.out" 2>&1 || {
    cat "$work/apt.out"
    fail "apt-get $*"
  }
  cat "$work/apt.out" >>"$log"
  # Their packages have the directory of logs, too.
  ! grep -v "removing python3-x2gobroker, directory '/var/log/x2gobroker' not empty" "$work/apt.out" |
    grep -E '^dpkg: (warning|error)|^rm: |: not found|No such file' || fail "apt-get $* said the above"
}

# A higher version, in which one settings file has changed.
cp "$package" "$root/root/authservice.deb"
dpkg-deb -R "$package" "$work/second"
sed -i 's/^Version: .*/&+second/' "$work/second/DEBIAN/control"
echo '# New in the second version.' >>"$work/second/etc/logrotate.d/x2gobroker-authservice"
dpkg-deb --root-owner-group -Znone -b "$work/second" "$root/root/second.deb" >>"$log"

# What is looked at.

checks=0

check() { # what it shows, command
  local what=$1
  shift
  "$@" >"$work/check.out" 2>&1 || {
    cat "$work/check.out"
    tail -n 20 "$root/var/log/x2gobroker/authservice.log" "$root/run/systemctl.log" 2>/dev/null || :
    fail "not so: $what ($*)"
  }
  checks=$((checks + 1))
  printf 'ok    %s\n' "$what"
}

not() { ! "$@"; }

is() { # what it is, command
  local expected=$1 found
  shift
  found=$("$@")
  [ "$found" = "$expected" ] || {
    printf 'expected: %s\nfound:    %s\n' "$expected" "$found"
    return 1
  }
}

facts() { inside stat -c '%U:%G %a %F' "$@"; }
# shellcheck disable=SC2016 # dpkg-query's own variable
state() { inside dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || :; }
# shellcheck disable=SC2016
version() { inside dpkg-query -W -f '${Version}' "$1"; }
pid() { inside sh -c "cat /run/systemctl.$service.pid 2>/dev/null || cat /run/x2gobroker/*.pid"; }
runs() { inside systemctl is-active "$service"; }
started_by() { tr '\0' ' ' <"/proc/$(pid)/cmdline" | grep -q -- "$1"; }

runs_python() { runs && readlink "/proc/$(pid)/exe" | grep -q /python3; }

# By Debian's own program, as the broker's user: 0 if it lets in.
broker() {
  inside setpriv --reuid x2gobroker --regid x2gobroker --init-groups \
    x2gobroker-testauth -C /etc/broker-test.conf -b zeroconf -u "$1" -p "$2"
}
client() { printf '%s\n' "$2" | inside authservice login --password-stdin "$1"; }
logged() { grep -q -- "$1" "$root/var/log/x2gobroker/authservice.log"; }

user() { inside sh -c 'getent passwd x2gobroker | cut -d: -f1,5-; id -Gn x2gobroker; stat -c "%U:%G %a" /var/lib/x2gobroker'; }

# Every file, but for what dpkg, apt and the C library's cache know.
tree() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./archives -o -path ./tmp -o -path ./root \
    -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache/apt -o -path ./var/cache/debconf -o -path ./var/cache/ldconfig \
    -o -path ./var/log/apt -o -name 'dpkg.log' -o -name 'alternatives.log' -o -name '*-' -path './etc/*' -o -name .pwd.lock \) -prune \
    -o -printf '%p %u:%g %m %l\n') | sort
  # What it holds of this one's, even where others' files are.
  inside getent passwd x2gobroker || :
  inside getent group x2gobroker || :
  inside dpkg-statoverride --list '/var/log/x2gobroker' || :
}
same_tree() { diff "$work/$1" <(tree); }

left() { # beside settings and logs: nothing
  (cd "$root" && find etc usr var run lib/systemd -xdev \( -path var/lib/dpkg -o -path var/lib/apt -o -path var/cache/apt -o -path var/log/apt \) -prune \
    -o \( -name '*authservice*' -o -name '*x2gobroker*' \) -print | grep -vxF "$1" | grep -v '^run/systemctl')
}
nothing_left() { [ -z "$(left "${1:-none}" | tee /dev/stderr)" ]; }

time_start() { # what, to a printed line
  local begin end
  inside systemctl stop "$service"
  begin=$(date +%s%N)
  inside systemctl start "$service"
  end=$(date +%s%N)
  printf '      %s: %d ms from start to socket\n' "$1" $(((end - begin) / 1000000))
}

inside useradd --shell /usr/sbin/nologin alice
printf 'alice:open-sesame' | inside chpasswd

say "Alone, on a system that has none of X2Go's packages"
apt_get update -qq
apt_get install /root/authservice.deb
check "it is installed, and dpkg finds every file as it should be" is "" inside dpkg --verify authservice
check "the service runs" runs
check "with the archive of classes that its installation made" started_by "=/usr/lib/authservice/archive/server"
check "which it has mapped" grep -q /var/cache/authservice/server "/proc/$(pid)/maps"
check "a right password is right" client alice open-sesame
check "a wrong password is wrong" not client alice wrong
check "PAM's file is the one in /usr/lib/pam.d" not test -e "$root/etc/pam.d/x2gobroker"
check "the user is as x2gobroker's packages make it" is $'x2gobroker::/var/lib/x2gobroker:/bin/bash\nx2gobroker\nx2gobroker:x2gobroker 755' user
check "the directory of logs is root's, and adm may read it" is "root:adm 2750 directory" facts /var/log/x2gobroker
check "the log too" is "root:adm 640 regular file" facts /var/log/x2gobroker/authservice.log
check "the socket's directory is the broker's" is "x2gobroker:x2gobroker 770 directory" facts /run/x2gobroker
check "the socket is for the broker's group" is "root:x2gobroker 660 socket" facts "$socket"
check "nobody but root can write to the archive" is "root:root 755 directory" facts /var/cache/authservice
check "the service is enabled" inside systemctl is-enabled "$service"
inside systemctl stop "$service"
check "--check-config finds no fault" inside x2gobroker-authservice --check-config --group x2gobroker
inside systemctl start "$service"
time_start "with the archive"

say "Triggers"
before=$(pid)
archive=$(stat -c %i "$root/var/cache/authservice/server")
apt_get install --reinstall libpam-modules
check "new PAM modules: the service is started anew" not test "$before" = "$(pid)"
before=$(pid)
apt_get install --reinstall "$(inside dpkg-query -S "$(inside readlink -f /usr/bin/java)" | cut -d: -f1)"
check "another Java: the archive is made anew" not test "$archive" = "$(stat -c %i "$root/var/cache/authservice/server")"
check "and the service started anew" not test "$before" = "$(pid)"
check "with that archive" grep -q /var/cache/authservice/server "/proc/$(pid)/maps"
inside systemctl stop "$service"
apt_get install --reinstall libpam-modules
check "a service that does not run is not started" not runs

say "A higher version"
echo 'X2GOBROKER_DEBUG=1' >>"$root/etc/default/x2gobroker-authservice"
apt_get install /root/second.deb
check "it is the second one" is "$(dpkg-deb -f "$package" Version)+second" version authservice
check "edited settings stay" grep -q '^X2GOBROKER_DEBUG=1' "$root/etc/default/x2gobroker-authservice"
check "others are the new ones" grep -q 'second version' "$root/etc/logrotate.d/x2gobroker-authservice"
check "the service runs" runs
check "with an archive that fits the new jar" grep -q /var/cache/authservice/server "/proc/$(pid)/maps"
check "a right password is right" client alice open-sesame

say "Removed, and purged"
apt_get remove authservice
check "the service does not run" not runs
check "settings and logs stay, and nothing else" nothing_left $'etc/default/x2gobroker-authservice
etc/logrotate.d/x2gobroker-authservice
var/log/x2gobroker
run/x2gobroker
var/lib/x2gobroker
etc/systemd/system/multi-user.target.wants/x2gobroker-authservice.service
etc/systemd/system/sockets.target.wants/x2gobroker-authservice.socket
var/lib/systemd/deb-systemd-helper-enabled/x2gobroker-authservice.service.dsh-also
var/lib/systemd/deb-systemd-helper-enabled/x2gobroker-authservice.socket.dsh-also
var/lib/systemd/deb-systemd-helper-enabled/multi-user.target.wants/x2gobroker-authservice.service
var/lib/systemd/deb-systemd-helper-enabled/sockets.target.wants/x2gobroker-authservice.socket
var/log/x2gobroker/authservice.log'
apt_get purge authservice
check "nothing is left" nothing_left
check "no user" not inside getent passwd x2gobroker
check "no group" not inside getent group x2gobroker
tree >"$work/tree"
apt_get install /root/authservice.deb
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
check "the broker lets in with the right password" broker alice open-sesame
check "and not with a wrong one" not broker alice wrong
check "which this service has decided" logged 'fail user="alice" service="x2gobroker"'
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
check "and the log" logged 'ok user="alice"'
check "a right password is right" client alice open-sesame
apt_get purge x2gobroker-authservice
check "the Python service purged, which takes the user along: it is there again" is "$theirs" user
check "the directory of logs too" inside test -d /var/log/x2gobroker
check "the service runs" runs
check "a right password is right" client alice open-sesame
apt_get purge authservice
check "nothing is left" nothing_left
check "no user" not inside getent passwd x2gobroker
check "no override" not inside dpkg-statoverride --list /var/log/x2gobroker

printf '\ndeb.sh: %s: %d checks, %d s\n' "$(basename "$package")" "$checks" "$SECONDS"
