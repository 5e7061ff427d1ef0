#!/bin/bash
# Builds the file that Maven Central takes as an upload, and checks it by Maven Central's rules. Uploads nothing. What is given
# goes to Maven; with -Dgpg.keyname=KEY everything is signed, which Maven Central demands too.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
readonly here
readonly bundle=$here/dist/target/bundle
readonly file=$here/dist/target/central-bundle.zip
readonly group=org/x2go/authservice

fail() {
  printf 'bundle.sh: %s\n' "$*" >&2
  exit 1
}

signed=no
for argument in "$@"; do
  case $argument in -Dgpg.keyname=*) signed=yes ;; esac
done

cd "$here"
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
case $version in
  *-SNAPSHOT)
    [ "${CI:-}" != true ] || fail "Maven Central takes no $version"
    echo "bundle.sh: skipped: Maven Central takes no $version"
    exit 0
    ;;
esac
rm -rf "$bundle" "$file"
mvn -B -q -Prelease -DskipTests -pl '!dist' "$@" deploy </dev/null
# A repository's index, which Maven Central makes itself.
find "$bundle" -name 'maven-metadata*' -delete

pom_says() { # pom, elements
  local pom=$1 element
  shift
  for element in "$@"; do
    grep -q "^  <${element}[> ]" "$pom" || fail "$pom has no $element"
  done
}

checksums=0
while IFS= read -r -d '' each; do
  for kind in md5 sha1; do
    [ "$(cat "$each.$kind")" = "$("${kind}sum" "$each" | cut -d ' ' -f 1)" ] || fail "$each.$kind is not its checksum"
    checksums=$((checksums + 1))
  done
  [ "$signed" = no ] || [ -s "$each.asc" ] || fail "$each is not signed"
done < <(find "$bundle" -type f ! -name '*.md5' ! -name '*.sha1' ! -name '*.sha256' ! -name '*.sha512' ! -name '*.asc' -print0)

parent=$bundle/$group/authservice/$version/authservice-$version.pom
pom_says "$parent" name description url licenses developers scm
for module in core server client junit; do
  name=authservice-$module
  directory=$bundle/$group/$name/$version
  pom_says "$directory/$name-$version.pom" name description parent
  for jar in "$name-$version.jar" "$name-$version-sources.jar" "$name-$version-javadoc.jar"; do
    [ -s "$directory/$jar" ] || fail "there is no $directory/$jar"
  done
done
"${JAVA_HOME:+$JAVA_HOME/bin/}jar" --create --no-manifest --file "$file" -C "$bundle" org
printf '%s: %s files with checksums, signed: %s\n' "${file#"$here/"}" "$((checksums / 2))" "$signed"
