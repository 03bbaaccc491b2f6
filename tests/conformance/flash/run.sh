#!/bin/bash
# SPDX-License-Identifier: MIT
# The suite in flash: its tables, and its way from the reset vector to the
# payload, on a plain QEMU: without a CPUID page, and with one whose C-bit is a
# bit that an ordinary CPU ignores. TAP.
set -u
cd "$(dirname "$0")/../../.." || exit
O=${O:-.build}
out=$O/conformance
failed=0
mkdir -p "$out"
make -s "$O/conformance.fd" "$O/flash-test" || exit 2

"$O/flash-test" "$O/conformance.fd" || failed=1
# Each of these bytes matters: the test sees it changed.
for at in 16 48 50 66 70; do
	[ "$at" != 0x100000 ] || continue
	if "$O/flash-test" "$O/conformance.fd" "$at" >/dev/null; then
		echo "not ok - flash image: a changed byte $at before the end goes unnoticed"
		failed=1
	else
		echo "ok - flash image: a changed byte $at before the end is noticed"
	fi
done

start() { # NAME TEXT QEMU-ARGUMENT...
	local name=$1 text=$2
	shift 2
	timeout --foreground 20 "${QEMU:-qemu-system-x86_64}" -M q35 -accel tcg -cpu qemu64 -m 128 -display none -nodefaults \
		-no-reboot -serial "file:$out/flash.log" -bios "$O/conformance.fd" "$@" </dev/null 2>/dev/null &
	local qemu=$!
	for _ in $(seq 100); do
		grep -q -F "$text" "$out/flash.log" 2>/dev/null && break
		sleep 0.1
	done
	kill $qemu 2>/dev/null
	wait $qemu 2>/dev/null
	if grep -q -F "$text" "$out/flash.log"; then
		echo "ok - flash image: $name"
	else
		echo "not ok - flash image: $name"
		failed=1
	fi
	rm -f "$out/flash.log"
}
start "reset vector to 32-bit code" "no CPUID page, not an SNP guest"
# One entry, Fn8000_001F, EBX = 52: bit 52 of a table entry is software's.
{
	printf '\1\0\0\0'; head -c 12 /dev/zero
	printf '\37\0\0\200'; head -c 24 /dev/zero; printf '\64\0\0\0'; head -c 4048 /dev/zero
} >"$out/cpuid.bin"
start "page tables, the payload in 64-bit mode" "Bail out! not an SNP guest" \
	-device "loader,file=$out/cpuid.bin,addr=0x80e000,force-raw=on"
exit $failed
