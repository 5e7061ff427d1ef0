#!/bin/sh
# Shows the service at work: builds it if need be, starts it on a socket of its own, and asks it a few things. The verdicts
# come from this machine's PAM, by rules that lie in a temporary directory: nothing of the machine is touched, and anyone
# may run it. It stays up until Ctrl-C; with --once it ends by itself, with 0 only if every verdict was the right one.
set -eu

user=demo
password=open-sesame
service=x2gobroker

once=no
case "$#:${1:-}" in
  0:) ;;
  1:--once) once=yes ;;
  *)
    echo "Usage: $0 [--once]" >&2
    exit 2
    ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
server_jar=$root/authservice-server/target/authservice-server.jar
client_jar=$root/authservice-client/target/authservice-client-cli.jar

fail() {
  printf '%s\n' "demo: $*" >&2
  exit 1
}

need_jdk() {
  printf '%s\n' \
    "demo: a JDK, 17 or newer, is needed; $1." \
    "  Debian, Ubuntu:  apt-get install default-jdk-headless maven" \
    "  Fedora:          dnf install java-latest-openjdk-devel maven" \
    "or set JAVA_HOME to one that is installed elsewhere." >&2
  exit 1
}

need_maven() {
  printf '%s\n' \
    "demo: Maven, 3.8 or newer, is needed to build the service; $1." \
    "  Debian, Ubuntu:  apt-get install maven" \
    "  Fedora:          dnf install maven" >&2
  exit 1
}

dir=
server=

clean_up() {
  status=$?
  trap - EXIT
  trap '' INT TERM HUP PIPE
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || :
    wait "$server" 2>/dev/null || :
  fi
  if [ -n "$dir" ]; then
    rm -rf "$dir"
  fi
  exit "$status"
}

# Tools.

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  javac=$JAVA_HOME/bin/javac
else
  java=java
  javac=javac
fi
command -v "$java" >/dev/null 2>&1 || need_jdk "there is no $java"
command -v "$javac" >/dev/null 2>&1 || need_jdk "there is a Java runtime, but no compiler ($javac)"
java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${java_version:-0}" -ge 17 ] || need_jdk "$java is of version ${java_version:-unknown}"

if [ ! -f "$server_jar" ] || [ ! -f "$client_jar" ]; then
  command -v mvn >/dev/null 2>&1 || need_maven "there is no mvn"
  maven_version=$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  # shellcheck disable=SC2086 # two words
  set -- ${maven_version:-0 0}
  if [ "$1" -lt 3 ] || { [ "$1" -eq 3 ] && [ "$2" -lt 8 ]; }; then
    need_maven "this one is $1.$2"
  fi
  echo "Building the service, which takes a minute or more the first time ..."
  (cd "$root" && mvn -q -DskipTests -pl authservice-server,authservice-client -am package) ||
    fail "the build failed"
fi

# A place for everything. The path of a socket has at most 107 bytes, and PAM's files are split at spaces.

trap clean_up EXIT
trap 'exit 0' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE

fits() {
  [ -d "$1" ] && [ -w "$1" ] && [ "$(printf '%s' "$1" | wc -c)" -le 60 ] &&
    case $1 in *[!A-Za-z0-9/._+-]*) false ;; /*) true ;; *) false ;; esac
}

for place in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
  if fits "$place"; then
    dir=$(mktemp -d "$place/authservice-demo.XXXXXX")
    break
  fi
done
[ -n "$dir" ] || fail "no temporary directory can be written to; set TMPDIR to one with a short, plain name"
socket=$dir/socket

# PAM's rules: a script compares the password. pam_exec has no way to say "wrong password", only "failed", so that
# pam_deny says it; who is accepted skips that line.

mkdir "$dir/pam.d"
cat >"$dir/pam.d/$service" <<END
auth [success=1 default=ignore] pam_exec.so quiet expose_authtok /bin/sh $dir/check
auth requisite pam_deny.so
auth required pam_permit.so
account required pam_permit.so
END
cat >"$dir/check" <<END
given=\$(tr -d '\\000')
[ "\$PAM_USER" = '$user' ] && [ "\$given" = '$password' ]
END
"$javac" -d "$dir" "$root/dist/demo/SendLine.java" || fail "cannot compile $root/dist/demo/SendLine.java"

# The service.

unset X2GOBROKER_AUTHSERVICE_SOCKET X2GOBROKER_AUTHSERVICE_LOGCONFIG X2GOBROKER_DEBUG X2GOBROKER_DAEMON_USER
"$java" -jar "$server_jar" --socket-file "$socket" --permissions 0600 --pam-confdir "$dir/pam.d" \
  --allow-service "$service" --auth-log "$dir/log" &
server=$!
tries=0
until grep -q ' answers on ' "$dir/log" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || fail "the service did not start"
  tries=$((tries + 1))
  [ "$tries" -le 300 ] || fail "the service does not answer"
  sleep 0.1 2>/dev/null || sleep 1
done

echo "The service answers on $socket"
echo "The demo user is '$user', with the password '$password'."
echo

# What is asked. A reply is asked for beside what was sent: user, password and PAM service, with \r between them.

right=yes

verdict() { # what was sent, what it should be, the verdict, what it shows
  mark=
  if [ "$3" != "$2" ]; then
    right=no
    mark="  <-- should be $2"
  fi
  printf '%-40s %-8s %s%s\n' "$1" "$3" "$4" "$mark"
}

ask() { # the line, what the verdict should be, what it shows
  reply=$("$java" -cp "$dir" SendLine "$socket" "$1" 2>&1) || :
  verdict "$1" "$2" "$reply" "$3"
}

printf '%-40s %-8s %s\n' "Sent" "Verdict" ""
ask "$user\\r$password\\r$service\\n" ok "the right password"
ask "$user\\rwrong\\r$service\\n" fail "a wrong password"
ask "nobody-here\\r$password\\r$service\\n" fail "an unknown user"
ask "$user\\r$password\\rsu\\n" fail "a PAM service that is not allowed"
ask "$user $password\\n" bad "a malformed request"

login() { # the password, the exit status that it should have, what it shows
  status=0
  printf '%s\n' "$1" |
    "$java" -jar "$client_jar" login --socket "$socket" --password-stdin "$user" >"$dir/reply" 2>&1 || status=$?
  verdict "login $user, password $1" "exit $2" "exit $status" "$3: $(head -n 1 "$dir/reply")"
}

login "$password" 0 "the Java client"
login wrong 1 "the Java client"
echo

if [ "$once" = yes ]; then
  [ "$right" = yes ] || fail "not every verdict was the right one"
  echo "Every verdict was the right one."
  exit 0
fi

# printf, since some shells' echo turns \r into what it stands for.
line="$user\\r$password\\r$service\\n"
printf '%s\n' "To try more, in another terminal:" "" \
  "  $java -jar $client_jar login --socket $socket $user"
if command -v socat >/dev/null 2>&1; then
  printf '%s\n' "  printf '$line' | socat -t 5 - UNIX-CONNECT:$socket"
elif command -v nc >/dev/null 2>&1 && nc -h 2>&1 | grep -q -- '-U'; then
  printf '%s\n' "  printf '$line' | nc -U -q 5 $socket"
elif command -v python3 >/dev/null 2>&1; then
  connect="import socket; s = socket.socket(socket.AF_UNIX); s.connect(\"$socket\")"
  printf '%s\n' "  python3 -c '$connect; s.sendall(b\"$line\"); print(s.recv(64))'"
fi
printf '%s\n' "  tail -f $dir/log" "" "The service goes on until Ctrl-C."
wait "$server" || :
server=
fail "the service has ended by itself"
