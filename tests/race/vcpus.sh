#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the interleaving explorer on the firmware's own sm/, from entry to
# exit of VMPL0, with small tables, and runs it; then once for each line of
# vcpus_seeds.txt with that mistake in one file. Called by run.sh. TAP; what
# each scenario took is in $O/race/vcpus.txt.
# usage: tests/race/vcpus.sh [soak | seeds], from the repository root.
set -eu

CC=${CC:-gcc}
dir=${O:-.build}/race/vcpus.parts
program=${O:-.build}/race/vcpus
log=${O:-.build}/race/vcpus.txt
flags="-std=gnu11 -O1 -g -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
include="-I tests/race/include -I $dir/include -Iinclude -iquote tests/race -iquote sm -Wno-implicit-fallthrough"
parts="explore machine main snapshot trace vcpus_check vcpus_end vcpus_program vcpus_scenario vcpus_seam vcpus_setup"
firmware="sm/vcpus.c sm/deposit.c sm/vcpu.c sm/call.c sm/reply.c sm/create.c sm/delete.c sm/withdraw.c sm/remap.c
	sm/context.c gen/vcpu.c gen/create.c"
wrap="--wrap=deposit_take --wrap=deposit_put --wrap=deposit_drop --wrap=deposit_add"
failed=0

mkdir -p "$dir/include/svsm"
# Tables of three, a frame for a context.
small() { # HEADER NAME VALUE
	sed "s/^\(#define $2 \)[0-9]*U/\1$3U/" "include/svsm/$1" > "$dir/include/svsm/$1"
	grep -q "^#define $2 $3U" "$dir/include/svsm/$1"
}
small vcpus.h VCPU_SLOTS 3
small deposit.h DEPOSIT_PAGES 3
small cpu.h CPU_CONTEXT_FRAMES 1
small types.h CPU_MAX 3
small abi.h SVSM_LIST_MAX 7
small pvalidate.h PVALIDATE_RUN_ENTRIES 4

compile() { # FILE OBJECT [FLAG...]
	from=$1 to=$2
	shift 2
	# shellcheck disable=SC2086
	$CC $flags $include "$@" -c "$from" -o "$to"
}

# What the firmware has in memory, in a section of its own: the explorer's search goes back in it.
join() { # PROGRAM OBJECT...
	joined=$1.o
	whole=$1
	shift
	# shellcheck disable=SC2086
	ld -r $wrap -o "$joined" "$@"
	objcopy --rename-section .bss=firmware_data,alloc,load,contents,data "$joined"
	# shellcheck disable=SC2046,SC2086
	$CC $(printf ' -Wl,%s' $wrap) -o "$whole" $objects "$joined"
}

objects=
for name in $parts; do
	compile "tests/race/$name.c" "$dir/$name.o"
	objects="$objects $dir/$name.o"
done
own=
for file in $firmware; do
	object=$dir/$(echo "${file%.c}" | tr / _).o
	compile "$file" "$object"
	own="$own $object"
done
# shellcheck disable=SC2086
join "$program" $own

passes() { # SCENARIO
	grep -q "^# $1: [0-9]" "$log" && return
	"$program" "$1" >> "$log"
	grep -q "^# $1: [0-9]" "$log"
}

# The firmware's objects, with the mutant in place of one of them.
build() { # MUTANT OBJECT
	# shellcheck disable=SC2086
	others=$(printf '%s\n' $own | grep -vx "$2")
	compile "$1.c" "$1.part.o" -w || return
	# shellcheck disable=SC2086
	join "$1" "$1.part.o" $others
}

seed() { # NAME FILE SED SCENARIO
	mutant=$dir/seed-$1
	object=$dir/$(echo "${2%.c}" | tr / _).o
	sed -e "$3" "$2" > "$mutant.c"
	if cmp -s "$2" "$mutant.c"; then
		why="the sed expression changes nothing in $2"
	elif ! build "$mutant" "$object"; then
		why="does not compile"
	elif ! passes "$4"; then
		why="$4 fails without it, or does not exist"
	elif timeout 60 "$mutant" "$4" > "$mutant.log" 2>&1 || ! grep -q '^# replay' "$mutant.log"; then
		why="$4 does not notice it"
	else
		echo "ok - race: seed $1 caught by $4"
		rm -f "$mutant" "$mutant.o" "$mutant.part.o"
		return
	fi
	echo "not ok - race: seed $1: $why"
	failed=1
}

case ${1:-} in
soak) "$program" soak > "$log" || failed=1 ;;
seeds) : > "$log" ;;
*) "$program" > "$log" || failed=1 ;;
esac
grep -e '^ok' -e '^not ok' -e '^# .*: [^0-9]' "$log" || [ "${1:-}" = seeds ] || failed=1
[ "${1:-}" != soak ] || exit "$failed"

grep -v -e '^#' -e '^$' tests/race/vcpus_seeds.txt > "$dir/seeds"
while IFS= read -r line; do
	name=${line%% :: *}; rest=${line#* :: }
	file=${rest%% :: *}; rest=${rest#* :: }
	seed "$name" "$file" "${rest% :: *}" "${rest##* :: }"
done < "$dir/seeds"
exit "$failed"
