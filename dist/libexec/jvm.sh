# Read by the commands of this tree: which Java there is, how it is to run, and whether there is an archive of its classes.
# "home" is where the tree lies; "me" is who reads this, for messages; "no_java" the exit status if no JVM can be started, 1 unless
# set.
# Starts few processes: each adds to the start.
# shellcheck shell=sh disable=SC2034,SC2154

# What is meant for every JVM may end this one (-Xinternalversion), with the status of success: the client's "ok".
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS

# A standard descriptor that is closed would be that of the next file, and a password be read from one of the JVM's.
if [ -d /proc/self/fd ]; then
  [ -L /proc/self/fd/0 ] || exec </dev/null
  [ -L /proc/self/fd/1 ] || exec >/dev/null
  [ -L /proc/self/fd/2 ] || exec 2>/dev/null
fi

if [ -z "$(pwd -P 2>/dev/null)" ]; then
  echo "$me: the directory that this was started in was removed, and Java does not start there: change to another" >&2
  exit "${no_java:-1}"
fi

server_jar=$home/lib/authservice-server.jar
client_jar=$home/lib/authservice-client-cli.jar
archives=$home/archive
# As uname(1) -m, where the kernel says it without a process for that (Linux 6.1).
{ read -r machine </proc/sys/kernel/arch || machine=$(uname -m); } 2>/dev/null
native=$home/lib/native/$machine

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || java=java
fi
if ! command -v "$java" >/dev/null 2>&1; then
  echo "$me: there is no $java: install a Java runtime, 17 or newer" \
    "(Debian: default-jre-headless, Fedora: java-latest-openjdk-headless), or set JAVA_HOME" >&2
  exit "${no_java:-1}"
fi

# For every JVM that sees passwords. A crash must leave no image of the memory behind, and nobody may attach to it. When the
# heap is exhausted, the end and a restart by the init system are better than a service that half works. What the JVM has to
# say goes to stderr, and is nothing about archives: it does without one that does not fit.
safe_options='-XX:ErrorFile=/dev/null -XX:-CreateCoredumpOnCrash -XX:+DisableAttachMechanism -XX:-UsePerfData
  -XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr -Xlog:disable'

# Libraries are found by the system's loader. JNA would run "ldconfig -p" at each start, to have its paths as well.
find_libraries=-Djna.platform.library.path=

# Small and quick to start: docs/PERFORMANCE.md says what each of these gives. The stacks are those of threads on which no
# PAM module runs; workers ask for larger ones. A method is compiled when it was called five times as often as by default: the
# compiler takes a quarter of the start's processor time else, for what is then hardly called any more. The heap's old
# generation, eight ninths of it, holds what the limits on connections and on what peers send allow, and so does direct memory:
# LauncherMemoryTest does the sum. Netty manages its
# buffers by sun.misc.Unsafe, as it does on Java 17: else it has Java 25 set up the foreign function API for two functions.
server_options="$safe_options -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=5
  -XX:ReservedCodeCacheSize=24m -Xms6m -XX:NewSize=2m -XX:NewRatio=8 -Xmx96m -XX:MaxDirectMemorySize=48m -Xss256k
  -Dio.netty.allocator.type=unpooled -Dsun.misc.unsafe.memory.access=allow $find_libraries"

# Sets "archive_option" to the JVM's option for an archive, or to nothing if there is none that fits. An archive is code: it
# is used only if nobody but who owns the jar can have written it.
find_archive() { # archive's name, jar
  archive_option=
  # Owner, mode, inode, size, and when the content, and anything at all, was last changed. The archive's size counts as well:
  # the JVM would crash on one that was cut short.
  facts=$(stat -L -c '%u %a %i %s %Y %Z' -- "$java" "$2" "$archives" "$archives/$1" 2>/dev/null) || return 0
  # shellcheck disable=SC2086 # they are words
  check_archive "$1" $facts
}

check_archive() { # archive's name, six facts about each of the four
  for mode in "${15}" "${21}"; do
    case $mode in *[2367]? | *[2367]) return 0 ;; esac
  done
  [ "${14}" = "$8" ] && [ "${20}" = "$8" ] && [ -f "$archives/$1" ] && [ -f "$archives/$1.id" ] || return 0
  { read -r option made_of <"$archives/$1.id"; } 2>/dev/null || return 0
  [ "$made_of" = "$4 $5 $6 $7 ${10} ${11} ${12} ${13} ${23}" ] || return 0
  archive_option=$option$archives/$1
}
