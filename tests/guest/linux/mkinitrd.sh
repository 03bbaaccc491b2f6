#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: mkinitrd.sh -o FILE [PATH=FILE...]
# The Linux guest's initrd: busybox and our init, nothing else. PATH=FILE adds
# an executable. BUSYBOX= names a static busybox (/bin/busybox).
# Writes the cpio archive itself ("newc": headers in hex digits), so that the
# same inputs give the same bytes and device nodes need no privilege.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
busybox=${BUSYBOX:-/bin/busybox}
output=
inode=0

refuse()
{
	echo "mkinitrd: $*" >&2
	exit 2
}

zeros()
{
	head -c "$1" /dev/zero
}

# entry NAME MODE [FILE [MAJOR MINOR]]
entry()
{
	size=0
	[ -z "${3:-}" ] || size=$(wc -c <"$3")
	inode=$((inode + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \
		$inode $(($2)) 0 0 1 0 "$size" 0 0 "${4:-0}" "${5:-0}" $((${#1} + 1)) 0
	printf '%s\0' "$1"
	zeros $(((4 - (110 + ${#1} + 1) % 4) % 4))
	[ -z "${3:-}" ] || cat "$3"
	zeros $(((4 - size % 4) % 4))
}

archive()
{
	for directory in bin dev proc sys tmp; do
		entry $directory 0040755
	done
	entry dev/console 0020600 '' 5 1
	entry bin/busybox 0100755 "$busybox"
	entry init 0100755 "$here/init"
	for extra in "$@"; do
		entry "${extra%%=*}" 0100755 "${extra#*=}"
	done
	inode=-1
	entry 'TRAILER!!!' 0
}

if [ "${1:-}" = -o ] && [ $# -ge 2 ]; then
	output=$2
	shift 2
fi
[ -n "$output" ] || refuse "usage: mkinitrd.sh -o FILE [PATH=FILE...]"
[ -x "$busybox" ] || refuse "no such busybox: $busybox (package busybox-static, or BUSYBOX=)"
if ldd "$busybox" >/dev/null 2>&1; then
	refuse "$busybox is not static (package busybox-static, or BUSYBOX=)"
fi
for extra in "$@"; do
	[ -r "${extra#*=}" ] || refuse "no such file: ${extra#*=}"
done

trap 'rm -f "$output.tmp"' EXIT
archive "$@" | gzip -n -9 >"$output.tmp"
mv "$output.tmp" "$output"
