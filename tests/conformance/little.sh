#!/bin/bash
# SPDX-License-Identifier: MIT
# The suite under an SVSM with the least memory that it boots in, so that it
# has to ask for more [svsm 4, memory needed]. Arguments and output as run.sh's.
set -u
cd "$(dirname "$0")/../.." || exit
export OUT=${OUT:-${O:-.build}/conformance/little}
MIB=1048576
mkdir -p "$OUT"
for size in 2 4 6 8 10 12; do
	SVSM_MEM=$((size * MIB)) tests/conformance/run.sh "${@:-strict reflect}" >"$OUT/tap" 2>&1
	status=$?
	grep -q -e 'is too small for the firmware' -e 'out of SVSM memory (reason 16' "$OUT/tap" "$OUT/run.log" || break
	: >"$OUT/run.log"
done
echo "# SVSM_MEM: $size MiB"
cat "$OUT/tap"
if grep -q '^ok .*CREATE_VCPU asks for memory.*# SKIP' "$OUT/tap"; then
	echo "not ok - the SVSM does not ask for memory"
	exit 1
fi
exit $status
