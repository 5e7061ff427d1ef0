# Read by compare.sh: samples, what they come to, and the table.
# shellcheck shell=bash disable=SC2154 # variables of the other files

table_rows=()

add() { # key, value
  [ -n "$2" ] || fail "$1 could not be measured"
  printf '%s\n' "$2" >>"$scratch/samples/$1"
  say "  $1 $2"
}

# What should be known beside the table.
note() {
  printf '%s\n' "$*" >>"$scratch/notes"
  say "  $*"
}

calculate() { awk "BEGIN { printf \"%.3f\", $1 }"; }

is_true() { awk "BEGIN { exit !($1) }"; }

median() { # key
  sort -n "$scratch/samples/$1" |
    awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

# Three digits are all that one run is good for.
pretty() { # number
  awk -v number="$1" 'BEGIN {
    if (number < 0.995) text = sprintf("%.2f", number)
    else if (number < 99.95) text = sprintf("%.1f", number)
    else for (text = sprintf("%.0f", number); match(text, /[0-9][0-9][0-9][0-9](,|$)/);)
      text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
    print text
  }'
}

# The median, and from where to where the samples go.
spread() { # key
  local file=$scratch/samples/$1
  if [ ! -s "$file" ]; then
    printf '–'
  elif [ "$(wc -l <"$file")" -eq 1 ]; then
    pretty "$(cat "$file")"
  else
    printf '%s (%s–%s)' "$(pretty "$(median "$1")")" "$(pretty "$(sort -n "$file" | head -n 1)")" \
      "$(pretty "$(sort -n "$file" | tail -n 1)")"
  fi
}

# Takes a row down: what it is, the key of its samples, and what is to be reached, each as
# "PEER-THAT-IT-NEEDS KEY / KEY-OR-1 >=-or-<= TARGET UNIT".
row() { # what, key, goals
  local cells=$1 kind goals='' reached='' goal peer above below relation target unit value
  for kind in ours python sasl pam c; do
    cells+=" | $(spread "$kind.$2")"
  done
  for goal in "${@:3}"; do
    read -r peer above _ below relation target unit <<<"$goal"
    goals+="${goals:+; }${relation/>=/≥} $target $unit"
    if [ "${!peer:-yes}" = no ]; then
      reached+="${reached:+; }not measured"
      continue
    fi
    [ "$below" = 1 ] || below=$(median "$below")
    value=$(calculate "$(median "$above") / $below")
    if is_true "$value $relation $target"; then
      reached+="${reached:+; }yes: $(pretty "$value")"
    else
      reached+="${reached:+; }**no**: $(pretty "$value")"
    fi
  done
  table_rows+=("| $cells | ${goals//<=/≤} | $reached |")
}

write_table() {
  printf '| what | authservice | Python | saslauthd | PAM itself | server in C | to reach | reached |\n|---|---|---|---|---|---|---|---|\n'
  printf '%s\n' "${table_rows[@]}"
  printf '\nMedians of %d rounds of %d s each, by turns, and in brackets the least and the most.\n' "$rounds" "$seconds"
  printf 'Measured on %s, Linux %s, %s.\n' "$(processors)" "$(uname -r)" "$(java_version)"
  if [ -s "$scratch/notes" ]; then
    printf '\n'
    awk '!seen[$0]++ { print "- " $0 }' "$scratch/notes"
  fi
}

processors() {
  printf '%s × %s' "$(nproc)" "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)"
}

java_version() { "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 2p; }
