#!/bin/bash
# SPDX-License-Identifier: MIT
# All tests, or the parts named: unit hostile coverage seeded prove fuzz race
# seam image sim repro soak. Every part prints TAP lines; they are counted here, and
# a part that fails without one counts as one failure. The last line is
# "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
out=.build
log=$out/test.log
passed=0 failed=0
mkdir -p $out
: >$log

part() { # NAME COMMAND...
	local name=$1 status ok not_ok start=$SECONDS
	shift
	echo "# $name"
	"$@" 2>&1 | tee $out/part.log
	status=${PIPESTATUS[0]}
	ok=$(grep -c '^ok ' $out/part.log)
	not_ok=$(grep -c '^not ok ' $out/part.log)
	if [ "$status" != 0 ] && [ "$not_ok" = 0 ] || [ "$((ok + not_ok))" = 0 ]; then
		echo "not ok - $name ended with status $status after $ok tests" | tee -a $out/part.log
		not_ok=1
	fi
	passed=$((passed + ok)) failed=$((failed + not_ok))
	echo "# $name: $ok passed, $not_ok failed, $((SECONDS - start)) s"
	cat $out/part.log >>$log
}

# One more command at the same time: most parts leave a core idle. gather is then the part.
beside() { # COMMAND...
	{
		"$@" >$out/beside.log 2>&1
		echo $? >$out/beside.status
	} &
	other=$!
}

gather() {
	tail --pid="$other" -f /dev/null
	cat $out/beside.log
	return "$(cat $out/beside.status)"
}

unit() { # COMPILER
	make -j2 CC="$1" unit || return
	"$out/unit-$1.exe" | grep -v ' passed, '
	return "${PIPESTATUS[0]}"
}

fuzz() {
	make -j2 fuzzers && tests/fuzz/run.sh corpora
}

[ $# != 0 ] || set -- unit hostile coverage seeded fuzz race seam image sim conformance repro
for name in "$@"; do
	case $name in
	unit)
		part "unit and path tests, gcc, ASan and UBSan" unit gcc
		part "unit and path tests, clang, ASan and UBSan" unit clang
		;;
	hostile)
		part "hostile guests and hypervisors, gcc, ASan and UBSan" make CC=gcc hostile
		part "hostile guests and hypervisors, clang, ASan and UBSan" make CC=clang hostile
		;;
	coverage) part "coverage of the host tests" make -j2 coverage ;;
	seeded) part "seeded faults" tests/seeded/run.sh ;;
	prove) part "bounded proofs" make prove ;;
	fuzz) part "fuzz corpora" fuzz ;;
	race)
		beside tests/race/stop.sh
		part "every interleaving of the memory manager" tests/race/run.sh
		part "a vCPU stopped at every instruction, threads" gather
		;;
	seam) part "checks of source and objects" tests/seam/run.sh ;;
	image)
		part "guests under QEMU" tests/image/run.sh
		part "the firmware's protections" tests/image/faults.sh
		part "GDB on the image" tests/image/debug.sh
		part "injected into VMPL0" tests/image/inject.sh
		part "memory under pressure" tests/guest/pressure/run.sh
		part "soft-SNP's counters" sim/softsnp/selftest.sh
		;;
	conformance)
		part "conformance" make conformance
		part "conformance in flash" tests/conformance/flash/run.sh
		part "conformance: checks left out" tests/conformance/mutants.sh
		;;
	sim)
		part "svsm-sim: bad input" tests/sim/cli.sh
		part "svsm-sim: record and replay" tests/sim/trace.sh
		part "svsm-sim: view" tests/sim/view.sh
		beside tests/sim/explore.sh
		part "svsm-sim: scenarios" tests/sim/scenarios.sh
		part "svsm-sim: model and image agree" tests/sim/agree.sh
		part "svsm-sim: step" tests/sim/step.sh
		part "svsm-sim: explore" gather
		;;
	repro) part "reproducible image" tests/seam/repro.sh ;;
	soak)
		part "soak: bounded proofs" make prove
		part "soak: interleavings" tests/race/run.sh soak
		part "soak: stopped vCPUs, threads" tests/race/stop.sh soak
		part "soak: model and image agree" tests/sim/agree.sh soak
		part "soak: svsm-sim explore" tests/sim/explore.sh soak
		part "soak: guests" tests/image/soak.sh
		part "soak: injected into VMPL0" tests/image/inject.sh soak
		part "soak: conformance, checks left out" tests/conformance/mutants.sh soak
		part "soak: fuzz" make fuzz T=600
		part "soak: what the fuzzers find" tests/fuzz/seeds.sh
		;;
	*)
		echo "all.sh: no part $name" >&2
		exit 2
		;;
	esac
done
[ "$failed" = 0 ] || grep '^not ok ' $log | sed 's/^/# /'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
