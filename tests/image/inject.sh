#!/bin/bash
# SPDX-License-Identifier: MIT
# Injects vectors into VMPL0 of the real image, each in a boot of its own, at a
# pseudorandom entry of VMPL0, and compares how it ends. With `soak` every
# vector from 0 to 255, else SAMPLES= of each class. SEED= repeats a run.
set -u
cd "$(dirname "$0")/../.."
first=100 last=6000 # entries: from where there is an IDT to within the guest's calls
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
samples=${SAMPLES:-3}
[ "${1:-}" != soak ] || samples=256
log=.build/inject.log
failures=0
RANDOM=$seed

make -s -j2 softsnp .build/stub.igvm >/dev/null || exit 1

boot() { # VECTOR ERROR: at an entry where the platform has no event of its own
	for _ in 1 2 3; do
		at=$((first + RANDOM % (last - first)))
		IGVM=.build/stub.igvm TIMEOUT=30 INJECT=$1 INJECT_AT=$at INJECT_ERROR=$2 \
			sim/softsnp/run.sh </dev/null 2>&1 | tr -d '\r' >$log
		status=${PIPESTATUS[0]}
		! grep -q "^softsnp: injects vector $1 " $log || return 0
	done
	return 1
}

ends_well() { # VECTOR REASON FIXUP
	if [ "$2" = none ]; then
		[ "$status" = 0 ] && grep -q -E '^[1-9][0-9]* passed, 0 failed$' $log
	elif [ "$2" = refused ]; then
		grep -q '^softsnp: stopped: VMPL0: exit 0xffffffff ' $log
	elif [ "$status" = 0 ]; then # a fix-up: the call was refused, the guest went on
		[ "$3" = fixup ] && grep -q -E '^[0-9]+ passed, [0-9]+ failed$' $log
	else
		[ "$status" = 4 ] && grep -q -E "^svsm: stop: .*\(reason $2, detail" $log
	fi
}

class() { # NAME REASON ERROR VECTOR...
	local name=$1 reason=$2 error=$3 vector fixup=no bad= pick=$RANDOM # a subshell has a RANDOM of its own
	[ "$reason" != '[0-9]+' ] || fixup=fixup
	shift 3
	for vector in $(printf '%s\n' "$@" | shuf -n "$samples" --random-source=<(yes "$pick")); do
		boot "$vector" "$error" && ends_well "$vector" "$reason" "$fixup" && continue
		bad+="#   vector $vector, error $error, entry $at: status $status"$'\n'
		bad+=$(tail -n 4 $log | sed 's/^/#   | /')$'\n'
	done
	if [ -z "$bad" ]; then
		echo "ok - injected into VMPL0: $name"
	else
		failures=$((failures + 1))
		printf 'not ok - injected into VMPL0: %s\n%s' "$name" "$bad"
	fi
}

echo "# SEED=$seed SAMPLES=$samples"
mapfile -t exceptions < <(seq 0 31 | grep -v -x -E '8|13|14|28|29|31')
class "exceptions that nothing handles, and NMI" 23 0 "${exceptions[@]}"
mapfile -t interrupts < <(seq 32 255 | grep -v -x 128)
class "interrupts" 23 0 "${interrupts[@]}"
class "vector 128, int 0x80 (Heckler)" 23 0 128
class "exception 31, which VMRUN refuses" refused 0 31
class "#DF" 22 0 8
class "#GP" '[0-9]+' 0 13
class "#PF" '[0-9]+' 2 14
class "#HV, passed over" none 0 28
for error in 114 123 124 129 1024; do # CPUID, IOIO, MSR, VMMCALL, NPF
	class "#VC that it has not caused, error $error (WeSee)" 19 "$error" 29
done
class "#VC that it has not caused, page not validated" '[0-9]+' 1028 29
[ $failures = 0 ]
