#!/bin/sh
# SPDX-License-Identifier: MIT
# GDB on the image under soft-SNP, stopped before its first instruction. Settings
# as for run.sh; arguments go to GDB (-batch -x FILE). The guest's console is in LOG.
# usage: debug.sh SVSM.ELF SOFTSNP.ELF LOG [GDB ARGUMENT...]
set -u

here=$(dirname "$0")
svsm=$1 softsnp=$2 log=$3
shift 3
command -v gdb >/dev/null 2>&1 || { echo "debug.sh: no gdb" >&2; exit 2; }
dir=$(mktemp -d) || exit
trap 'kill "$qemu" 2>/dev/null; wait; rm -rf "$dir"' EXIT
GDB=$dir/gdb "$here/run.sh" >"$log" 2>&1 </dev/null &
qemu=$!
for _ in $(seq 100); do
	[ -S "$dir/gdb" ] && break
	kill -0 "$qemu" 2>/dev/null || { cat "$log" >&2; exit 1; }
	sleep 0.1
done
# The code is read from the file: GDB does not see the nested page tables.
gdb -nx -q -iex 'set pagination off' -iex 'set print elements 16' \
	-iex 'set architecture i386:x86-64' \
	-ex 'set trust-readonly-sections on' -ex "file $svsm" -ex "add-symbol-file $softsnp" \
	-ex "source $here/debug.py" -ex "target remote $dir/gdb" \
	-ex 'echo \nStopped before the first instruction. Commands: svsm-state, svsm-print EXPRESSION.\n' \
	-ex 'echo Try: hbreak call_gate, continue, svsm-state. Backtraces beyond one frame are not there.\n' "$@"
