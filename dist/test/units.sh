# The package's units under systemd, in each form of the service: what systemd is told, what it takes from the service, and what
# it does when that dies. For a system in which the package is installed, and alice may log in. Read by deb.sh, which says what
# there is: root, service, sockets, socket, and the functions that ask.
# shellcheck shell=bash disable=SC2154

readonly workers=x2gobroker-authservice-worker
readonly dropins=/usr/share/doc/authservice/examples/systemd
readonly overrides=/etc/systemd/system

# "packaged" is what the units are by themselves; each of the others has a drop-in of its name, for this unit.
readonly forms=(packaged strict unprivileged one-process)
declare -Ar unit_of=([strict]=$workers@.service [unprivileged]=$workers@.service [one-process]=$service)

# What each promises of the process that asks PAM: a worker, or the one process. The capabilities are CAP_DAC_OVERRIDE (2) and
# CAP_AUDIT_WRITE (2 << 28).
readonly no_capabilities=0000000000000000
declare -Ar user_of=([packaged]=root [strict]=root [unprivileged]=dynamic [one-process]=root)
declare -Ar capabilities_of=([packaged]=0000000020000002 [strict]=0000000000000002
  [unprivileged]=$no_capabilities [one-process]=0000000020000002)
declare -Ar network_of=([packaged]="the machine's" [strict]="its own" [unprivileged]="the machine's" [one-process]="the machine's")

check_units() {
  local form
  inside useradd --create-home bob
  printf 'bob:open-sesame' | inside chpasswd
  for form in "${forms[@]}"; do
    say "The units: the form \"$form\""
    begin_form "$form"
    check "it runs" runs
    if [ "$form" = one-process ]; then
      check_process "$(pid)" "${user_of[$form]}" "${capabilities_of[$form]}" "${network_of[$form]}"
      check_what_modules_see "$form" "$(pid)"
    else
      check_process "$(pid)" authservice "$no_capabilities" "its own"
      check "and sees no home directories" not sees_home "$(pid)"
    fi
    if [ "$form" = unprivileged ] && ! reads_shadow; then
      check_no_answers
      check_workers "$form"
    else
      check_answers
      [ "$form" = one-process ] || check_workers "$form"
      check_messages
    fi
    # Its files would have to belong to others than the service's user.
    [ "$form" = unprivileged ] || check_faillock
    case $form in
      packaged)
        check_settings
        check_log_file
        check_services
        check_socket
        check_restarts
        check_deaths_of_workers
        check_failed_starts
        check_damaged_archives
        check_off
        ;;
      one-process)
        check_socket
        check_restarts
        ;;
    esac
    end_form "$form"
  done
  inside userdel --remove bob 2>/dev/null
}

begin_form() { # form
  stop
  forget_messages
  if [ "$1" != packaged ]; then
    mkdir -p "$root$overrides/${unit_of[$1]}.d"
    inside cp "$dropins/${unit_of[$1]}.d/$1.conf" "$overrides/${unit_of[$1]}.d/"
  fi
  start_anew
}

end_form() { # form
  stop
  check "stopped, it leaves no process" comes_about no_process
  check "and no unit that has failed" is "" inside systemctl list-units --all --plain --no-legend --state failed
  rm -rf "$root$overrides/$service.d" "$root$overrides/$workers@.service.d" "$root/run/faillock"
  inside systemctl daemon-reload
}

start_anew() {
  inside systemctl daemon-reload
  inside systemctl restart "$service" || {
    what_was_said
    fail "it does not start"
  }
}

property() { inside systemctl show --property "$1" --value "$service"; }
# The brackets, for that which looks not to find itself.
no_process() { is "" inside sh -c 'grep -ls "[a]uthservice-server" /proc/[0-9]*/cmdline || :'; }

# What was said since, in the journal.

forget_messages() {
  # Not a cursor: behind it journalctl leaves out the first line that matches.
  since=@$(date +%s.%6N)
}

journal() { inside journalctl --quiet --since "$since" --unit 'x2gobroker-authservice*' --output cat "$@"; }

said() { journal | grep -F -- "$1"; }

