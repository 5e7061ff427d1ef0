# Read by compare.sh: one function for each row, in the order of their names here. To add one: add its name, and row_NAME,
# which takes its samples and calls "row".
# shellcheck shell=bash disable=SC2154 # variables of the other files

row_names() {
  printf '%s' 'permit-fresh permit-kept unix delays idle start memory client' \
    ' turns isolated-permit isolated-unix isolated-memory worker hang crash'
}

readonly idle_connections=10000
readonly pending=200

# Puts load on a service. Prints a line of JSON; what is not answered by "ok" is noted.
load() { # kind, PAM service, users, connections, further options
  local kind=$1 name=${as:-$1} protocol=authservice result answers ok
  [ "$kind" != sasl ] || protocol=saslauthd
  result=$(printf '%s\n' "$password" |
    "$home/bin/authservice" bench --protocol "$protocol" --socket "$(socket_of "$kind" "$name")" --service "$2" \
      --user "$3" --connections "$4" --warmup "$warmup" --duration "$seconds" --json --password-stdin "${@:5}" \
      2>"$scratch/load") || fail "no load on $name: $(tail -n 3 "$scratch/load")"
  answers=$(field answers "$result")
  ok=$(field ok "$result")
  if [ "$ok" != "$answers" ]; then
    note "$name, $2, $4 connections: $((answers - ok)) of $answers right passwords were not answered by \"ok\"."
  fi
  printf '%s' "$result"
}

# What is compiled after many requests only is so from here on. A row with few of them, or a first one, would count the wait for it.
warm_up() { # name of a service of ours
  (as=$1 warmup=0 seconds=3 load ours "$permit" bench-%d 8 --keep >/dev/null)
}

