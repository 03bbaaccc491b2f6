#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the suite, packs it under Turnstile, runs it under soft-SNP. The lines
# of TAP go to the output, the whole log to .build/conformance/run.log.
# usage: tests/conformance/run.sh [OPTIONS OF THE SUITE]   (default: strict reflect)
# CPUS=, VMPL=, MEM= as for `make run`; SVSM=FILE: another svsm.elf.
# Exit status 0: every case passed or was skipped, and the suite came to its end.
set -u
cd "$(dirname "$0")/../.."
O=${O:-.build}
out=${OUT:-$O/conformance}
cpus=${CPUS:-2}
mem=${MEM:-512}
mkdir -p "$out"
make -s -j2 "$O/softsnp.elf32" "$O/svsm-pack" "$O/svsm.elf" "$O/start32.bin" "$O/conformance.bz" || exit 2
"$O/svsm-pack" --firmware "${SVSM:-$O/svsm.elf}" --start32 "$O/start32.bin" \
	--kernel "$O/conformance.bz" --no-accept-ram --vmpl "${VMPL:-1}" --mem "${mem}M" \
	--svsm-gpa "${SVSM_GPA:-0x8000000000}" --svsm-mem "${SVSM_MEM:-0x10000000}" \
	--cmdline "${*:-strict reflect}" -o "$out/conformance.igvm" >"$out/pack.txt" || exit 2
SOFTSNP=$O/softsnp.elf32 IGVM=$out/conformance.igvm MEM=$mem CPUS=$cpus TIMEOUT=${TIMEOUT:-120} \
	ICOUNT=$([ "$cpus" = 1 ] && echo 1 || echo 0) sim/softsnp/run.sh </dev/null 2>&1 |
	tr -d '\r' | tee "$out/run.log" | grep --line-buffered -v '^softsnp: '
status=${PIPESTATUS[0]}
verdict=$(grep -E '^conformance: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$out/run.log")
if [ "$status" != 0 ] || [ -z "$verdict" ]; then
	grep '^softsnp: ' "$out/run.log" | head -n 5 | sed 's/^/# /'
	echo "not ok - the suite does not come to its end (status $status)"
	exit 1
fi
[[ $verdict == *", 0 failed,"* ]]
