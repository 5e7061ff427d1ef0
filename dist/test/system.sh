# A Debian system in the directory "root", with a systemd of its own: made by debootstrap, booted in namespaces below those of
# who reads this, and ended with them. Read by deb.sh and backends.sh, which say where it is to be: work, root, cgroup, log, here;
# and which one, if not this machine's: suite.
# shellcheck shell=bash disable=SC2154

# shellcheck source-path=SCRIPTDIR source=inside.sh
. "$here/test/inside.sh"

# The lines of apt's sources for the suite: this machine's, by another name for another suite.
sources() {
  if [ "$suite" = "$own_suite" ]; then
    targets | sort -u
  elif [ "$suite" = sid ]; then
    echo "$mirror sid main"
  else
    targets | sort -u | sed "s/ $own_suite/ $suite/"
  fi | sed 's/^/deb /'
}

make_system() {
  local own_suite
  keep_in_memory
  mkdir -p "$root"
  # Only what is mounted can become a system's root.
  mount --bind "$root" "$root"

  [ -n "$(targets)" ] || apt-get -qq update
  own_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  : "${suite:=$own_suite}"
  mirror=$(mirror_of "$own_suite") || cannot "apt is told of no mirror for $own_suite"
  http_proxy=$(apt-config shell proxy Acquire::http::Proxy | sed "s/^proxy='\(.*\)'$/\1/")
  if [ -n "$http_proxy" ]; then
    export http_proxy
  fi
  debootstrap --variant=minbase --include=systemd --cache-dir=/var/cache/apt/archives "$suite" "$root" "$mirror" >>"$log" 2>&1 ||
    fail "debootstrap: $(tail -n 5 "$log")"
  sources >"$root/etc/apt/sources.list"
  [ "$suite" != "$own_suite" ] || cp -a /var/lib/apt/lists/. "$root/var/lib/apt/lists/"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  apt-config dump Acquire::http::Proxy Acquire::Check-Valid-Until >"$root/etc/apt/apt.conf.d/own"
  # What has been downloaded before; what is missing is downloaded into the system itself.
  mkdir "$root/archives"
  mount --bind -o ro /var/cache/apt/archives "$root/archives"
  find /var/cache/apt/archives -maxdepth 1 -name '*.deb' -printf '%f\n' |
    while read -r name; do ln -sf "/archives/$name" "$root/var/cache/apt/archives/$name"; done
  # Only the service that this is about is to be started.
  cat >"$root/usr/sbin/policy-rc.d" <<'SCRIPT'
#!/bin/sh
case $1 in *authservice*) exit 0 ;; esac
exit 101
SCRIPT
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

boot() {
  local unit
  mount -t tmpfs -o mode=0755 none "$root/run"
  # Nothing is to come in between, as apt's daily work; the journal is not to be kept, nor to be the machine's audit log; and the
  # kernel's modules are the machine's.
  mkdir -p "$root/run/systemd/system" "$root/run/systemd/journald.conf.d" "$root/run/lock"
  for unit in timers.target systemd-journald-audit.socket systemd-modules-load.service; do
    ln -s /dev/null "$root/run/systemd/system/$unit"
  done
  printf '[Journal]\nStorage=volatile\n' >"$root/run/systemd/journald.conf.d/volatile.conf"
  # It takes all processes of its control group for its own.
  mkdir "$cgroup/system"
  (
    echo "$BASHPID" >"$cgroup/system/cgroup.procs"
    exec setsid unshare --mount --pid --cgroup --ipc --uts --fork --kill-child --propagation private \
      "$here/test/boot.sh" "$root" "$work/init"
  ) </dev/null >>"$log" 2>&1 &
  comes_about test -s "$work/init" || fail "systemd did not start: $(tail -n 5 "$log")"
  init=$(cat "$work/init")
  comes_about booted || fail "systemd did not boot: $(tail -n 5 "$log" "$work/await.out")
$(inside systemctl list-jobs 2>&1 || :)"
  [ "$(cat "$work/await.out")" = running ] || fail "of the system's units some have failed:
$(inside systemctl --failed --no-legend)"
}

# Says "running", or "degraded" if units have failed.
booted() { grep -xE 'running|degraded' <(inside systemctl is-system-running); }

inside() {
  nsenter --target "$init" --all env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

apt_get() {
  echo "+ apt-get $*" >>"$log"
  inside apt-get -y -o APT::Install-Recommends=false "$@" </dev/null >"$work/apt.out" 2>&1 || {
    cat "$work/apt.out"
    fail "apt-get $*"
  }
  cat "$work/apt.out" >>"$log"
  # Their packages have the directory of logs, too; and packages with units in /lib have directories there.
  ! grep -v -e "removing python3-x2gobroker, directory '/var/log/x2gobroker' not empty" \
    -e "directory '/lib/systemd" "$work/apt.out" |
    grep -E '^dpkg: (warning|error)|^rm: |: not found|No such file' || fail "apt-get $* said the above"
}
