#!/bin/bash
# Compares the verdicts of the service, with PAM in threads and in processes, with those of a program in C that calls libpam, for
# real back ends: OpenLDAP by nslcd and by SSSD, Kerberos, RADIUS, one-time codes, and the states of local accounts. Each daemon is
# also stopped, hangs (SIGSTOP), and comes back; then the memory of the service is searched for every password. All of it is in a
# system that debootstrap makes, with a network of its own. As root, on Debian. Nothing of it stays on this machine.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly log=${BACKENDS_TEST_LOG:-$here/target/backends-test.log}
# shellcheck source-path=SCRIPTDIR source=checks.sh
. "$here/test/checks.sh"
# shellcheck source-path=SCRIPTDIR source=system.sh
. "$here/test/system.sh"

if [ "${1:-}" != --inside ]; then
  unshare --net --ipc --uts true 2>/dev/null || cannot "namespaces cannot be made here"
  run_inside "$0" gcc ip nsenter pgrep python3
fi

readonly work=$2
readonly root=$work/root
readonly packages=(default-jre-headless freeradius krb5-admin-server krb5-kdc krb5-user libpam-google-authenticator libpam-krb5
  libpam-ldapd libpam-radius-auth libpam-sss nslcd oathtool slapd sssd-ldap)
readonly askers=(c thread process)
readonly deadline=5 # seconds; longer than the daemons are waited for that are not there, and shorter than those that hang
: >"$log"

archive=$(built 'authservice-*.tar.gz')

# The system.

# With a shell as its first process, which waits for those whose parent has ended.
enter() { # options of unshare
  rm -f "$work/init"
  unshare --mount --pid --ipc --uts --fork --kill-child --propagation private "$@" \
    "$here/test/boot.sh" "$root" "$work/init" sh -c 'while :; do sleep 1; done' </dev/null >>"$log" 2>&1 &
  comes_about test -s "$work/init" || fail "the system was not entered: $(tail -n 5 "$log")"
  init=$(cat "$work/init")
  touch "$root/entered"
  comes_about inside test -e /entered || fail "the system was not entered: $(tail -n 5 "$log")"
}

leave() {
  kill -KILL "$init"
  comes_about not kill -0 "$init" 2>/dev/null
}

