#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs an image whose counts are known (known/) and compares soft-SNP's table
# with them, and one with four vCPUs that checks what they see, in TAP lines. Uses what the build has made: O= names its folder.
set -eu

O=${O:-.build}
CC=${CC:-gcc}
here=$(dirname "$0")
out=$O/known
failed=0

mkdir -p "$out"
# image NAME SOURCE...: .build/known/NAME.igvm, with the sources in place of the firmware
image() {
	name=$1
	shift
	objects=
	for source in "$@"; do
		$CC -std=gnu11 -O2 -Wall -Wextra -Werror -Iinclude -nostdinc \
			-isystem "$($CC -print-file-name=include)" -isystem "$O/pkg/picolibc/include" \
			-ffreestanding -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only -mcmodel=kernel \
			-fno-stack-protector -fcf-protection=none -fno-jump-tables \
			-c "$here/known/$source" -o "$out/$source.o"
		objects="$objects $out/$source.o"
	done
	# shellcheck disable=SC2086
	ld -m elf_x86_64 -nostdlib -z max-page-size=4096 --no-warn-rwx-segments \
		-T "$here/known/known.lds" $objects "$O/pkg/picolibc/lib/libc.a" -o "$out/$name.elf"
	"$O/svsm-pack" --firmware "$out/$name.elf" --start32 "$O/start32.bin" --kernel "$O/stub.bz" \
		--no-accept-ram -o "$out/$name.igvm" >"$out/pack.text"
}

image known known.c start.S
image smp smp.c smp_ap.c smp.S
CALLS=1 SOFTSNP=$O/softsnp.elf32 IGVM=$out/known.igvm TIMEOUT=60 "$here/run.sh" </dev/null |
	tr -d '\r' >"$out/log"

# check TEXT SEEN LEAST MOST
check() {
	if [ "${2:--1}" -ge "$3" ] && [ "$2" -le "$4" ]; then
		echo "ok - soft-SNP counts: $1: $2"
	else
		failed=1
		echo "not ok - soft-SNP counts: $1: '$2', expected $3 to $4"
	fi
}

# expect NAME COUNT: the table's line
expect() {
	check "$1" "$(sed -n "s/^softsnp:  *$1  *\([0-9]*\)$/\1/p" "$out/log")" "$2" "$2"
}

# instructions CALL: at VMPL0 in it
instructions() {
	sed -n "/^softsnp: SVSM call 0\.$1 /,/ SVSM call 0\.$(($1 + 1)) /s/^softsnp:   instructions at VMPL0  *//p" \
		"$out/log" | head -n 1
}

# zeroing LINE: the line "of which zeroing" behind the table's LINE
zeroing() {
	sed -n "/^softsnp: *$1 /{n;s/^softsnp: *of which zeroing  *//p;}" "$out/log" | head -n 1
}

expect "SVSM calls" 4
expect "VMPL switches in them" 8
expect "most VMPL switches in one" 2
expect "other VMGEXITs of VMPL0 in them" 4
expect "most of these in one" 1
expect "flushes in them" 10
expect "broadcast flushes in calls" 10
expect "entries served" 3
expect "page-table writes at VMPL0 in calls" 10
expect "all, first guest entry on" 10
expect "writable mappings of them" 1
expect "HLT" 1
check "zeroing before the first guest entry" "$(zeroing 'instructions to the first guest entry')" 4096 4096
check "zeroing in service" "$(zeroing 'instructions at VMPL0, service')" 5120 5120

# More in each call than in the one before: 5000 turns of two instructions, one
# page of 512 words to zero, a flush and a table write of four each. Call 0 is
# left out: code that runs for the first time may count one more.
for call in 2 3; do
	check "instructions of call $call less those of the one before" \
		$(($(instructions $call) - $(instructions $((call - 1))))) 10520 10520
done

# The same from the line of each call.
for call in 0 1 2 3; do
	hex=0x$call
	[ $call != 0 ] || hex=0
	check "lines for call $call with its counts" "$(grep -c "^softsnp: call 0\.$call entries $((call == 1 ? 3 : 0)) \
result $hex instructions $(instructions $call) flushes $((call + 1)) zeroing $((512 * (call + 1)))\$" "$out/log")" 1 1
done

# Several vCPUs: what the image itself finds, and that it comes to its end.
status=0
CPUS=4 SOFTSNP=$O/softsnp.elf32 IGVM=$out/smp.igvm TIMEOUT=120 "$here/run.sh" </dev/null >"$out/smp.raw" || status=$?
tr -d '\r' <"$out/smp.raw" >"$out/smp.log"
sed -n -E 's/^((not )?ok) [0-9]+ - /\1 - /p' "$out/smp.log"
! grep -q '^not ok' "$out/smp.log" || failed=1
check "checks that the vCPUs made" "$(grep -c '^ok ' "$out/smp.log")" 12 12
check "end of the vCPUs" $status 0 0
check "drops an INIT" "$(grep -c '^softsnp: .*INIT.*: dropped$' "$out/smp.log")" 1 1
exit $failed