# By PAM's modules, under the name that those look for who watch the log of logins.
module_said() { journal --identifier x2gobroker-authservice | grep -F -- "$1"; }

# At exactly this level.
verdict_said() { journal --priority "$1..$1" | grep -E "^INFO  $2 user=\"alice\" .* peer_uid=$3\$"; } # priority, verdict, user

said_by_service() { journal --identifier x2gobroker-authservice | grep -E "^$1"; }

warnings() {
  journal | grep -E '(^|[ :])(WARN|ERROR|FATAL)[ :]|unset environment variable' || :
  # But for what pam_unix has to say of a wrong password.
  journal --priority warning | grep -v '^pam_unix(x2gobroker:auth): ' || :
}

# What a process is.

status_of() { inside sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; } # process, what

runs_as() { # process
  local uid
  uid=$(status_of "$1" Uid | tr '\t' '\n' | uniq)
  # systemd's own range (systemd.exec(5), DynamicUser=).
  if [[ $uid =~ ^[0-9]+$ ]] && [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ]; then
    echo dynamic
  else
    inside id -un "$uid"
  fi
}

# Those that it may ever have, may have, and has.
capabilities() { is "$2"$'\n'"$2"$'\n'"$2" status_of "$1" 'Cap\(Prm\|Eff\|Bnd\)'; } # process, which

network() { # process
  if [ "$(inside readlink "/proc/$1/ns/net")" = "$(inside readlink /proc/1/ns/net)" ]; then
    echo "the machine's"
  else
    echo "its own"
  fi
}

sees_home() { inside test -e "/proc/$1/root/home/bob"; } # process
writes_to() { inside touch "/proc/$1/root$2/written" && inside rm "$2/written"; } # process, directory

sandboxed() { # process
  is 1 status_of "$1" NoNewPrivs && is 2 status_of "$1" Seccomp && not writes_to "$1" /usr
}

# It reads what a module refuses by, and writes where one counts.
sees_what_modules_see() { sees_home "$1" && writes_to "$1" /var/lib && writes_to "$1" /srv && writes_to "$1" /etc; } # process

check_process() { # process, user, capabilities, network
  check "its user is: $2" is "$2" runs_as "$1"
  check "it has the capabilities of this form, and cannot come by others" capabilities "$1" "$3"
  check "its network is: $4" is "$4" network "$1"
  check "no new privileges, few system calls, and nothing to write in /usr" sandboxed "$1"
}

check_what_modules_see() { # form, process
  # Without root it writes nowhere, and the modules that count are refused.
  if [ "$1" = unprivileged ]; then
    check "it sees no less of homes than a user does" sees_home "$2"
  else
    check "it reads what modules refuse by, and writes where they count" sees_what_modules_see "$2"
  fi
}

as_broker() {
  printf '%s\n' "$2" |
    inside setpriv --reuid x2gobroker --regid x2gobroker --init-groups authservice login --password-stdin "$1"
}

status_line() { inside systemctl status --no-pager "$service" | grep "^ *Status: \"[0-9]* connections.* $1"; }

# In a worker without root pam_unix of Linux-PAM 1.6 and newer cannot read passwords.
check_no_answers() {
  check "pam_unix cannot tell whether a password is right: there is no verdict" no_verdict alice open-sesame
  check "and the log says why" comes_about said 'error user="alice" service="x2gobroker" reason="pam_unix cannot read the passwords'
}

no_verdict() {
  local status=0
  as_broker "$@" || status=$?
  [ "$status" -eq 3 ]
}

