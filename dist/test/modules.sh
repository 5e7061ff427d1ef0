# What PAM modules decide in the units' sandbox: each verdict, right, wrong and refused, is compared with that of the same call made
# outside it. A module that does not find in the sandbox what it refuses by must not let in. Read by deb.sh, after units.sh.
# shellcheck shell=bash disable=SC2154

readonly module_packages=(krb5-admin-server libpam-abl libpam-google-authenticator libpam-krb5 libpam-oath libpam-u2f libpam-yubico)
readonly right=open-sesame

# A secret in two spellings, and its first two codes (RFC 4226, appendix D).
readonly secret=3132333435363738393031323334353637383930
readonly secret_base32=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
readonly codes=(755224 287082)

check_modules() {
  local form name asking
  make_accounts
  apt_get install "${module_packages[@]}"
  make_realm
  make_service_files
  make_callers
  # A deadline long enough for any module, and short enough to wait for; no delay of what was refused.
  printf '%s\n' "X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES=\"$(cd "$root/etc/pam.d" && echo try-*)\"" \
    'X2GOBROKER_AUTHSERVICE_OPTIONS="--request-timeout 8 --max-fail-delay 0"' >>"$root/etc/default/x2gobroker-authservice"
  cases >"$work/cases"

  say "PAM modules outside the units"
  outside <"$work/cases" >"$work/found"
  check "each decides as is expected of it" diff "$work/cases" "$work/found"
  for form in packaged one-process; do
    say "PAM modules in the form \"$form\""
    begin_form "$form"
    cut -d' ' -f1 "$work/cases" | uniq >"$work/services"
    while read -r name; do
      if becomes_user "$name"; then
        check "${name#try-}: lets nobody in without its drop-in" nobody_let_in "$name"
        [ "$name" = try-setpriv ] ||
          check "and the log names it and the drop-in" comes_about said "PAM service $name calls pam_${name#try-}"
      else
        check "${name#try-}: as outside" same_verdicts "$name"
      fi
    done <"$work/services"
    [ "$form" = one-process ] || check_descriptors
    [ "$form" = one-process ] || check_tickets

    say "PAM modules in the form \"$form\", with as-user.conf"
    asking=${unit_of[$form]:-$workers@.service}
    mkdir -p "$root$overrides/$asking.d"
    inside cp "$dropins/$workers@.service.d/as-user.conf" "$overrides/$asking.d/"
    forget_messages
    start_anew
    check "all: as outside" same_verdicts try
    check "and no drop-in is missed" not said as-user.conf
    rm -r "$root$overrides/$asking.d"
  done
  for form in strict unprivileged; do
    say "PAM modules in the form \"$form\""
    begin_form "$form"
    check "nobody gets in whom they refuse outside" refused_stay_out
    check "since it denies those that it opens" comes_about said 'denied by X2GOBROKER_AUTHSERVICE_DENIED_MODULES'
    rm -r "$root$overrides/${unit_of[$form]}.d"
  done
  stop
  inside systemctl stop try-kdc try-process
}

# The cases: a PAM service, a user, the password, and the verdict that is expected.

cases() {
  local name
  # ~/.k5login of alice's names somebody else.
  case_of krb5 bob "$right" ok bob wrong fail alice "$right" fail
  # Alice has a key, which is not plugged in; bob has none, and needs none.
  case_of yubico bob "$right" ok bob wrong fail alice "$right" fail
  case_of u2f bob "$right" ok bob wrong fail alice "$right" fail
  # Wrong ones lock.
  for name in faillock-log faillock-srv faillock-etc abl; do
    case_of "$name" alice "$right" ok alice wrong fail alice wrong fail alice wrong fail alice "$right" fail bob "$right" ok
  done
  case_of listfile bob "$right" ok bob wrong fail alice "$right" fail
  # A code is good once.
  for name in oath-etc oath-var; do
    case_of "$name" alice "$right${codes[0]}" ok alice "$right${codes[0]}" fail alice wrong fail
  done
  case_of google alice "$right${codes[1]}" ok alice "$right${codes[1]}" fail alice "${right}000000" fail bob "$right" ok bob wrong fail
  # Commands: one refuses who has a process, one is started as somebody else.
  case_of processes alice "$right" ok alice wrong fail bob "$right" error
  case_of setpriv bob "$right" ok bob wrong fail
}

