#!/bin/bash
# What the installed service leaves behind, and who can look into it: tried on an unpacked tar.gz, which is the argument.
# As root, with strace, setpriv, python3 and a JDK. Says what it has seen, or what is wrong and ends with 1.
set -euo pipefail

tar_gz=$(readlink -f "${1:?Usage: $0 authservice.tar.gz}")
scratch=$(mktemp -d)
chmod 755 "$scratch"
started=()

clean_up() {
  for pid in "${started[@]}"; do
    kill -KILL "$pid" 2>/dev/null || :
  done
  rm -rf "$scratch"
}
trap clean_up EXIT

fail() {
  printf 'secrecy: %s\n' "$*" >&2
  exit 1
}

await() { # what, command…
  local what=$1 tries=0
  shift
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "this did not come about: $what"
    sleep 0.1
  done
}

ended() { ! kill -0 "$1" 2>/dev/null; }

mkdir "$scratch/tree" "$scratch/pam.d" "$scratch/home" "$scratch/tmp" "$scratch/cwd" "$scratch/run" "$scratch/log"
tar -C "$scratch/tree" -xzf "$tar_gz"
tree=$(echo "$scratch"/tree/*)
service=$tree/bin/x2gobroker-authservice
printf 'auth required pam_permit.so\naccount required pam_permit.so\n' >"$scratch/pam.d/permit"

# Several at the same time make each archive once.
for ((i = 0; i < 4; i++)); do
  "$tree/libexec/make-archive" >>"$scratch/archives" &
done
wait
[ "$(grep -c 'made for Java' "$scratch/archives")" -eq 2 ] || fail "not two archives were made: $(cat "$scratch/archives")"

export HOME=$scratch/home TMPDIR=$scratch/tmp
cd "$scratch/cwd"
options=(--pam-confdir "$scratch/pam.d" --allow-service permit)

ask() { # socket
  python3 -c '
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
peer.sendall(b"alice\rsecret\rpermit\n")
sys.exit(0 if peer.recv(16) == b"ok\n" else 1)' "$1" 2>/dev/null
}

# Starts one that logs to the file "out" and answers on a socket; its process is "pid".
start() { # command in front…
  local socket=$scratch/run/$RANDOM
  : >"$scratch/out"
  "$@" "$service" -i -s "$socket" "${options[@]}" >"$scratch/out" 2>&1 &
  pid=$!
  started+=("$pid")
  await "it answers: $(cat "$scratch/out")" ask "$socket"
  answers_on=$socket
}

stop() {
  kill "$pid"
  await "it stops" ended "$pid"
}

# Every file that is made, however: what is opened to be created, and every other name that comes into being.
made() {
  grep -E 'O_CREAT|O_TMPFILE|^(creat|mkdir|mknod|link|symlink|rename)(at|at2)?\(|^memfd_create\(|^bind\(.*sun_path="' |
    grep -v ' = -1 ' || :
}

leaves_only_what_it_should() {
  # A file for each thread: in one file for all, a call that another thread's comes between is torn in two lines.
  mkdir "$scratch/trace"
  strace --follow-forks --output-separately -qq -o "$scratch/trace/of" -e trace=file,bind,memfd_create \
    "$service" -s "$scratch/run/socket" "${options[@]}" --daemonize -P "$scratch/run/pid" -L "$scratch/log" \
    --auth-log "$scratch/log/authservice.log" &
  started+=("$!")
  await "it answers" ask "$scratch/run/socket"
  await "it has a PID file" test -s "$scratch/run/pid"
  started+=("$(cat "$scratch/run/pid")")
  pid=$(cat "$scratch/run/pid")
  ask "$scratch/run/socket"
  stop
  wait "${started[0]}" || :
  cat "$scratch"/trace/of.* | made >"$scratch/made"
  for expected in run/socket run/pid log/authservice.log log/x2gobroker-authservice.stdout; do
    grep -q "$scratch/$expected" "$scratch/made" || fail "the trace does not show $expected, so it shows nothing"
  done
  if grep -v -e "\"$scratch/run/" -e "\"$scratch/log/" -e '"/dev/null"' -e '"/proc/self/fd/' "$scratch/made"; then
    fail "it made files that are not its log, socket or PID file"
  fi
  local left
  left=$(find "$scratch/home" "$scratch/tmp" "$scratch/cwd" -mindepth 1)
  [ -z "$left" ] || fail "it left $left"
  echo "It makes its log, socket and PID file, and nothing else."
}

lets_nobody_attach() {
  start
  if jcmd "$pid" VM.version >"$scratch/jcmd" 2>&1; then
    fail "jcmd could attach: $(cat "$scratch/jcmd")"
  fi
  [ ! -e "/tmp/hsperfdata_root/$pid" ] || fail "it has a perf data file"
  if [ -e "/tmp/.java_pid$pid" ] || [ -e "$TMPDIR/.java_pid$pid" ]; then
    fail "it made a socket for those who attach"
  fi
  stop
  echo "Nobody attaches to it, and it has no perf data file."
}

lets_its_own_user_not_look() {
  local as_nobody=(setpriv --reuid nobody --regid nogroup --clear-groups --)
  "${as_nobody[@]}" sleep 60 &
  local other=$!
  started+=("$other")
  await "another process of the user's can be read" "${as_nobody[@]}" cat "/proc/$other/environ" >/dev/null 2>&1
  "${as_nobody[@]}" dd if="/proc/$other/mem" count=0 status=none
  chown nobody "$scratch/run"
  start "${as_nobody[@]}"
  for file in environ mem maps; do
    if "${as_nobody[@]}" dd if="/proc/$pid/$file" of=/dev/null count=1 status=none 2>/dev/null; then
      fail "its own user can read /proc/PID/$file of it"
    fi
  done
  if "${as_nobody[@]}" strace -qq -p "$pid" -e trace=none 2>/dev/null; then
    fail "its own user can trace it"
  fi
  stop
  kill "$other"
  echo "Not even its own user reads its memory or traces it."
}

leaves_no_image_of_a_crash() {
  start sh -c 'ulimit -c unlimited; exec "$@"' sh
  kill -SEGV "$pid"
  await "it crashes" ended "$pid"
  grep -q SIGSEGV "$scratch/out" || fail "it does not say that it crashed: $(cat "$scratch/out")"
  local left
  left=$(find "$scratch/home" "$scratch/tmp" "$scratch/cwd" -mindepth 1; find / /tmp -maxdepth 1 -newer "$scratch/out" \
    \( -name 'hs_err*' -o -name 'core*' \))
  [ -z "$left" ] || fail "a crash left $left"
  echo "A crash says its signal, and leaves no file."
}

ends_when_the_heap_is_exhausted() {
  X2GOBROKER_AUTHSERVICE_JAVA_OPTIONS='-Xmx8m' start
  local status=0
  python3 -c '
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
peers = []
try:
    for i in range(15000):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(sys.argv[1])
        peer.sendall(b"alice\r")
        peers.append(peer)
except OSError:
    pass' "$answers_on"
  await "it ends" ended "$pid"
  wait "$pid" || status=$?
  [ "$status" -eq 3 ] || fail "it ended with $status and not as a JVM whose heap is exhausted: $(tail -n 3 "$scratch/out")"
  echo "An exhausted heap ends it."
}

leaves_only_what_it_should
lets_nobody_attach
lets_its_own_user_not_look
leaves_no_image_of_a_crash
ends_when_the_heap_is_exhausted
