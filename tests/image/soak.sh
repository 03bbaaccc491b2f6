#!/bin/bash
# SPDX-License-Identifier: MIT
# Both guests under every combination of VMPL, C-bit, memory and place of the
# SVSM, with the expectations of images.cfg. ROUNDS= repeats it.
set -u
cd "$(dirname "$0")/../.."
cases=.build/soak.cfg

mkdir -p .build
sed '/^case /,$d' tests/image/images.cfg >$cases
for round in $(seq "${ROUNDS:-1}"); do
	for vmpl in 1 2 3; do
		for la57 in 1 0; do
			for mem in 256 512 1792; do
				for svsm in "0x8000000000 0x10000000" "0x90000000 0x2000000" "0x200000000 0x8000000"; do
					for guest in linux stub; do
						options="GUEST=$guest VMPL=$vmpl LA57=$la57 MEM=$mem"
						options+=" SVSM_GPA=${svsm% *} SVSM_MEM=${svsm#* }"
						printf 'case round %d, %s\nmake %s\nas %s\n' "$round" "$options" "$options" $guest
					done
				done
			done
		done
	done
done >>$cases
CASES=$cases tests/image/run.sh "$@"
