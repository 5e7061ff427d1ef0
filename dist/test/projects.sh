#!/bin/bash
# Uses the built jars as other people's projects do: plain Spring Boot projects, one for each version given or for each line that
# is supported, whose tests use the JUnit extension beside another Netty and JNA, or embed the server with the Netty that README
# says. They are run by Maven as it is set up here, after the jars were put into its local repository, as "mvn install" does.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
readonly here
readonly projects=$here/dist/test/projects
# The newest of each line that Maven Central has a whole Netty for.
readonly lines=(3.4.13 3.5.16 4.0.8)
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT

say() { printf '\n--- %s (%d s)\n' "$*" "$SECONDS"; }

fail() {
  printf 'projects.sh: %s\n' "$*" >&2
  exit 1
}

property() { # name, of the parent POM
  sed -n "s/.*<$1>\(.*\)<\/$1>.*/\1/p" "$here/pom.xml" | head -n 1
}

version=$(property version)
netty=$(property netty.version)
grep -qF "<netty.version>$netty</netty.version>" "$here/README.md" || fail "README does not set Netty's version to $netty"

maven() { # directory, arguments
  local directory=$1
  shift
  (cd "$directory" && mvn -B -q "$@" </dev/null)
}

install() { # module, jar
  local jar=$here/$1/target/$2
  [ -e "$jar" ] || fail "there is no $jar: mvn -DskipTests package"
  maven "$work" install:install-file "-Dfile=$jar" "-DpomFile=$here/$1/pom.xml"
}

# Runs a project's tests with directories of their own for what libraries unpack. What is in them afterwards is left behind.
tests() { # project, Spring Boot's version, temporary directory, Maven's arguments
  local project=$work/$1-$2 temporary=$3
  mkdir -p "$project" "$temporary" "$work/cache"
  cp -r "$projects/$1/." "$project"
  sed -i "s/@boot@/$2/; s/@version@/$version/; s/@netty@/$netty/" "$project/pom.xml"
  shift 3
  XDG_CACHE_HOME=$work/cache maven "$project" test \
    "-DargLine=-Djava.io.tmpdir=$temporary -Dauthservice.netty=$netty -XX:-UsePerfData" "$@"
}

nothing_in() { # directories
  local left
  left=$(find "$@" ! -type d; find "$1" -mindepth 1 -name 'authservice-*')
  [ -z "$left" ] || fail "the tests have left behind: $left"
}

say "The local repository"
maven "$work" install:install-file "-Dfile=$here/pom.xml" "-DpomFile=$here/pom.xml" -Dpackaging=pom
install authservice-core authservice-core.jar
install authservice-server authservice-server-lib.jar
install authservice-client authservice-client.jar
install authservice-junit authservice-junit.jar

[ $# -gt 0 ] || set -- "${lines[@]}"
for boot in "$@"; do
  say "Spring Boot $boot: the JUnit extension"
  tests extension "$boot" "$work/tmp"
  nothing_in "$work/tmp" "$work/cache"
  echo "ok    logs in, and leaves nothing behind"

  # A path that no socket can have, so that the server cannot start.
  long=$work/$(printf 'x%.0s' {1..100})
  if tests extension "$boot" "$long" >"$work/out"; then
    fail "a server has started at a path that is too long: $(cat "$work/out")"
  fi
  grep -q 'cannot bind' "$work/out" || fail "the failed start does not say why: $(cat "$work/out")"
  nothing_in "$long" "$work/cache"
  echo "ok    a failed start leaves nothing behind"

  say "Spring Boot $boot: the server embedded"
  tests embedded "$boot" "$work/tmp"
  nothing_in "$work/tmp" "$work/cache"
  echo "ok    answers with the Netty that README says, and what the program alone needs is not there"
done

say "All is well"
