# Read by compare.sh: the services that are compared, and what they need of the system.
# shellcheck shell=bash disable=SC2034,SC2154 # variables that are set or read in the other files

readonly permit=authservice-bench-permit
readonly unix=authservice-bench-unix
readonly bad=authservice-bench-bad
readonly user_prefix=authservice-bench-
readonly user_count=8
readonly user_comment='authservice benchmark, temporary'
readonly python_service=/usr/sbin/x2gobroker-authservice
readonly compile=(-O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra)

password=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
readonly password

services=()      # numbers of the processes that run
declare -A pid_of # by name

# Unpacks our service, as an admin would, and makes its archives of classes.
install_ours() {
  local found
  if [ -z "$tar" ]; then
    found=("$here"/../target/authservice-*.tar.gz)
    if [ ${#found[@]} -ne 1 ] || [ ! -e "${found[0]}" ]; then
      fail "there is not one dist/target/authservice-*.tar.gz: run 'mvn -DskipTests package' first, or name it by --tar"
    fi
    tar=${found[0]}
  fi
  mkdir "$scratch/ours"
  tar -xzf "$tar" -C "$scratch/ours" --strip-components=1
  home=$scratch/ours
  "$home/libexec/make-archive" >&2 || note "The service is measured without its archive of classes, which could not be made."
}

# What is missing is left out, in words.
find_peers() {
  python=no
  if [ ! -x "$python_service" ]; then
    note "Left out: X2Go's Python service, which is not here (Debian: x2gobroker-authservice)."
  elif ! /usr/bin/python3 "$python_service" --help >/dev/null 2>&1; then
    note "Left out: X2Go's Python service, which does not start with /usr/bin/python3."
  else
    python=yes
  fi

  sasl=no
  if command -v saslauthd >/dev/null; then
    sasl=yes
  else
    note "Left out: saslauthd, which is not here (Debian: sasl2-bin)."
  fi

  pam=no
  c=no
  starts=no
  if ! command -v gcc >/dev/null; then
    note "Left out: PAM itself and the time to start, which need gcc (Debian: gcc libc6-dev libpam0g-dev)."
    return
  fi
  gcc "${compile[@]}" -o "$scratch/first-verdict" "$here/first-verdict.c" && starts=yes
  if gcc "${compile[@]}" -o "$scratch/pam-loop" "$here/pam-loop.c" -lpam -pthread 2>"$scratch/gcc"; then
    pam=yes
    gcc "${compile[@]}" -o "$scratch/c-server" "$here/c-server.c" -lpam -pthread && c=yes
  else
    note "Left out: PAM itself, since its headers are not here (Debian: libpam0g-dev)."
  fi
}

add_to_system() {
  remove_from_system
  printf '%s required pam_permit.so\n' auth account >"/etc/pam.d/$permit"
  printf '%s required pam_unix.so\n' auth account >"/etc/pam.d/$unix"
  local i
  for ((i = 1; i <= user_count; i++)); do
    useradd --no-create-home --home-dir /nonexistent --no-user-group --shell /usr/sbin/nologin \
      --comment "$user_comment" "$user_prefix$i"
  done
  for ((i = 1; i <= user_count; i++)); do
    printf '%s:%s\n' "$user_prefix$i" "$password"
  done | chpasswd --crypt-method YESCRYPT
}

# Also what an earlier run left behind that was killed.
remove_from_system() {
  rm -f "/etc/pam.d/$permit" "/etc/pam.d/$unix" "/etc/pam.d/$bad"
  local name comment
  while IFS=: read -r name _ _ _ comment _; do
    if [[ $name = "$user_prefix"* && $comment = "$user_comment" ]]; then
      userdel "$name"
    fi
  done < <(cat /etc/passwd)
}

# The command that starts our service. Options that follow it override those given here.
ours_command() { # directory, further options
  command=("$home/bin/x2gobroker-authservice" --socket-file "$1/socket" --owner root --group root --permissions 0600
    --allow-service "$permit" --allow-service "$unix" --auth-log "$1/log" --isolation thread
    "${@:2}")
}

python_command() { # directory
  # As Debian has it, but for the place of the log.
  sed "s|/var/log/x2gobroker/authservice.log|$1/log|" /etc/x2go/broker/x2gobroker-authservice-logger.conf >"$1/logger.conf"
  command=(env "X2GOBROKER_AUTHSERVICE_LOGCONFIG=$1/logger.conf" /usr/bin/python3 -W ignore "$python_service"
    --socket-file "$1/socket" --owner root --group root --permissions 0600)
}

# Starts a service unless it runs already. Its directory, with the socket, is $scratch/run/NAME.
start() { # ours, python, sasl or c; a name, if there is to be more than one; further options of ours
  local kind=$1 name=${2:-$1} dir
  [ -z "${pid_of[$name]:-}" ] || return 0
  dir=$scratch/run/$name
  mkdir -p "$dir"
  case $kind in
    ours) ours_command "$dir" "${@:3}" ;;
    python) python_command "$dir" ;;
    sasl) command=(saslauthd -a pam -n 5 -m "$dir") ;;
    c) command=("$scratch/c-server" "$dir/socket" "$permit") ;;
  esac
  "${command[@]}" </dev/null >"$dir/out" 2>&1 9>&- &
  local pid=$! socket
  socket=$(socket_of "$kind" "$name")
  if [ "$kind" = sasl ]; then
    # It goes to the background by itself.
    wait "$pid" || fail "saslauthd did not start: $(cat "$dir/out")"
    until_true test -s "$dir/saslauthd.pid" || fail "saslauthd did not start: $(cat "$dir/out")"
    pid=$(cat "$dir/saslauthd.pid")
  fi
  services+=("$pid")
  pid_of[$name]=$pid
  until_true test -S "$socket" || fail "the service '$name' did not start: $(cat "$dir/out")"
}

stop() { # name
  local pid=${pid_of[$1]}
  kill "$pid" 2>/dev/null || :
  until_true eval "! kill -0 $pid 2>/dev/null" || kill -KILL "$pid"
  unset "pid_of[$1]"
  rm -rf "$scratch/run/$1"
}

stop_services() {
  local name
  for name in "${!pid_of[@]}"; do
    stop "$name"
  done
}

socket_of() { # kind, name
  if [ "$1" = sasl ]; then
    printf '%s' "$scratch/run/$2/mux"
  else
    printf '%s' "$scratch/run/$2/socket"
  fi
}

until_true() { # command
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    if "$@"; then
      return 0
    fi
    sleep 0.1
  done
  return 1
}

# One verdict, so that a service has done once all that it does.
ask_once() { # name
  printf 'any\n' | "$home/bin/authservice" login --socket "$scratch/run/$1/socket" --service "$permit" --password-stdin \
    bench-1 >/dev/null || fail "the service '$1' gave no verdict"
}

# Whichever of its threads has started them.
children_of() { # pid
  cat "/proc/$1/task"/*/children | tr '\n' ' '
}

# Of a service's processes, all together, in KB: VmRSS, or the share of shared memory counted in part: Pss.
memory() { # name, Rss or Pss
  local pid=${pid_of[$1]} processes
  read -ra processes < <(children_of "$pid") || :
  processes=("$pid" "${processes[@]}")
  processes=("${processes[@]/#//proc/}")
  cat "${processes[@]/%//smaps_rollup}" | awk -v field="$2:" '$1 == field { sum += $2 } END { print sum }'
}
