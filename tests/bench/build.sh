#!/bin/bash
# SPDX-License-Identifier: MIT
# build.sh OUT: the programs of the host benchmarks. mm/*.c gets the firmware's
# flags, but for what a host program cannot have: code model and C library.
set -eu
mkdir -p "$1/locked"
out=$(cd "$1" && pwd)
CC=${CC:-gcc}

# shellcheck disable=SC2016
flags=$(${MAKE:-make} -s --eval 'bench_flags: ; @echo $(fw_flags) $(warn)' bench_flags | sed -E '
	s/-(MMD|MP|nostdinc|mcmodel=[a-z]*|ffile-prefix-map=[^ ]*)( |$)//g
	s/-isystem [^ ]*//g; s/-DMBEDTLS[^ ]*//; s/-ffreestanding//')
harness=$(echo "$flags" | sed 's/-mgeneral-regs-only//; s/-fstack-protector-strong//')

# shellcheck disable=SC2086
compile() { # FOLDER FLAGS FILE...
	folder=$1 options=$2
	shift 2
	for file; do
		$CC $options -c "$file" -o "$folder/$(basename "$file" .c).o"
	done
}

link() { # PROGRAM OBJECT...
	program=$1
	shift
	$CC -no-pie "$@" -o "$out/$program" -lpthread
}

here=tests/bench
mm=$(ls mm/frame*.c mm/page*.c)
# shellcheck disable=SC2086
compile "$out" "$flags" $mm $here/empty.c
# Calls stay calls, so that callgrind sees where a function begins.
for file in "$here"/*.c; do
	case $file in
	*/empty.c | */locked.c | */requests.c | */lines.c | */throughput.c) ;;
	*) compile "$out" "-fno-optimize-sibling-calls $harness" "$file" ;;
	esac
done
# shellcheck disable=SC2086
compile "$out/locked" "-I$here/include $harness" $mm \
	$here/empty.c $here/ours.c $here/memory.c $here/workload.c $here/locked.c

# Requests: all of the portable firmware on the host's machine, twice.
requests="$(echo sm/*.c gen/*.c mm/*.c ghcb/*.c cpu/{cpuid,log,ring,secrets,vmsa,where}.c sim/host/*.c sim/snp/*.c)"
mbedtls=${PKG:-.build/pkg}/mbedtls
mbed="-isystem $mbedtls/include -DMBEDTLS_CONFIG_FILE=<svsm/mbedtls_config.h> -w"
for kind in threads shared; do
	mkdir -p "$out/$kind"
	[ $kind = threads ] && first= || first=-I$here/shared
	# shellcheck disable=SC2086
	for file in $requests $here/requests.c $here/lines.c $here/throughput.c \
		"$mbedtls"/library/{platform_util,sha512}.c; do
		$CC -std=gnu11 -O2 -g $first -Iinclude $mbed -c "$file" \
			-o "$out/$kind/$(echo "${file%.c}" | tr -d . | tr / _).o" &
		[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
	done
	wait
done

cd "$out"
objects=$(for file in $mm; do basename "$file" .c; done | sed 's/$/.o/')
# shellcheck disable=SC2086
{
	link counts counts.o worst.o workload.o ours.o bitmap.o memory.o empty.o $objects
	link tables tables.o memory.o empty.o $objects
	link time time.o team.o workload.o ours.o bitmap.o general.o memory.o empty.o $objects
	cd locked
	out=..
	link locked-count locked.o workload.o ours.o memory.o empty.o $objects
	cd ../threads
	link throughput $(ls *.o | grep -v -e '^tests_bench_lines')
	cd ../shared
	link lines $(ls *.o | grep -v -e '^tests_bench_throughput')
}
