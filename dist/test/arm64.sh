#!/bin/bash
# Installs the built Debian package for arm64 in a system of its own, which debootstrap makes, and logs in, with PAM in processes,
# in threads, and where pages have 64 KB. QEMU runs the programs: on an ordinary processor this takes some minutes. As root, on
# Debian. Nothing of it stays on this machine, but downloaded packages in apt's own cache.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly log=${ARM64_TEST_LOG:-$here/target/arm64-test.log}
readonly handlers=/proc/sys/fs/binfmt_misc
readonly handler=authservice-arm64-test
# shellcheck source-path=SCRIPTDIR source=checks.sh
. "$here/test/checks.sh"
# shellcheck source-path=SCRIPTDIR source=chroot.sh
. "$here/test/chroot.sh"

[ "${1:-}" = --inside ] || run_inside "$0" dpkg-deb

readonly work=$2
readonly root=$work/root
: >"$log"
keep_in_memory

package=$(built 'authservice_*_arm64.deb')

# Downloads a package of QEMU's, and unpacks it.
fetch() { # its name, the suite, where to
  local options=(-q -o "Dir::Etc::SourceList=$3/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$3/lists"
    -o "Dir::Cache=$3/cache" -o APT::Sandbox::User=root)
  local mirror
  mirror=$(own_mirror)
  mkdir -p "$3/lists/partial" "$3/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" >"$3/sources.list"
  (cd "$3" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "$1" && dpkg-deb -x "$1"_*.deb .) \
    >>"$log" 2>&1 || fail "no package $1 of $2: $(tail -n 5 "$log")"
}

# The kernel starts QEMU for each program of arm64's, in every system of this machine, for as long as this script runs.
handle_arm64() { # QEMU's path
  [ -e "$handlers/register" ] || mount -t binfmt_misc binfmt_misc "$handlers" 2>/dev/null || cannot "the kernel has no binfmt_misc"
  # shellcheck disable=SC1003 # the kernel's own escapes
  printf '%s' ":$handler:M::"'\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:'\
'\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$1:FOC" >"$handlers/register"
  trap 'echo -1 >"$handlers/$handler"' EXIT
}

logs_in() { # what in
  check "$1: a right password is right" log_in alice open-sesame
  check "$1: a wrong password is wrong" not log_in alice wrong
  check "$1: it stops" stop_service
}

say "QEMU"
# Before QEMU 10 there are no subreapers, as the service and its workers are, and since then no pages but those of the kernel.
case $suite in
  bookworm)
    fetch qemu-user "$suite-backports" "$work/qemu"
    fetch qemu-user-static "$suite" "$work/older-qemu" # 7.2
    ;;
  *) fetch qemu-user "$suite" "$work/qemu" ;;
esac
handle_arm64 "$work/qemu/usr/bin/qemu-aarch64"

say "debootstrap"
make_chroot arm64 default-jre-headless,libpam-modules

say "Installation"
cp "$package" "$root/root/authservice.deb"
inside dpkg -i /root/authservice.deb >>"$log" 2>&1 || fail "dpkg: $(tail -n 5 "$log")"
check "dpkg finds every file as it should be" is "" inside dpkg --verify authservice
check "the archive of classes was made" is $'root:root 644 regular file\nroot:root 644 regular file' \
  facts /var/cache/authservice/server /var/cache/authservice/worker

say "Logins"
start_service x2gobroker-authservice
logs_in "PAM in processes"
start_service x2gobroker-authservice --isolation thread
logs_in "PAM in threads"

say "Pages of 64 KB"
if [ -e "$work/older-qemu/usr" ]; then
  cp "$work/older-qemu/usr/bin/qemu-aarch64-static" "$root/qemu"
  check "programs see them" is 65536 inside /qemu -p 65536 /usr/bin/getconf PAGESIZE
  # As the launcher does; that version of QEMU has no subreapers.
  home=/usr/lib/authservice
  start_service /qemu -p 65536 /usr/bin/java "@$home/libexec/server.args" "-Djava.library.path=$home/lib/native/aarch64" \
    "-Djna.boot.library.path=$home/lib/native/aarch64" -Djna.nounpack=true -jar "$home/lib/authservice-server.jar"
  logs_in "pages of 64 KB"
else
  echo "      not tried: this suite's QEMU has the kernel's pages"
fi

say "Purged"
inside dpkg -P authservice >>"$log" 2>&1 || fail "dpkg: $(tail -n 5 "$log")"
check "nothing is left" is "" find "$root/etc" "$root/usr" "$root/var" "$root/run" -xdev -path "$root/var/lib/dpkg" -prune \
  -o -name '*authservice*' -print

printf '\narm64.sh: %s: %d checks, %d s\n' "$(basename "$package")" "$checks" "$SECONDS"
