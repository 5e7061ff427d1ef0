# The package in the place of Debian's Python service: below Debian's broker, where the suite has one, and over what an upgrade of
# Debian has left; by apt-get and by dpkg alone. Read by deb.sh.
# shellcheck shell=bash disable=SC2154

runs_python() { runs && inside readlink "/proc/$(pid)/exe" | grep -q /python3; }

# By Debian's own program, as the broker's user: 0 if it lets in.
broker() {
  inside setpriv --reuid x2gobroker --regid x2gobroker --init-groups \
    x2gobroker-testauth -C /etc/broker-test.conf -b zeroconf -u "$1" -p "$2"
}

check_with_broker() {
  local theirs logs
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
}

# Debian 13 has no x2gobroker. After an upgrade to it the Python service is still there, without a module that it needs.
check_left_over() {
  say "In place of what an upgrade of Debian has left of the Python service"
  with_python_service apt_get_fails install x2gobroker-authservice
  check "the Python service does not run" not runs
  apt_get install /root/authservice.deb
  check "the Python service is gone" is config-files state x2gobroker-authservice
  check "ours runs" started_by authservice-server.jar
  check "a right password is right" as_broker alice open-sesame
  check "a wrong password is wrong" not as_broker alice wrong
  check "each file is as it should be" is "" inside dpkg --verify authservice
  apt_get purge x2gobroker-authservice
  check "the Python service purged: ours runs" runs
  check "its settings are there" is "" inside dpkg --verify authservice
  check "a right password is right" as_broker alice open-sesame
  apt_get purge authservice x2gobroker-common python3-x2gobroker
  check "nothing is left" nothing_left
}

# With Debian 12 among apt's sources.
with_python_service() { # command
  echo "deb $mirror bookworm main" >"$root/etc/apt/sources.list.d/bookworm.list"
  apt_get update -qq
  "$@"
  rm "$root/etc/apt/sources.list.d/bookworm.list"
  apt_get update -qq
}

# For a package whose service does not start, and which therefore is not configured.
apt_get_fails() { inside apt-get -y -o APT::Install-Recommends=false "$@" </dev/null >>"$log" 2>&1 || :; }

# Here systemd is hidden, so that the package is installed as on a machine with another init. What it has started ends with this.
check_without_systemd() {
  say "Without systemd"
  cat >"$root/root/without-systemd" <<'SCRIPT'
#!/bin/sh
set -ex
mount -t tmpfs none /run/systemd
script=/etc/init.d/authservice
not() { if "$@"; then exit 1; fi; }
login() { printf '%s\n' "$1" | setpriv --reuid x2gobroker --regid x2gobroker --init-groups authservice login --password-stdin alice; }
logged() {
  for try in $(seq 300); do
    ! grep -q 'INFO  ok user="alice"' /var/log/authservice/authservice.log || return 0
    sleep 0.1
  done
  exit 1
}
apt-get -y -o APT::Install-Recommends=false install /root/authservice.deb
$script status
login open-sesame
not login wrong
first=$(cat /run/x2gobroker-authservice.pid)
$script restart
[ "$first" != "$(cat /run/x2gobroker-authservice.pid)" ]
login open-sesame
logged
logrotate --force /etc/logrotate.d/authservice
login open-sesame
logged
$script stop
not $script status
not login open-sesame
# As after a crash: the number is another process's by now.
sleep 300 &
echo $! >/run/x2gobroker-authservice.pid
not $script status
$script stop
kill $!
$script start
login open-sesame
apt-get -y remove authservice
[ -z "$(grep -ls '[a]uthservice-server' /proc/[0-9]*/cmdline || :)" ]
SCRIPT
  chmod 755 "$root/root/without-systemd"
  apt_get install logrotate
  check "the package starts, restarts, stops and is removed" \
    inside unshare --mount --pid --fork --mount-proc --kill-child /root/without-systemd
  apt_get purge authservice logrotate
  check "nothing is left" nothing_left
}

# dpkg unpacks this package, and removes the Python service after that. Its unit is in /lib in Debian 12, and in /usr/lib later.
check_dpkg() {
  local place
  for place in lib usr/lib; do
    say "In place of a Python service with its unit in /$place, by dpkg alone"
    python_package "$place"
    check "there is such a package" inside dpkg -i /root/python.deb
    check "ours takes its place" inside dpkg -i /root/authservice.deb
    check "each file is as it should be" is "" inside dpkg --verify authservice
    check "a diversion is not left" is "" inside dpkg-divert --list '*authservice*'
    check "a right password is right" as_broker alice open-sesame
    apt_get purge authservice
  done
}

python_package() { # directory
  rm -rf "$work/python"
  mkdir -p "$work/python/DEBIAN" "$work/python/$1/systemd/system"
  printf '%s\n' 'Package: x2gobroker-authservice' 'Version: 0.0.4.3-4' 'Architecture: all' 'Maintainer: nobody <nobody@localhost>' \
    'Description: a unit' >"$work/python/DEBIAN/control"
  printf '[Service]\nExecStart=/bin/sleep infinity\n' >"$work/python/$1/systemd/system/$service"
  dpkg-deb --root-owner-group -Znone -b "$work/python" "$root/root/python.deb" >>"$log"
}
