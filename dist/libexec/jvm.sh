# Read by the commands of this tree: which Java there is, and whether there is an archive of its classes.
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
# Which of them fits the JVM it finds out by itself: the kernel may be that of another processor.
native=$home/lib/native/x86_64:$home/lib/native/aarch64

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || java=java
fi

refuse_java() { # what is wrong
  echo "$me: $1: install a Java runtime, 17 or newer" \
    "(Debian: default-jre-headless, Fedora: java-latest-openjdk-headless), or set JAVA_HOME" >&2
  exit "${no_java:-1}"
}

command -v "$java" >/dev/null 2>&1 || refuse_java "there is no $java"

# An older one would not know its options, and not say why. Takes a while: where an archive fits there is no need to ask.
check_java() {
  version=$("$java" -version 2>&1) || :
  version=${version#*version \"}
  version=${version%%[!0-9]*}
  [ "${version:-0}" -ge 17 ] || refuse_java "$java is of version ${version:-unknown}"
}

# Sets "archive" to the JVM's option for an archive, or to nothing if there is none that fits. An archive is code: it is used
# only if nobody but who owns the jar can have written it.
find_archive() { # archive's name
  archive=
  # Owner, mode, inode, size, and when the content, and anything at all, was last changed. The archive's size counts as well:
  # the JVM would crash on one that was cut short.
  facts=$(stat -L -c '%u %a %i %s %Y %Z' -- "$java" "$server_jar" "$archives" "$archives/$1" 2>/dev/null) || return 0
  # shellcheck disable=SC2086 # they are words
  check_archive "$1" $facts
}

check_archive() { # archive's name, six facts about each of the four
  for mode in "${15}" "${21}"; do
    case $mode in *[2367]? | *[2367]) return 0 ;; esac
  done
  [ "${14}" = "$8" ] && [ "${20}" = "$8" ] && [ -f "$archives/$1" ] && [ -f "$archives/$1.id" ] || return 0
  { read -r made_of <"$archives/$1.id"; } 2>/dev/null || return 0
  [ "$made_of" = "$4 $5 $6 $7 ${10} ${11} ${12} ${13} ${23}" ] || return 0
  archive=-XX:SharedArchiveFile=$archives/$1
}
