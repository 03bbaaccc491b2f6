#!/bin/sh
# SPDX-License-Identifier: MIT
# Finds the smallest memory in which the SVSM boots, and runs the guest there
# that makes vCPUs until it is asked for memory. The guest's own TAP lines.
set -u
cd "$(dirname "$0")/../../.."
O=${O:-.build}
here=tests/guest/pressure
out=$O/pressure
MIB=1048576
mkdir -p "$out"
${MAKE:-make} -s softsnp || exit

run() { # MIB
	tests/guest/build.sh $here "$out/guest.igvm" --no-accept-ram --svsm-mem $(($1 * MIB)) 2>"$out/pack.log" || return
	SOFTSNP=$O/softsnp.elf32 IGVM=$out/guest.igvm sim/softsnp/run.sh </dev/null >"$out/log" 2>&1 || return
}

# One too small is refused by the packer, or ends with a reason of its own.
too_small() {
	grep -q -e 'is too small for the firmware' "$out/pack.log" || grep -q -e 'out of SVSM memory (reason 16' "$out/log"
}

size=2
until run $size; do
	too_small || { cat "$out/pack.log" "$out/log"; echo "not ok - SVSM_MEM of $size MiB ends without a word"; exit 1; }
	: >"$out/log"
	size=$((size + 2))
	[ $size -le 32 ] || { echo "not ok - the SVSM does not boot in 32 MiB"; exit 1; }
done
echo "# the smallest SVSM_MEM it boots in: $size MiB"
tr -d '\r' <"$out/log" | grep -e '^ok ' -e '^not ok ' -e '^# '
grep -q '^[1-9][0-9]* passed, 0 failed' "$out/log"