# A number from a line of JSON, by its last name.
field() { # name, JSON
  local rest=${2#*\""$1"\":}
  printf '%s' "${rest%%[,\}]*}"
}

# One measurement of one peer, whose samples are kept as PEER.KEY, and its p99 in milliseconds as PEER.KEY.p99.
sample() { # key, kind, PAM service, users, connections, further options
  local result
  result=$(load "${@:2}")
  add "$2.$1" "$(field answers_per_second "$result")"
  add "$2.$1.p99" "$(calculate "$(field p99 "$result") / 1000")"
}

# PAM in two threads, whose modules are loaded.
sample_pam() { # key, PAM service, users
  local result
  result=$(printf '%s\n' "$password" | "$scratch/pam-loop" "$2" "$3" 2 "$warmup" "$seconds")
  [ "${result#* }" = 0 ] || note "PAM itself, $2: ${result#* } right passwords were refused."
  add "pam.$1" "${result% *}"
}

services_of() { # kinds that are wanted: prints those that are here
  local kind
  for kind in "$@"; do
    [ "${!kind:-yes}" = no ] || printf '%s ' "$kind"
  done
}

row_permit_fresh() {
  local round kind clients
  for kind in $(services_of ours python sasl c); do
    start "$kind"
  done
  warm_up ours
  for ((round = 1; round <= rounds; round++)); do
    for clients in 8 32; do
      for kind in $(services_of ours python sasl c); do
        sample "fresh.$clients" "$kind" "$permit" bench-%d "$clients" --reconnect
      done
    done
  done
  for clients in 8 32; do
    row "pam_permit, a connection for each request, $clients clients, verdicts/s" "fresh.$clients" \
      "python ours.fresh.$clients / python.fresh.$clients >= 60 times Python" \
      "sasl ours.fresh.$clients / sasl.fresh.$clients >= 5.5 times saslauthd" \
      "c ours.fresh.$clients / c.fresh.$clients >= 0.8 of a minimal server in C" \
      "ours ours.fresh.$clients.p99 / 1 <= 5 ms p99"
  done
  check_log
}

# Each verdict has its line.
check_log() {
  local lines verdicts
  sleep 1 # the log's own thread may be behind
  lines=$(wc -l <"$scratch/run/ours/log")
  verdicts=$(awk -v seconds="$seconds" '{ sum += $1 * seconds } END { printf "%d", sum }' \
    "$scratch"/samples/ours.fresh.8 "$scratch"/samples/ours.fresh.32)
  note "Our log has $lines lines of the service so far, for $verdicts verdicts that were measured and those before them."
  [ "$lines" -ge "$verdicts" ] || note "**Lines are missing from our log.**"
}

row_permit_kept() {
  local round clients kind
  for kind in $(services_of ours c); do
    start "$kind"
  done
  warm_up ours
  for ((round = 1; round <= rounds; round++)); do
    for clients in 8 32; do
      for kind in $(services_of ours c); do
        sample "kept.$clients" "$kind" "$permit" bench-%d "$clients" --keep
      done
    done
    [ "$pam" = no ] || sample_pam kept.8 "$permit" bench-%d
  done
  for clients in 8 32; do
    [ "$pam" = no ] || cp "$scratch/samples/pam.kept.8" "$scratch/samples/pam.kept.32" 2>/dev/null || :
    row "pam_permit, connections kept, $clients clients, verdicts/s" "kept.$clients" \
      "pam ours.kept.$clients / pam.kept.8 >= 0.75 times PAM itself" \
      "c ours.kept.$clients / c.kept.$clients >= 0.95 of a minimal server in C"
  done
}

row_unix() {
  local round kind
  for kind in $(services_of ours python sasl); do
    start "$kind"
  done
  warm_up ours
  for ((round = 1; round <= rounds; round++)); do
    for kind in $(services_of ours python sasl); do
      sample unix "$kind" "$unix" "$user_prefix%d" 8 --reconnect
    done
    [ "$pam" = no ] || sample_pam unix "$unix" "$user_prefix%d"
  done
  row "pam_unix (yescrypt), right passwords, 8 clients, verdicts/s" unix \
    "pam ours.unix / pam.unix >= 0.97 times PAM itself"
}

# The wrong ones have names that the machine does not have: pam_unix delays those like any other, but computes no hash for
# them. With hashes they would keep more processors busy than there are, and that, not the waiting, would be measured.
row_delays() {
  # Four times as long as the others: one client has few answers in a second, and it is their p99 that counts.
  local seconds=$((seconds * 4))
  local round crowd seconds_of_crowd=$((seconds + warmup + 8))
  start ours
  for ((round = 1; round <= rounds; round++)); do
    sample alone ours "$unix" "${user_prefix}1" 1 --keep
    printf 'wrong\n' |
      "$home/bin/authservice" bench --socket "$(socket_of ours ours)" --service "$unix" --user bench-nobody-%d --keep \
        --wrong-share 100 --connections "$pending" --warmup 0 --duration "$seconds_of_crowd" --json --password-stdin \
        >"$scratch/crowd" 2>/dev/null 9>&- &
    crowd=$!
    sleep 4 # until each has been refused once, and waits
    sample crowd ours "$unix" "${user_prefix}1" 1 --keep
    kill -0 "$crowd" 2>/dev/null || note "The wrong ones ended too early to be waited for."
    wait "$crowd" || fail "no wrong passwords could be sent"
    add ours.refused "$(calculate "$(field fail "$(cat "$scratch/crowd")") / $seconds_of_crowd")"
  done
  mv "$scratch/samples/ours.crowd.p99" "$scratch/samples/ours.delays"
  row "pam_unix, a right password while $pending wrong ones wait out their delay, p99, ms" delays \
    "ours ours.delays / ours.alone.p99 <= 1.5 times the idle service's"
  note "The idle service's p99 is $(spread ours.alone.p99) ms; of the wrong ones $(spread ours.refused)/s were refused."
}

row_idle() {
  local before after load_pid result still
  if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt $((idle_connections + 500)) ]; then
    note "Left out: idle connections, since only $(ulimit -n) files may be open (ulimit -n)."
    return
  fi
  start ours idle
  ask_once idle
  sleep 2
  before=$(memory idle Rss)
  (as=idle warmup=2 load ours "$permit" bench-%d 1 --keep --idle "$idle_connections" >"$scratch/idle") &
  load_pid=$!
  : >"$scratch/load"
  until_true grep -q '^measuring' "$scratch/load" || fail "no connections: $(cat "$scratch/load")"
  after=$(memory idle Rss)
  wait "$load_pid"
  result=$(cat "$scratch/idle")
  still=$(field still_idle "$result")
  stop idle
  add ours.idle "$(calculate "($after - $before) / $idle_connections")"
  row "$idle_connections idle connections, KB of resident memory for each" idle "ours ours.idle / 1 <= 4 KB"
  note "With $still idle connections open, one more had $(field ok "$result") verdicts, p99 $(field p99 "$result") µs."
  [ "$still" = "$idle_connections" ] || note "**Idle connections were lost.**"
}

row_start() {
  local i kind dir took
  if [ "$starts" = no ]; then
    return
  fi
  for ((i = 1; i <= rounds * 4; i++)); do
    for kind in $(services_of ours python); do
      dir=$scratch/run/start
      mkdir -p "$dir"
      "${kind}_command" "$dir"
      took=$("$scratch/first-verdict" "$dir/socket" "$permit" "${command[@]}" </dev/null 2>"$dir/out") ||
        fail "$kind did not start: $(cat "$dir/out")"
      add "$kind.start" "$took"
      rm -rf "$dir"
    done
  done
  row "start to first verdict, ms" start "python ours.start / python.start <= 6 times Python"
}