what_was_said() { tail -n 20 "$log" "$work"/*.log; }

# Passwords: each consists of a mark, by which it is found, and a number that says which one it is, several times: what is left in
# memory may be the end of one.

mark=$(od -An -N 4 -tx1 /dev/urandom | tr -d ' \n' | tr 0-9a-f g-v)
readonly mark

password() { # what it is
  local number
  echo "$1" >>"$work/passwords"
  number=$(wc -l <"$work/passwords")
  printf "$mark%04d" "$number" "$number" "$number" "$number"
}

readonly users=(alice bob)
declare -A password_of

# shellcheck source-path=SCRIPTDIR source=daemons.sh
. "$here/test/daemons.sh"

# Who is asked.

start_service() { # form
  local stacks
  stacks=$(cd "$root/etc/pam.d" && echo ldap sss krb5 radius google unix access faillock-*)
  inside env "X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES=$stacks" /opt/authservice/bin/x2gobroker-authservice -i --isolation "$1" \
    --socket "/run/try-$1" --owner root --group root --permissions 0600 --workers 16 --request-timeout "$deadline" \
    --max-attempts-per-user 0 --max-fail-delay 0 </dev/null >"$work/$1.log" 2>&1 &
  comes_about test -S "$root/run/try-$1" || fail "the service does not start: $(cat "$work/$1.log")"
}

pid() { pgrep --ns "$init" --nslist pid -f -- "--isolation $1 --socket"; } # form

ask() { # asker, stack, user, password
  local service=$2 status=0
  [ "$service" != faillock ] || service=faillock-$1
  if [ "$1" = c ]; then
    # One that hangs comes to no verdict.
    inside timeout --signal KILL "$deadline" /root/ask-libpam "$service" "$3" "$4" || status=$?
    [ "$status" -ne 137 ] || echo error
  else
    inside perl /root/ask-service "$service" "$3" "$4" "/run/try-$1"
  fi
}

# The table.

differs() { echo "$*" >>"$work/differences"; }

readonly layout='%-9s %-22s %-26s %-6s %-6s %-7s%s\n'

row() { # stack, state, case, expected verdict, user, password
  local stack=$1 state=$2 case=$3 expected=$4 asker verdict wrong='' found=() asked=()
  local answer
  answer=$(mktemp "$work/answer.XXXXXX")
  for asker in "${askers[@]}"; do
    ask "$asker" "$stack" "$5" "$6" >"$answer.$asker" 2>"$answer.$asker.err" &
    asked+=("$!")
  done
  for process in "${asked[@]}"; do wait "$process" || :; done
  for asker in "${askers[@]}"; do
    verdict=$(tail -n 1 "$answer.$asker")
    found+=("${verdict:-none}")
    [ "$verdict" = "$expected" ] || wrong+=" $asker"
  done
  # shellcheck disable=SC2059
  printf "$layout" "$stack" "$state" "$case" "${found[@]}" "${wrong:+  <-- $expected expected of$wrong}"
  if [ -n "$wrong" ]; then
    differs "$stack, $state, $case: $expected expected, but$(paste -d= <(printf ' %s\n' "${askers[@]}") \
      <(printf '%s\n' "${found[@]}") | tr -d '\n'); libpam: $(tail -n 1 "$answer.c.err")"
  fi
}

# The cases of a stack that are the same for all, and in each state of the daemon.
rows() { # stack, state, the verdicts expected of a right one, a wrong one and an unknown user
  local rows=() file right wrong unknown
  right=$(right_one "$1" alice)
  wrong=$(wrong_one "$1" "$2")
  unknown=$(wrong_one "$1" "$2, for an unknown user")
  file=$(mktemp "$work/rows.XXXXXX")
  row "$1" "$2" right "$3" alice "$right" >"$file.1" &
  rows+=("$!")
  row "$1" "$2" wrong "$4" alice "$wrong" >"$file.2" &
  rows+=("$!")
  # Another one in each state: none that has been asked for before.
  row "$1" "$2" unknown "$5" "nobody-${2// /-}" "$unknown" >"$file.3" &
  rows+=("$!")
  for process in "${rows[@]}"; do wait "$process"; done
  cat "$file".[123]
}

right_one() { # stack, user
  printf %s "${password_of[$2]}"
  [ "$1" != google ] || code
}

wrong_one() { # stack, what it is for
  password "a wrong one for $1, $2"
  [ "$1" != google ] || code
}

eight_at_a_time() { # stack
  local form i asked wrong_one verdicts wrong
  for form in thread process; do
    asked=()
    for i in 1 2 3 4; do
      ask "$form" "$1" alice "$(right_one "$1" alice)" >"$work/eight.$i" 2>&1 &
      asked+=("$!")
      wrong_one=$(wrong_one "$1" "eight at a time, $i")
      ask "$form" "$1" bob "$wrong_one" >"$work/eight.$((i + 4))" 2>&1 &
      asked+=("$!")
    done
    for process in "${asked[@]}"; do wait "$process" || :; done
    verdicts=$(cat "$work"/eight.? | paste -sd ' ')
    wrong=
    if [ "$verdicts" != "ok ok ok ok fail fail fail fail" ]; then
      wrong="  <-- differs"
      differs "$1, eight at a time, in the form $form: $verdicts"
    fi
    printf '%-9s eight at a time, in the form %s: %s%s\n' "$1" "$form" "$verdicts" "$wrong"
  done
}

# Passwords in memory.

found_in() { "$here/test/find-in-memory.py" "$(pid "$1")" "$mark" >"$work/found"; } # form
nothing_in() { found_in "$1" && [ ! -s "$work/found" ]; }

search_memory() { # after what
  local form
  for form in thread process; do
    if ! comes_about nothing_in "$form"; then
      sed "s/^/      /" "$work/found"
      differs "after $1 there are passwords in the memory of the form $form: $(grep -oE "'[0-9]{4}" "$work/found" |
        sort -u | while read -r number; do sed -n "$((10#${number#"'"}))p" "$work/passwords"; done | paste -sd ';')"
    fi
    if grep -F "$mark" "$work/$form.log"; then
      differs "after $1 there is a password in the log of the form $form"
    fi
  done
}

# That they are found while they are asked for shows that the search works.
in_flight() { # what
  local form
  for form in thread process; do
    found_in "$form"
    [ -s "$work/found" ] || differs "$1: the search finds no password in the form $form"
  done
}

# What hangs is answered at the deadline, as the log says.
cut_short() { cat "$work/thread.log" "$work/process.log" | grep -c 'no verdict from PAM in time'; }

answers() { is ok ask "$1" "$2" alice "$(right_one "$2" alice)"; } # asker, stack

outages() { # daemon, and each stack with the verdict that is expected of an unknown user while the daemon is stopped
  local daemon=$1 stacks=() stack asked before
  shift
  stop "$daemon"
  while [ $# -gt 0 ]; do
    rows "$1" "$daemon stopped" error error "$2"
    stacks+=("$1")
    shift 2
  done
  start "$daemon"
  come_back "$daemon" "${stacks[@]}"
  send STOP "$daemon"
  radius_timeout 30
  for stack in "${stacks[@]}"; do
    before=$(cut_short || :)
    rows "$stack" "$daemon hangs" error error error &
    asked=$!
    sleep 1
    in_flight "$stack, $daemon hangs"
    wait "$asked"
    comes_about is $((before + 6)) cut_short || differs "$stack, $daemon hangs: not all were answered at the deadline"
  done
  send CONT "$daemon"
  radius_timeout 3
  come_back "$daemon" "${stacks[@]}"
  search_memory "the outages of $daemon"
}

come_back() { # daemon, stacks
  local daemon=$1 stack asker
  shift
  for stack; do
    for asker in "${askers[@]}"; do
      comes_about answers "$asker" "$stack" || :
    done
    row "$stack" "$daemon is back" right ok alice "$(right_one "$stack" alice)"
  done
}

say "A system"
make_system
enter
apt_get update -qq
mkdir "$root/run/nslcd" # or its package complains; nslcd makes it with the owner that it should have
apt_get install "${packages[@]}"
rmdir "$root/run/nslcd"
leave
mkdir -p "$root/opt/authservice"
tar -C "$root/opt/authservice" --strip-components 1 -xzf "$archive"
gcc -Wall -Werror -o "$root/root/ask-libpam" "$here/test/ask-libpam.c" -lpam
cp "$here/test/ask-service" "$root/root/"

say "Back ends"
for user in "${users[@]}"; do
  password_of[$user]=$(password "the right one of $user")
done
enter --net
nsenter --target "$init" --net ip link set lo up
inside /opt/authservice/libexec/make-archive >>"$log" 2>&1 &
archives=$!
configure_local
configure_ldap
configure_kerberos
configure_radius
configure_codes
for daemon in "${!processes_of[@]}"; do
  start "$daemon"
done
wait "$archives"
for form in thread process; do
  start_service "$form"
done
for name in ldap sss krb5 radius google unix access; do
  check "$name answers" comes_about answers c "$name"
done

say "Verdicts"
# shellcheck disable=SC2059
printf "$layout" stack state case "${askers[@]}" ''
for name in ldap sss krb5 radius google unix access; do
  rows "$name" running ok fail fail
  eight_at_a_time "$name"
done
alices=${password_of[alice]}
row krb5 running "password expired" fail expired "$alices"
row krb5 running "principal revoked" fail revoked "$alices"
row krb5 running "not in ~/.k5login" fail listed "$alices"
row google running "wrong code" fail alice "${alices}000000"
row google running "no code" fail alice "$alices"
row google running "user without secret" fail listed "$alices$(code)"
row unix running "account expired" fail expired "$alices"
row unix running "account locked" fail locked "$alices"
row unix running "must change it" fail must-change "$alices"
row unix running "must change it, and wrong" fail must-change "$(password "a wrong one of who must change it")"
row unix running "password expired" fail old "$alices"
row unix running "password expired long ago" fail too-old "$alices"
row unix running "account without password" fail none ""
row access running "user not allowed" fail bob "${password_of[bob]}"
row access running "not from this terminal" fail listed "$alices"
row faillock running right ok alice "$alices"
row faillock running wrong fail alice "$(password "the first wrong one for faillock")"
row faillock running "wrong again" fail alice "$(password "the second wrong one for faillock")"
row faillock running "right, but locked" fail alice "$alices"
row faillock running "right, of another user" ok bob "${password_of[bob]}"
for asker in "${askers[@]}"; do inside faillock --dir "/var/lib/try-$asker" --user alice --reset; done
row faillock running "right, unlocked again" ok alice "$alices"
eight_at_a_time faillock
search_memory "verdicts"

say "Outages"
mv "$root/etc/shadow" "$root/etc/shadow.away"
rows unix "no /etc/shadow" error error fail
mv "$root/etc/shadow.away" "$root/etc/shadow"
row unix "/etc/shadow is back" right ok alice "$alices"
# SSSD takes a user whom it has never seen for unknown while it cannot ask.
outages slapd ldap error sss fail
# If it caches passwords, it goes by these meanwhile.
stop sssd
echo 'cache_credentials = true' >>"$root/etc/sssd/sssd.conf"
start sssd
come_back sssd sss
stop slapd
rows sss "slapd stopped, cached" ok fail fail
start slapd
come_back slapd ldap
search_memory "cached passwords"
outages nslcd ldap error
outages sssd sss error
outages krb5kdc krb5 error
outages freeradius radius error

if [ -s "$work/differences" ]; then
  printf '\n'
  cat "$work/differences"
  fail "$(wc -l <"$work/differences") differences"
fi
printf '\nbackends.sh: %s: no difference, %d s\n' "$(basename "$archive")" "$SECONDS"
