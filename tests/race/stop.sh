#!/bin/bash
# SPDX-License-Identifier: MIT
# The memory manager with one vCPU stopped at every instruction boundary, with
# two real threads, and under ThreadSanitizer; then seeds that each has to
# notice. TAP on stdout. usage: tests/race/stop.sh [soak], from the root.
set -u

soak=${1:-}
CC=${CC:-gcc}
dir=${O:-.build}/stop
here=tests/race
code="$(echo mm/frame*.c mm/page*.c)"
warn="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
common="-std=gnu11 -g -Iinclude"
# The firmware's flags (GNUmakefile: bare), but where its code and data are to be.
firmware="$common -O2 -ffreestanding -fbuiltin -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only
	-fno-jump-tables -fcf-protection=none -fno-omit-frame-pointer
	-fno-asynchronous-unwind-tables -fno-stack-protector"
harness="$common -O1 -fno-pic -fno-pie -mno-red-zone $warn"
sections="--rename-section .text=firmware_text --rename-section .text.unlikely=firmware_text
	--rename-section .bss=firmware_data,alloc,load,contents,data"
milliseconds=2500 tsan_milliseconds=800 seed_milliseconds=1500 all=
if [ "$soak" = soak ]; then
	milliseconds=120000 tsan_milliseconds=30000 all=all
fi
status=0

fail() {
	echo "not ok - $1"
	status=1
}

# The firmware's objects as one with sections of its own; one file may be another's mutant.
stop_build() { # PROGRAM [FILE MUTANT]
	local file source objects=()
	for file in $code; do
		source=$file
		[ "$file" != "${2:-}" ] || source=$3
		# shellcheck disable=SC2086
		$CC $firmware -w -iquote mm -c "$source" -o "$1.$(basename "$file" .c).o" || return
		objects+=("$1.$(basename "$file" .c).o")
	done
	# shellcheck disable=SC2086
	ld -r -o "$1.o" "${objects[@]}" && objcopy $sections "$1.o" &&
		$CC -no-pie -o "$1" "$dir"/harness/*.o "$1.o"
}

harness_build() {
	local file
	mkdir -p "$dir/harness"
	for file in "$here"/stop_{main,step,world,frame,page}.c; do
		# shellcheck disable=SC2086
		$CC $harness -c "$file" -o "$dir/harness/$(basename "$file" .c).o" || return
	done
}

long_build() { # PROGRAM FLAGS [FILE MUTANT]
	local file sources=()
	for file in $code; do
		if [ "$file" = "${3:-}" ]; then sources+=("$4"); else sources+=("$file"); fi
	done
	# shellcheck disable=SC2086
	$CC $common $2 -iquote mm "$here"/long*.c "${sources[@]}" -pthread -o "$1"
}

build() { # KIND PROGRAM [FILE MUTANT]
	case $1 in
	frames | pages) stop_build "$2" "${@:3}" ;;
	long) long_build "$2" "-O2" "${@:3}" ;;
	tsan) long_build "$2" "-O1 -fsanitize=thread" "${@:3}" ;;
	*) false ;;
	esac
}

run() { # KIND MILLISECONDS PROGRAM...
	local kind=$1 milliseconds=$2
	shift 2
	case $kind in
	frames | pages) "$@" "$kind" $all ;;
	*) TSAN_OPTIONS=halt_on_error=1 "$@" "$milliseconds" ;;
	esac
}

tests() {
	local kind
	for kind in frames long tsan; do
		build $kind "$dir/$kind" || fail "$kind does not build"
	done
	cp "$dir/frames" "$dir/pages"
	for kind in frames pages; do
		run $kind 0 "$dir/$kind" || status=1
	done
	run long $milliseconds "$dir/long" || status=1
	run tsan $tsan_milliseconds "$dir/tsan" 2>&1 | sed 's/two threads/ThreadSanitizer/'
	[ "${PIPESTATUS[0]}" = 0 ] || fail "ThreadSanitizer"
}

seed() { # NAME FILE SED KIND
	local mutant=$dir/seed-$1
	sed -e "$3" "$2" >"$mutant.c"
	if cmp -s "$2" "$mutant.c"; then
		fail "seed $1: the sed expression changes nothing in $2"
		return
	elif ! build "$4" "$mutant" "$2" "$mutant.c"; then
		fail "seed $1: does not build"
		return
	fi
	run "$4" $seed_milliseconds timeout 60 "$mutant" >"$mutant.log" 2>&1
	case $? in
	0 | 124) fail "seed $1: $4 does not notice it" ;;
	*) echo "ok - seed $1 caught by $4: $(grep -m 1 -e '^# ' -e '^SUMMARY' "$mutant.log")" ;;
	esac
	rm -f "$mutant" "$mutant".*o
}

seeds() {
	local line name rest file expression
	while IFS= read -r line; do
		name=${line%% :: *} rest=${line#* :: }
		file=${rest%% :: *} rest=${rest#* :: }
		expression=${rest% :: *}
		seed "$name" "$file" "$expression" "${rest##* :: }"
	done < <(grep -v -e '^#' -e '^$' $here/stop_seeds.txt)
}

mkdir -p "$dir"
harness_build || { fail "the harness does not build"; exit 1; }
tests
all=
seeds
exit $status