row_memory() {
  local i kind
  for ((i = 1; i <= rounds; i++)); do
    for kind in $(services_of ours python sasl); do
      start "$kind" "memory-$kind"
      if [ "$kind" = sasl ]; then
        (as=memory-sasl warmup=0 seconds=1 load sasl "$permit" bench-%d 8 >/dev/null) # that is each of its processes
      else
        ask_once "memory-$kind"
      fi
    done
    sleep 3
    for kind in $(services_of ours python sasl); do
      add "$kind.memory" "$(calculate "$(memory "memory-$kind" Rss) / 1024")"
      add "$kind.pss" "$(calculate "$(memory "memory-$kind" Pss) / 1024")"
      stop "memory-$kind"
    done
  done
  row "resident memory, idle after a start and a verdict, MB" memory "ours ours.memory / 1 <= 64 MB"
  note "Of our resident memory, $(spread ours.pss) MB are its own or its share (PSS)."
}

# On one processor: which threads share one is else for the scheduler to say, and where two of them do not, a round trip takes
# several times as long. That once made the bare one slower than the call.
row_client() {
  local i times java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  for ((i = 1; i <= rounds; i++)); do
    if ! times=$(taskset -c 0 "$java" -cp "$home/lib/authservice-client-cli.jar" "$here/ClientCall.java" \
      "$scratch/client-$i" "$seconds" 2>"$scratch/client"); then
      note "Left out: the client's own cost, which needs a JDK: $(head -n 1 "$scratch/client")"
      return
    fi
    add bare.client "${times% *}"
    add ours.client "${times#* }"
    add ours.difference "$(calculate "${times#* } - ${times% *}")"
  done
  if is_true "$(sort -n "$scratch/samples/ours.difference" | head -n 1) <= 0"; then
    note "**Not judged: the client library. A call was faster than the bare round trip that it holds, so something else was measured.**"
    return
  fi
  row "the client library, a call on a kept connection, µs" client "ours ours.difference / 1 <= 15 µs more than a bare socket"
  note "A bare socket's round trip is $(spread bare.client) µs."
}

# With PAM in processes of its own. saslauthd answers one request on a connection: kept ones are compared with those, too.
row_isolated_permit() {
  local round clients how goal
  start ours isolated --isolation process
  [ "$sasl" = no ] || start sasl
  [ "$c" = no ] || start c
  warm_up isolated
  for ((round = 1; round <= rounds; round++)); do
    for clients in 8 32; do
      as=isolated sample "isolated-fresh.$clients" ours "$permit" bench-%d "$clients" --reconnect
      as=isolated sample "isolated-kept.$clients" ours "$permit" bench-%d "$clients" --keep
      [ "$sasl" = no ] || sample "isolated-fresh.$clients" sasl "$permit" bench-%d "$clients" --reconnect
      [ "$c" = no ] || sample "isolated-fresh.$clients" c "$permit" bench-%d "$clients" --reconnect
      [ "$c" = no ] || sample "isolated-kept.$clients" c "$permit" bench-%d "$clients" --keep
    done
  done
  for clients in 8 32; do
    [ "$sasl" = no ] || cp "$scratch/samples/sasl.isolated-fresh.$clients" "$scratch/samples/sasl.isolated-kept.$clients"
    for how in fresh kept; do
      goal=0.65
      [ $how = fresh ] || goal=0.75
      row "--isolation process, pam_permit, $how connections, $clients clients, verdicts/s" "isolated-$how.$clients" \
        "sasl ours.isolated-$how.$clients / sasl.isolated-$how.$clients >= 3 times saslauthd" \
        "c ours.isolated-$how.$clients / c.isolated-$how.$clients >= $goal of a minimal server in C"
    done
  done
}

row_isolated_unix() {
  local round
  start ours isolated --isolation process
  warm_up isolated
  for ((round = 1; round <= rounds; round++)); do
    as=isolated sample isolated-unix ours "$unix" "$user_prefix%d" 8 --reconnect
    [ "$pam" = no ] || sample_pam isolated-unix "$unix" "$user_prefix%d"
  done
  row "--isolation process, pam_unix (yescrypt), right passwords, 8 clients, verdicts/s" isolated-unix \
    "pam ours.isolated-unix / pam.isolated-unix >= 0.95 times PAM itself"
}

# One worker: the first request takes a while, and may else have a second one started.
row_isolated_memory() {
  local i
  for ((i = 1; i <= rounds; i++)); do
    start ours isolated-memory --isolation process --workers 1
    ask_once isolated-memory
    sleep 3
    add ours.isolated-memory "$(calculate "$(memory isolated-memory Rss) / 1024")"
    add ours.isolated-pss "$(calculate "$(memory isolated-memory Pss) / 1024")"
    stop isolated-memory
  done
  row "--isolation process, resident memory of the service and one worker, MB" isolated-memory \
    "ours ours.isolated-memory / 1 <= 110 MB"
  row "--isolation process, their proportional share of memory (PSS), MB" isolated-pss "ours ours.isolated-pss / 1 <= 75 MB"
}

row_worker() {
  local i took
  [ "$starts" = yes ] || return 0
  gcc "${compile[@]}" -o "$scratch/worker-ready" "$here/worker-ready.c"
  for ((i = 1; i <= rounds * 4; i++)); do
    took=$("$scratch/worker-ready" "$home/libexec/pam-worker" --allow-service "$permit") || fail "a worker did not get ready"
    add ours.worker "$took"
  done
  row "--isolation process, a worker's start until it is ready, ms" worker "ours ours.worker / 1 <= 100 ms"
}

# A module that misbehaves in every Nth login, counted over all workers. Each of the others is to be answered by "ok".
misbehave() { # hang or crash, N, clients
  local name=bad-$1 module=$scratch/bad-module.so count=$scratch/bad-count result calls answers ok beyond
  if ! gcc "${compile[@]}" -shared -fPIC -o "$module" "$here/bad-module.c" 2>"$scratch/gcc"; then
    note "Left out: a module that ${1/crash/crashe}s, which needs gcc and libpam0g-dev."
    return
  fi
  printf 'auth required %s %s %s %s\naccount required pam_permit.so\n' "$module" "$1" "$2" "$count" >"/etc/pam.d/$bad"
  start ours "$name" --isolation process --workers 16 --request-timeout 2 --allow-service "$bad"
  printf '\0\0\0\0' >"$count"
  result=$(printf 'any\n' | "$home/bin/authservice" bench --socket "$(socket_of ours "$name")" --service "$bad" \
    --user bench-%d --connections "$3" --warmup 0 --duration "$((rounds * seconds))" --json --password-stdin \
    2>"$scratch/load") || fail "no load on $name: $(tail -n 3 "$scratch/load")"
  calls=$(od -An -t d4 "$count" | tr -d ' ')
  answers=$(field answers "$result")
  ok=$(field ok "$result")
  beyond=$((answers - ok - calls / $2))
  add "ours.$1" "$((beyond > 0 ? beyond : 0))"
  ask_once "$name"
  row "--isolation process, a module that ${1/crash/crashe}s in every login number $2: others that were not answered \"ok\"" "$1" \
    "ours ours.$1 / 1 <= 0 logins"
  note "The module that ${1/crash/crashe}s was asked $calls times in $((rounds * seconds)) s; of $answers answers $ok were \"ok\"."
  stop "$name"
}

row_hang() { misbehave hang 3 6; }

row_crash() { misbehave crash 10 6; }

# A new connection for each login, as a broker makes it, while others take all they can get.
row_turns() {
  local round kind count flood lines
  if ! gcc "${compile[@]}" -o "$scratch/flood" "$here/flood.c" 2>"$scratch/gcc"; then
    note "Left out: logins beside connections that send without end, which needs gcc."
    return
  fi
  start ours turns
  warm_up turns
  for ((round = 1; round <= rounds; round++)); do
    as=turns sample turns-alone ours "$permit" bench-%d 1 --reconnect
    for kind in newlines:300 service:300 bytes:2000 connect:1; do
      count=${kind#*:}
      kind=${kind%:*}
      : >"$scratch/flooded"
      "$scratch/flood" "$(socket_of ours turns)" "$kind" "$count" >"$scratch/flooded" 2>/dev/null 9>&- &
      flood=$!
      until_true grep -q connected "$scratch/flooded" || fail "no connections for the row of turns"
      as=turns sample "turns-$kind" ours "$permit" bench-%d 1 --reconnect
      kill "$flood"
      wait "$flood" 2>/dev/null || :
    done
  done
  for kind in newlines service bytes connect; do
    mv "$scratch/samples/ours.turns-$kind.p99" "$scratch/samples/ours.turns.$kind"
  done
  row "a login, p99, ms, while 300 connections send empty requests ahead" turns.newlines \
    "ours ours.turns.newlines / ours.turns-alone.p99 <= 10 times the idle service's"
  row "… while 300 send requests for a service that is not allowed" turns.service \
    "ours ours.turns.service / ours.turns-alone.p99 <= 10 times the idle service's"
  row "… while 2000 send a byte at a time" turns.bytes \
    "ours ours.turns.bytes / ours.turns-alone.p99 <= 10 times the idle service's"
  row "… while one process connects, asks and closes without end" turns.connect \
    "ours ours.turns.connect / ours.turns-alone.p99 <= 10 times the idle service's"
  lines=$(grep -c unlogged= "$scratch/run/turns/log") || :
  note "The idle service's p99 is $(spread ours.turns-alone.p99) ms. Of requests that were refused meanwhile the log has $lines sums."
  stop turns
}