case_of() { # name, and then again and again a user, a password and a verdict
  local name=try-$1
  shift
  while [ $# -gt 0 ]; do
    printf '%s %s %s %s\n' "$name" "$1" "$2" "$3"
    shift 3
  done
}

becomes_user() { [[ $1 =~ ^try-(google|u2f|setpriv)$ ]]; }

# Takes cases, and gives them with the verdicts of a program that calls libpam, or of the service.
outside() { forget_attempts && verdicts ask-libpam; }
within() { forget_attempts && verdicts ask-service; }

verdicts() { # program
  # shellcheck disable=SC2016 # the inner shell's variables
  inside sh -c 'while read -r name user password _; do
    echo "$name $user $password $("$0" "$name" "$user" "$password")"
  done' "/root/$1" 2>>"$log"
}

cases_of() { grep "^$1" "$work/cases"; } # the beginning of a name
same_verdicts() { diff <(cases_of "$1") <(cases_of "$1" | within); }
refused_stay_out() {
  within <"$work/cases" >"$work/found"
  not grep -E ' (fail|error) .* ok$' <(paste -d' ' "$work/cases" "$work/found")
}
nobody_let_in() { not grep ' ok$' <(cases_of "$1" | within); }

# What they are made of.

make_accounts() {
  local user
  inside useradd --create-home bob
  printf 'bob:%s' "$right" | inside chpasswd
  mkdir -p "$root/home/alice/.yubico" "$root/home/alice/.config/Yubico" "$root/home/lists"
  echo other@TEST >"$root/home/alice/.k5login"
  echo v1:00:00:00:0:0:2 >"$root/home/alice/.yubico/challenge"
  echo 'alice:aGFuZGxl,cHVia2V5,es256,+presence' >"$root/home/alice/.config/Yubico/u2f_keys"
  echo alice >"$root/home/lists/denied"
  inside chown -R alice: /home/alice
  chmod 700 "$root/home/alice" "$root/home/bob" "$root/home/lists"
  inside systemd-run --quiet --unit try-process --uid bob sleep infinity
}

# A Kerberos server on a port of this machine that is free.
make_realm() {
  local port user
  port=$(inside perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Proto => "udp")->sockport')
  cat >"$root/etc/krb5.conf" <<END
[libdefaults]
  default_realm = TEST
  dns_lookup_kdc = false
[realms]
  TEST = {
    kdc = 127.0.0.1:$port
  }
END
  cat >"$root/etc/krb5kdc/kdc.conf" <<END
[kdcdefaults]
  kdc_listen = 127.0.0.1:$port
  kdc_tcp_listen = ""
[realms]
  TEST = {
    database_name = /var/lib/krb5kdc/principal
  }
END
  inside kdb5_util create -s -r TEST -P master >>"$log" 2>&1
  for user in alice bob; do
    inside kadmin.local addprinc -pw "$right" "$user" >>"$log" 2>&1
  done
  inside systemd-run --quiet --unit try-kdc krb5kdc -n
  check "there is a Kerberos server" comes_about inside sh -c "echo $right | kinit -c /run/try-ticket bob"
}

service_file() { # name, its lines for auth
  local name=$1
  shift
  printf 'auth %s\n' "$@" >"$root/etc/pam.d/try-$name"
  echo 'account required pam_permit.so' >>"$root/etc/pam.d/try-$name"
}

faillock_in() { # name, directory
  local options="dir=$2 deny=2 unlock_time=0"
  service_file "$1" "required pam_faillock.so preauth $options" '[success=1 default=ignore] pam_unix.so nodelay' \
    "[default=die] pam_faillock.so authfail $options" "required pam_faillock.so authsucc $options"
}

make_service_files() {
  local unix='required pam_unix.so nodelay' reuse='required pam_unix.so try_first_pass nodelay'
  service_file krb5 'required pam_krb5.so'
  service_file yubico 'required pam_yubico.so mode=challenge-response nullok' "$unix"
  service_file u2f 'required pam_u2f.so nouserok' "$unix"
  faillock_in faillock-log /var/log/faillock
  faillock_in faillock-srv /srv/faillock
  faillock_in faillock-etc /etc/faillock
  service_file abl 'required pam_abl.so config=/etc/security/pam_abl.conf' "$unix"
  printf '%s\n' db_home=/var/lib/abl host_db=/var/lib/abl/hosts.db host_purge=1d 'host_rule=*:30/1h' \
    user_db=/var/lib/abl/users.db user_purge=1d 'user_rule=!root:2/1h' >"$root/etc/security/pam_abl.conf"
  service_file listfile 'required pam_listfile.so item=user sense=deny onerr=succeed file=/home/lists/denied' "$unix"
  service_file oath-etc 'requisite pam_oath.so usersfile=/etc/users.oath digits=6' "$reuse"
  service_file oath-var 'requisite pam_oath.so usersfile=/var/lib/oath/users digits=6' "$reuse"
  service_file google 'requisite pam_google_authenticator.so nullok forward_pass' "$reuse"
  service_file processes 'required pam_exec.so quiet /root/has-no-process' "$unix"
  service_file setpriv 'required pam_exec.so quiet /usr/bin/setpriv --reuid bob --regid bob --init-groups /bin/true' "$unix"
  service_file descriptors 'required pam_exec.so /root/write-limit' "$unix"
  service_file ticket 'required pam_krb5.so' 'required pam_exec.so quiet /bin/sleep 60'
}

forget_attempts() {
  local place
  for place in /var/log/faillock /srv/faillock /etc/faillock /var/lib/abl /var/lib/oath; do
    rm -rf "${root:?}$place"
    mkdir "$root$place"
  done
  echo "HOTP alice + $secret" >"$root/etc/users.oath"
  install -m 600 "$root/etc/users.oath" "$root/var/lib/oath/users"
  printf '%s\n' "$secret_base32" '" HOTP_COUNTER 1' '" WINDOW_SIZE 17' \
    >"$root/home/alice/.google_authenticator"
  inside chown alice: /home/alice/.google_authenticator
  chmod 400 "$root/home/alice/.google_authenticator"
}

make_callers() {
  gcc -Wall -Werror -o "$root/root/ask-libpam" "$here/test/ask-libpam.c" -lpam
  cp "$here/test/ask-service" "$root/root/"
  # shellcheck disable=SC2016 # the shell's own
  printf '%s\n' '#!/bin/sh' '! grep -qs "^Uid:.$(id -u "$PAM_USER")\b" /proc/[0-9]*/status' >"$root/root/has-no-process"
  printf '%s\n' '#!/bin/sh' 'ulimit -n >/run/try-limit' >"$root/root/write-limit"
  chmod 755 "$root"/root/{has-no-process,write-limit}
}

# A module's descriptors are numbered below what select(2) can take.
check_descriptors() {
  check "a command is started" is ok inside /root/ask-service try-descriptors bob "$right"
  check "and may have 1024 files open" is 1024 cat "$root/run/try-limit"
}

# What a worker that is killed leaves in /tmp is gone with it.
check_tickets() {
  inside /root/ask-service try-ticket bob "$right" >"$work/answer" &
  check "pam_krb5 has a ticket in the worker's /tmp" comes_about ticket_in_worker
  wait "$!"
  check "at its deadline the login is cut short" is error cat "$work/answer"
  check "and no ticket stays" comes_about not tickets
}

tickets() { inside find /tmp /var/tmp -name 'krb5cc_pam_*' | grep .; }
ticket_in_worker() { tickets | grep "/systemd-private-.*-$workers@"; }