reads_shadow() { grep -q pam_modutil_getspnam "$root"/usr/lib/*/security/pam_unix.so; }

check_answers() {
  check "systemd waits until it says that it is ready" is notify property Type
  check "a right password is right" as_broker alice open-sesame
  check "a wrong password is wrong" not as_broker alice wrong
  check "systemctl status shows what it has done" comes_about status_line "1 ok 1 fail"
}

check_messages() {
  check "the journal says who asked" comes_about verdict_said info ok "$(inside id -u x2gobroker)"
  check "under the service's own name, and with no time but the journal's" comes_about said_by_service "INFO  ok user="
  check "pam_unix has said of whom the password was wrong" module_said 'authentication failure;'
  check "neither it nor systemd has warned of anything" is "" warnings
}

check_faillock() {
  cat >"$root/etc/pam.d/x2gobroker" <<'END'
auth required pam_faillock.so preauth deny=2 unlock_time=0
auth [success=1 default=ignore] pam_unix.so nodelay
auth [default=die] pam_faillock.so authfail deny=2 unlock_time=0
auth required pam_faillock.so authsucc deny=2 unlock_time=0
account required pam_unix.so
END
  check "pam_faillock: the right password is right" client bob open-sesame
  check "a wrong one is wrong" not client bob wrong
  check "and again" not client bob wrong
  check "which locks the account" not client bob open-sesame
  inside faillock --user bob --reset
  check "until it is reset" client bob open-sesame
  rm "$root/etc/pam.d/x2gobroker"
}

# As docs/TROUBLESHOOTING.md has it checked.

settings() { inside sh -c "$(sed -n 's/^#   //p' "$root/etc/default/x2gobroker-authservice")"; }

check_settings() {
  check "--check-config finds no fault while the service runs" settings
  check "nor by itself, where systemd has the socket" inside x2gobroker-authservice --check-config --auth-log /var/log/authservice.log
  # At once, systemd 257 forgets the setting by which the socket's file is removed.
  inside systemctl stop "$workers.socket"
  inside systemctl mask --quiet "$workers.socket"
  check "it finds one with the workers' socket masked" not settings
  inside systemctl unmask --quiet "$workers.socket"
  start_anew
  check "none with it unmasked" settings
}

# In place of the journal.
check_log_file() {
  local file=/var/log/authservice/authservice.log
  drop_in log LogsDirectory=authservice
  as_told X2GOBROKER_AUTHSERVICE_AUTH_LOG="$file"
  check "with a log file that is configured, a right password is right" client alice open-sesame
  check "and the file says so" comes_about grep -q 'INFO  ok user="alice"' "$root$file"
  printf '%s\n' X2GOBROKER_AUTHSERVICE_AUTH_LOG="$file" >>"$root/etc/default/x2gobroker-authservice"
  check "--check-config finds no fault" settings
  inside chown root "$file"
  check "one if the file is root's" not settings
  cp "$work/settings" "$root/etc/default/x2gobroker-authservice"
  no_drop_in log
  rm -r "$root/var/log/authservice"
  start_anew
}

# Which services may be asked for is said in one place, and the workers have the last word on it.

as_told() { # settings
  cp "$root/etc/default/x2gobroker-authservice" "$work/settings"
  printf '%s\n' "$@" >>"$root/etc/default/x2gobroker-authservice"
  start_anew
  cp "$work/settings" "$root/etc/default/x2gobroker-authservice"
}

for_site() { printf 'open-sesame\n' | inside authservice login --password-stdin --service site alice; }

check_services() {
  cp "$root/usr/lib/pam.d/x2gobroker" "$root/etc/pam.d/site"
  check "another PAM service may not be asked for" not for_site
  as_told 'X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES="x2gobroker site"'
  check "unless it is allowed" for_site
  as_told 'X2GOBROKER_AUTHSERVICE_OPTIONS="--allow-service x2gobroker --allow-service site"'
  check "by more than the service's own options" not for_site
  as_told 'X2GOBROKER_AUTHSERVICE_OPTIONS="--allow-service site"' X2GOBROKER_AUTHSERVICE_WORKER_OPTIONS=--allow-service=site
  check "or by those of both" for_site
  rm "$root/etc/pam.d/site"
  start_anew
}

# The socket outlives the service.

check_socket() {
  inside systemctl stop "$service" 2>/dev/null # which warns that the socket can start it
  check "the service stopped, its socket stays" is "root:x2gobroker 660 socket" facts "$socket"
  check "nothing runs" comes_about no_process
  check "a login starts it" client alice open-sesame
  check "it runs" runs

  drop_in hold 'ExecStartPre=/bin/sh -c "until [ -e /run/go ]; do sleep 0.02; done"'
  inside systemctl restart --no-block "$service"
  check "in a restart the old process is gone and the new one not there" comes_about is start-pre property SubState
  connect &
  check "who connects meanwhile" comes_about test -e "$root/run/connected"
  check "waits" is "" cat "$root/run/answer"
  touch "$root/run/go"
  check "and is answered" comes_about is ok cat "$root/run/answer"
  wait "$!"
  rm "$root/run/go" "$root/run/connected" "$root/run/answer"
  no_drop_in hold
}

# Says in /run when it is connected, and what it is answered.
connect() {
  # shellcheck disable=SC2016 # Perl's variables
  inside perl -MIO::Socket::UNIX -e '
    my $peer = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!";
    open(my $answer, ">", "/run/answer") or die $!;
    print $peer "alice\ropen-sesame\rx2gobroker\n";
    $peer->flush;
    open(my $connected, ">", "/run/connected") or die $!;
    print $answer scalar <$peer>;' "$socket"
}

drop_in() { # name, setting
  mkdir -p "$root$overrides/$service.d"
  printf '[Service]\n%s\n' "$2" >"$root$overrides/$service.d/$1.conf"
  inside systemctl daemon-reload
}

no_drop_in() { # name
  rm "$root$overrides/$service.d/$1.conf"
  inside systemctl daemon-reload
}

# What dies or hangs is started anew.

send() { inside systemctl kill --kill-whom main --signal "$@" || fail "no signal: $*"; } # signal, units

another_than() { [ "$(pid)" -ne 0 ] && [ "$(pid)" -ne "$1" ] && runs; } # process

check_restarts() {
  local signal process
  for signal in KILL SEGV; do
    process=$(pid)
    send "$signal" "$service"
    check "SIG$signal: systemd starts it anew" comes_about another_than "$process"
    check "and it answers" client alice open-sesame
  done

  drop_in watchdog WatchdogSec=3
  start_anew
  process=$(pid)
  send STOP "$service"
  check "SIGSTOP: systemd starts it anew" comes_about another_than "$process"
  check "since it gave no keep-alive" said 'Watchdog timeout'
  check "it answers" client alice open-sesame
  no_drop_in watchdog
  start_anew
}

# Whatever keeps the service from starting: it starts when the cause is gone.

check_failed_starts() {
  drop_in hurry $'RestartSec=0.1\nReadWritePaths=/var/log'
  stop
  mv "$root/usr/bin/java" "$work/java"
  inside systemctl start "$service" 2>/dev/null || :
  check "without Java it is started again and again" comes_about restarts_exceed 10
  check "its socket stays" is active inside systemctl is-active "$sockets"
  mv "$work/java" "$root/usr/bin/java"
  check "with Java it comes back by itself" comes_about runs
  check "and answers" client alice open-sesame

  stop
  forget_messages
  cp "$root/etc/default/x2gobroker-authservice" "$work/settings"
  echo X2GOBROKER_AUTHSERVICE_AUTH_LOG=/var/log/elsewhere/auth.log >>"$root/etc/default/x2gobroker-authservice"
  inside systemctl start "$service" 2>/dev/null || :
  check "without a place for its log it is started again and again" comes_about restarts_exceed 3
  check "and says why" said /var/log/elsewhere/auth.log
  check "its socket stays" is active inside systemctl is-active "$sockets"
  inside install -d -o authservice /var/log/elsewhere
  check "with that place it comes back by itself" comes_about runs
  check "and answers" client alice open-sesame
  cp "$work/settings" "$root/etc/default/x2gobroker-authservice"
  no_drop_in hurry
  start_anew
  rm -r "$root/var/log/elsewhere"
}

restarts_exceed() { [ "$(property NRestarts)" -gt "$1" ]; }

# Of the same size, so that it looks as if it fitted.
check_damaged_archives() {
  local name archive
  for name in server worker; do
    await_archive
    archive=$root/var/cache/authservice/$name
    dd if=/dev/urandom of="$archive" bs=1M seek=1 count=8 conv=notrunc 2>>"$log"
    forget_messages
    inside systemctl restart "$service" || :
    check "the $name's archive damaged, it starts nevertheless" comes_about client alice open-sesame
    check "and says so" comes_about said "$name is damaged"
    await_archive
    start_anew
    check "the archive is made anew" inside test -s "/var/cache/authservice/$name"
    check "and used" comes_about client alice open-sesame
  done
  rm -r "$root/var/cache/authservice"
  await_archive
  check "their directory removed, both are made anew" \
    inside test -s /var/cache/authservice/server -a -s /var/cache/authservice/worker
}

# By the line that the pages give: the sockets would start it again.
check_off() {
  local line page
  line=$(grep -o -m 1 'systemctl disable --now [a-z0-9. -]*' "$here/../docs/TROUBLESHOOTING.md") || fail "no page says how to turn it off"
  for page in README.md dist/man/x2gobroker-authservice.8; do
    check "$page has the line that turns it off" grep -qF "$line" "$here/../$page"
  done
  # shellcheck disable=SC2086 # words
  check "the line is carried out" inside $line
  check "nothing runs" comes_about no_process
  check "a login does not start it" not client alice open-sesame
  check "nothing is active" is "" inside systemctl list-units --all --plain --no-legend --state active 'x2gobroker-authservice*'
  check "nor enabled" not inside systemctl is-enabled "$service" "$sockets" "$workers.socket"
  line=$(grep -o -m 1 'systemctl enable --now [a-z0-9. -]*' "$here/../docs/TROUBLESHOOTING.md") || fail "no page says how to turn it on"
  # shellcheck disable=SC2086
  check "the line for that turns it on" inside $line
  check "and a right password is right" client alice open-sesame
}

# needrestart takes each worker for a service, which it could not start again.
check_needrestart() {
  local unit
  say "needrestart"
  apt_get install needrestart
  check "a right password is right" client alice open-sesame
  unit=$(worker_processes)
  apt_get install --reinstall libcrypt1
  forget_messages
  check "needrestart restarts what uses a library that is gone" inside needrestart -r a
  check "but no worker" is "$unit" worker_processes
  check "a right password is right" client alice open-sesame
  apt_get purge needrestart
}

# Workers: each in a unit of its own, and root.

worker_units() { units_that_are "active,activating,deactivating,failed,inactive"; }
worker_processes() { inside systemctl show --property MainPID "$workers@*.service"; }
units_that_are() { inside systemctl list-units --all --plain --no-legend --state "$1" "$workers@*.service" | sed 's/ .*//'; }
none_of() { not grep -xF -f <(worker_units) "$1"; } # file with units
all_run() { [ -n "$(worker_units)" ] && is "$(worker_units)" units_that_are running; }

check_workers() { # form
  local unit process
  check "it has workers, in units of their own, of which all run" comes_about all_run
  worker_units >"$work/units"
  while read -r unit; do
    printf '      %s\n' "$unit"
    process=$(inside systemctl show --property MainPID --value "$unit" </dev/null)
    check_process "$process" "${user_of[$1]}" "${capabilities_of[$1]}" "${network_of[$1]}" </dev/null
    check_what_modules_see "$1" "$process" </dev/null
    check "where memory runs out, it goes before the service" is "500 0" oom_scores "$process" "$(pid)" </dev/null
  done <"$work/units"
}

oom_scores() { inside sh -c 'echo "$(cat "/proc/$0/oom_score_adj") $(cat "/proc/$1/oom_score_adj")"' "$@"; } # processes

check_deaths_of_workers() {
  local process
  check "workers run" comes_about all_run
  worker_units >"$work/units"
  send KILL "$workers@*.service"
  check "SIGKILL of all workers: a login goes on to work" client alice open-sesame
  check "their units are gone" comes_about none_of "$work/units"
  check "those of the others run" comes_about all_run

  worker_units >"$work/units"
  process=$(pid)
  send KILL "$service"
  check "SIGKILL of the service: no worker stays" comes_about none_of "$work/units"
  check "it is started anew" comes_about another_than "$process"
  check "and it answers" client alice open-sesame
}
