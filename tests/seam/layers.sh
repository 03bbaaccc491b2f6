#!/bin/bash
# SPDX-License-Identifier: MIT
# layers.sh OBJECTS: what each folder's objects need of other folders.
# sm -> cpu -> ghcb -> mm; the hw_ seam, the stack guard, libc and mem* are below all. The
# one upward edge is cpu/start.S (or cpu/init.c) entering sm_main.
set -u
objects=$1
status=0

defined() { # FOLDER...
	for f in "$@"; do
		find "$objects/$f" -name '*.o' -exec nm -g --defined-only {} + | awk 'NF == 3 { print $3 }'
	done | sort -u
}

needed() {
	find "$objects/$1" -name '*.o' -exec nm -u {} + | awk '$1 == "U" { print $2 }' | sort -u
}

forbid() { # FOLDER, then the folders above it
	local folder=$1 bad
	shift
	bad=$(comm -12 <(needed "$folder") <(defined "$@") | grep -v -E '^(hw_|__stack_chk_|mem(cpy|move|set|cmp)$)')
	[ "$folder" != cpu ] || bad=$(printf '%s' "$bad" | grep -v -x 'sm_main')
	[ -z "$bad" ] || {
		echo "$folder needs of $*: $bad"
		status=1
	}
}

forbid mm ghcb cpu sm gen
forbid ghcb cpu sm gen
forbid cpu sm gen
exit $status
