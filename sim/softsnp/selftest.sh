#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs an image whose counts are known (known/) and compares soft-SNP's table
# with them, in TAP lines. Uses what the build has made: O= names its folder.
set -eu

O=${O:-.build}
CC=${CC:-gcc}
here=$(dirname "$0")
out=$O/known
failed=0

mkdir -p "$out"
for source in known.c start.S; do
	$CC -std=gnu11 -O2 -Wall -Wextra -Werror -Iinclude -nostdinc \
		-isystem "$($CC -print-file-name=include)" -isystem "$O/pkg/picolibc/include" \
		-ffreestanding -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only -mcmodel=kernel \
		-fno-stack-protector -fcf-protection=none -fno-jump-tables \
		-c "$here/known/$source" -o "$out/$source.o"
done
ld -m elf_x86_64 -nostdlib -z max-page-size=4096 --no-warn-rwx-segments \
	-T "$here/known/known.lds" "$out/known.c.o" "$out/start.S.o" \
	"$O/pkg/picolibc/lib/libc.a" -o "$out/known.elf"
"$O/svsm-pack" --firmware "$out/known.elf" --start32 "$O/start32.bin" --kernel "$O/stub.bz" \
	--no-accept-ram -o "$out/known.igvm" >"$out/pack.text"
SOFTSNP=$O/softsnp.elf32 IGVM=$out/known.igvm TIMEOUT=60 "$here/run.sh" </dev/null |
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
	sed -n "/^softsnp: SVSM call 0\.$1 /{n;s/.* //p;q;}" "$out/log"
}

expect "SVSM calls" 4
expect "VMPL switches in them" 8
expect "most VMPL switches in one" 2
expect "other VMGEXITs of VMPL0 in them" 4
expect "most of these in one" 1
expect "flushes in them" 4
expect "page-table writes at VMPL0 in calls" 10
expect "all, first guest entry on" 10
expect "writable mappings of them" 1
expect "HLT" 1

# 5000 turns of two instructions more in each call; a write more too, whose
# loop is a few instructions.
for call in 1 2 3; do
	check "instructions of call $call less those of the one before" \
		$(($(instructions $call) - $(instructions $((call - 1))))) 10000 10016
done
exit $failed
