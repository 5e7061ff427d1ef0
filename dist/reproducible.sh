#!/bin/bash
# Shows that the build is reproducible: builds a copy of the sources from scratch, elsewhere and in another time zone and
# locale, and compares every artifact's checksum with that of the build that is here (mvn package or verify). The same JDK
# must have made both: compilers differ.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "$0")")")
sums=$root/dist/target/SHA256SUMS
[ -f "$sums" ] || { echo "reproducible.sh: there is no $sums: run mvn -DskipTests package first" >&2; exit 2; }

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -C "$root" --exclude=target --exclude=.git -cf - . | tar -C "$copy" -xf -

cd "$copy"
(
  umask 022 # as in most places: jars record the modes of files
  TZ=Pacific/Chatham LC_ALL=C mvn -B -q -DskipTests package </dev/null
)
if ! diff "$sums" dist/target/SHA256SUMS; then
  echo "reproducible.sh: the artifacts above came out otherwise the second time" >&2
  exit 1
fi
echo "Reproducible: $(wc -l <"$sums") artifacts came out the same, byte for byte."
