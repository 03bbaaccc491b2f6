#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the interleaving explorer on the firmware's own mm/*.c and runs it, vcpus.sh for sm/, then
# once for each line of seeds.txt with that mistake in one file: the scenario
# named there has to pass without it and to fail with it. TAP; what each
# scenario took is in $O/race/scenarios.txt.
# usage: tests/race/run.sh [soak | seeds], from the repository root.
set -eu

CC=${CC:-gcc}
dir=${O:-.build}/race
flags="-std=gnu11 -O1 -g -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
include="-I tests/race/include -Iinclude -iquote tests/race -idirafter mm"
explorer="explore machine main nothing order picture program scenario setup snapshot spec trace world"
failed=0

mkdir -p "$dir"
objects=
for name in $explorer; do
	# shellcheck disable=SC2086
	$CC $flags $include -c "tests/race/$name.c" -o "$dir/$name.o"
	objects="$objects $dir/$name.o"
done
firmware=
for file in mm/page*.c mm/frame*.c; do
	object=$dir/$(basename "$file" .c).o
	# shellcheck disable=SC2086
	$CC $flags $include -c "$file" -o "$object"
	firmware="$firmware $object"
done
# shellcheck disable=SC2086
$CC $objects $firmware -o "$dir/race"

# The firmware's objects, with the mutant in place of one of them.
build() { # MUTANT FILE
	# shellcheck disable=SC2086
	others=$(printf '%s\n' $firmware | grep -v "/$(basename "$2" .c)\.o$")
	# shellcheck disable=SC2086
	$CC -std=gnu11 -O1 -g -w $include -iquote mm -c "$1.c" -o "$1.o" &&
		$CC $objects "$1.o" $others -o "$1"
}

passes() { # SCENARIO
	grep -q "^# $1: [0-9]" "$dir/scenarios.txt" && return
	"$dir/race" "$1" >> "$dir/scenarios.txt"
	grep -q "^# $1: [0-9]" "$dir/scenarios.txt"
}

seed() { # NAME FILE SED SCENARIO
	mutant=$dir/seed-$1
	sed -e "$3" "$2" > "$mutant.c"
	if cmp -s "$2" "$mutant.c"; then
		why="the sed expression changes nothing in $2"
	elif ! build "$mutant" "$2"; then
		why="does not compile"
	elif ! passes "$4"; then
		why="$4 fails without it, or does not exist"
	elif timeout 60 "$mutant" "$4" > "$mutant.log" 2>&1; then
		why="$4 does not notice it"
	else
		echo "ok - race: seed $1 caught by $4"
		rm -f "$mutant" "$mutant.o"
		return
	fi
	echo "not ok - race: seed $1: $why"
	failed=1
}

case ${1:-} in
soak) "$dir/race" soak > "$dir/scenarios.txt" || failed=1 ;;
seeds) : > "$dir/scenarios.txt" ;;
*) "$dir/race" > "$dir/scenarios.txt" || failed=1 ;;
esac
grep -e '^ok' -e '^not ok' -e '^# .*: [^0-9]' "$dir/scenarios.txt" || [ "${1:-}" = seeds ] || failed=1
tests/race/vcpus.sh "$@" || failed=1
[ "${1:-}" != soak ] || exit "$failed"

grep -v -e '^#' -e '^$' tests/race/seeds.txt > "$dir/seeds"
while IFS= read -r line; do
	name=${line%% :: *}; rest=${line#* :: }
	file=${rest%% :: *}; rest=${rest#* :: }
	seed "$name" "$file" "${rest% :: *}" "${rest##* :: }"
done < "$dir/seeds"
exit "$failed"
