#!/bin/bash
# Examines the built RPM package with rpmlint, and installs it with rpm in a system of its own, which debootstrap makes: a lower
# release, then this one, and none. As root, on Debian: the package's own tools are Fedora's and openSUSE's too, the rest of the
# system is not. Nothing of it stays on this machine, but downloaded packages in apt's own cache.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly log=${RPM_TEST_LOG:-$here/target/rpm-test.log}
# shellcheck source-path=SCRIPTDIR source=checks.sh
. "$here/test/checks.sh"
# shellcheck source-path=SCRIPTDIR source=chroot.sh
. "$here/test/chroot.sh"

[ "${1:-}" = --inside ] || run_inside "$0" mvn rpm rpmlint

readonly work=$2
readonly root=$work/root
: >"$log"
keep_in_memory

package=$(built "authservice-*.$(uname -m).rpm")

say "rpmlint"
rpmlint --strict --config "$here/rpm/rpmlint.toml" "${package%."$(uname -m)".rpm}".*.rpm || fail "rpmlint said the above"
echo "ok    no error, no warning"

say "debootstrap"
make_chroot "$(dpkg --print-architecture)" default-jre-headless,libpam-modules,systemd
# As Fedora and openSUSE have it.
mkdir -p "$root/etc/systemd/system-preset"
echo 'disable *' >"$root/etc/systemd/system-preset/99-default.preset"

# Its database is that of the system inside, which knows no package that this one depends on.
in_root() { rpm --root "$root" --define '_dbpath /var/lib/rpm' "$@"; }
# Debian's rpm advises against itself.
install() { in_root --nodeps --force-debian "$@" >>"$log" 2>&1 || fail "rpm $*: $(tail -n 5 "$log")"; }
release() { in_root -q --qf '%{RELEASE}' authservice; }
verify() { in_root -V --nodeps authservice; }
links() { find "$root/etc/systemd/system" -name 'x2gobroker-authservice*' -printf '%P\n' | sort; }
left() { (cd "$root" && find etc usr var run -xdev \( -name '*authservice*' -o -name x2gobroker \) ! -path 'var/lib/rpm/*'); }
has_mapped() { grep -q -- "$1" "$root/proc/$service/maps"; }

say "A lower release"
mvn -q -B -f "$here/pom.xml" de.dentrassi.maven:rpm:rpm@"$(uname -m)" -Drpm.snapshotBuildId=0 -Drpm.release=0 \
  -Drpm.targetDir="$work/lower" >>"$log" 2>&1 || fail "mvn: $(tail -n 5 "$log")"
check "what it depends on is named" is "/bin/sh java-headless >= 17 pam systemd" \
  sh -c "rpm -qp --requires '$package' | grep -v '^rpmlib' | sort -u | paste -s -d ' '"
install -i "$work"/lower/*.rpm
check "it is installed, and rpm finds every file as it should be" is "" verify
check "root owns each file, and may write to it alone" is "" \
  bash -c "set -o pipefail; rpm -qplv '$package' | { grep -v -e '^[d-]rw[x-]r-[x-]r-[x-] .* root  *root ' -e '^lrwxrwxrwx' || :; }"
check "the service's user cannot log in" is "/:/usr/sbin/nologin" inside sh -c 'getent passwd authservice | cut -d: -f6-'
check "the socket's directory is the broker's" is "x2gobroker:x2gobroker 770 directory" facts /run/x2gobroker
check "only root may write to the archive" is $'root:root 755 directory\nroot:root 644 regular file' \
  facts /var/cache/authservice /var/cache/authservice/server
check "systemd understands the units" is "" inside systemd-analyze verify --man=no /usr/lib/systemd/system/x2gobroker-authservice.service
check "presets decide that it is not enabled" is "" links
check "PAM's file has this system's rules" is 'auth    include common-auth' head -n 1 "$root/usr/lib/pam.d/x2gobroker"
start_service x2gobroker-authservice
check "a right password is right" log_in alice open-sesame
check "a wrong password is wrong" not log_in alice wrong
check "the service has mapped the archive of its classes" has_mapped /var/cache/authservice/server
check "it stops" stop_service

say "This release"
inside systemctl enable x2gobroker-authservice.service 2>>"$log"
enabled=$(links)
echo 'X2GOBROKER_DEBUG=1' >>"$root/etc/default/x2gobroker-authservice"
install -U "$package"
check "it is this release" is "$(rpm -qp --qf '%{RELEASE}' "$package")" release
check "it stays enabled" is "$enabled" links
check "edited settings stay" grep -q '^X2GOBROKER_DEBUG=1' "$root/etc/default/x2gobroker-authservice"
start_service x2gobroker-authservice
check "a right password is right" log_in alice open-sesame
check "it stops" stop_service

say "None"
install -e authservice
check "edited settings stay, with the socket's directory, and nothing else" \
  is $'etc/default/x2gobroker-authservice.rpmsave\nrun/x2gobroker' left

printf '\nrpm.sh: %s: %d checks, %d s\n' "$(basename "$package")" "$checks" "$SECONDS"
