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
core="$(echo sm/*.c gen/*.c mm/*.c ghcb/*.c)"
model="$(echo sim/host/*.c sim/snp/*.c cpu/{cpuid,log,ring,secrets,vmsa,where}.c)"
PKG=${PKG:-.build/pkg}
mbedtls="-isystem $PKG/mbedtls/include -DMBEDTLS_CONFIG_FILE=<svsm/mbedtls_config.h>"
warn="-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror"
common="-std=gnu11 -g -Iinclude -iquote mm"
# The firmware's flags (GNUmakefile: bare), but where its code and data are to be.
firmware="$common -O2 -ffreestanding -fbuiltin -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only
	-fno-jump-tables -fcf-protection=none -fno-asynchronous-unwind-tables -fno-stack-protector"
harness="$common -O1 -fno-pic -fno-pie -mno-red-zone $warn"
sections="--rename-section .text=firmware_text --rename-section .text.unlikely=firmware_text
	--rename-section .bss=firmware_data,alloc,load,contents,data"
milliseconds=1500 tsan_milliseconds=600 all='' only=''
if [ "$soak" = soak ]; then
	milliseconds=120000 tsan_milliseconds=30000 all=all
fi
# A trap at each byte of a REP STOSB would take long.
no_rep=glibc.cpu.x86_rep_stosb_threshold=1000000:glibc.cpu.x86_rep_movsb_threshold=1000000
status=0

fail() {
	echo "not ok - $1"
	status=1
}

object() { # FILE: its name in $dir
	local name=${1%.c}
	name=${name#.} # or a wildcard would not find it
	echo "${name//\//_}.o"
}

# The firmware's objects as one with sections of its own; one file may be another's mutant.
stop_build() { # KIND PROGRAM [FILE MUTANT]
	local file source objects=() files=$code parts=frames
	[ "$1" != requests ] || files=$core parts=requests
	for file in $files; do
		source=$file
		[ "$file" != "${3:-}" ] || source=$4
		# shellcheck disable=SC2086
		$CC $firmware $mbedtls -w -iquote "$(dirname "$file")" -c "$source" \
			-o "$2.$(object "$file")" || return
		objects+=("$2.$(object "$file")")
	done
	# shellcheck disable=SC2086
	ld -r -o "$2.o" "${objects[@]}" && objcopy $sections "$2.o" &&
		$CC -no-pie -o "$2" "$dir/$parts.parts"/*.o "$2.o"
}

# What is not the firmware, without the sections of its own; but the record is in build.c.
harness_build() {
	local file
	mkdir -p "$dir/frames.parts" "$dir/requests.parts"
	for file in "$here"/stop_{main,world,frame,page,request,step}.c; do
		# shellcheck disable=SC2086
		$CC $harness -c "$file" -o "$dir/frames.parts/$(object "$file")" || return
	done
	mv "$dir/frames.parts/$(object $here/stop_request.c)" "$dir/requests.parts/" &&
		cp "$dir/frames.parts/$(object $here/stop_step.c)" "$dir/requests.parts/" || return
	for file in $model "$PKG"/mbedtls/library/{sha256,sha512,platform_util,constant_time}.c; do
		# shellcheck disable=SC2086
		$CC $common -O2 -w -fno-pic -fno-pie -mno-red-zone $mbedtls -c "$file" \
			-o "$dir/requests.parts/$(object "$file")" || return
	done
	objcopy --rename-section .bss=firmware_data,alloc,load,contents,data \
		"$dir/requests.parts/$(object sim/host/build.c)"
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
	frames | pages | requests) stop_build "$1" "$2" "${@:3}" ;;
	long) long_build "$2" "-O2" "${@:3}" ;;
	tsan) long_build "$2" "-O1 -fsanitize=thread" "${@:3}" ;;
	*) false ;;
	esac
}

run() { # KIND MILLISECONDS PROGRAM...
	local kind=$1 milliseconds=$2
	shift 2
	case $kind in
	frames) "$@" "$kind" $all ;; # of the others it would take more than an hour
	pages | requests) GLIBC_TUNABLES=$no_rep "$@" "$kind" ;;
	*) TSAN_OPTIONS=halt_on_error=1 "$@" "$milliseconds" 1 "$only" ;;
	esac
}

tests() {
	local kind
	for kind in frames requests long tsan; do
		build $kind "$dir/$kind" || fail "$kind does not build"
	done
	cp "$dir/frames" "$dir/pages"
	for kind in frames pages requests; do
		run $kind 0 "$dir/$kind" || status=1
	done
	run long $milliseconds "$dir/long" || status=1
	run tsan $tsan_milliseconds "$dir/tsan" 2>&1 | sed 's/two threads/ThreadSanitizer/'
	[ "${PIPESTATUS[0]}" = 0 ] || fail "ThreadSanitizer"
}

seed() { # NAME FILE SED KIND
	local mutant=$dir/seed-$1 seed_milliseconds=1500 only=''
	sed -e "$3" "$2" >"$mutant.c"
	if cmp -s "$2" "$mutant.c"; then
		fail "seed $1: the sed expression changes nothing in $2"
		return
	elif ! build "$4" "$mutant" "$2" "$mutant.c"; then
		fail "seed $1: does not build"
		return
	fi
	# Two walks have to cross: the run with the least left, until they do.
	[ "$4" != long ] || { seed_milliseconds=20000 only="1 frame"; }
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
