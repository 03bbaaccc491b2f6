#!/bin/bash
# SPDX-License-Identifier: MIT
# Events injected into VMPL0 of the real image. First all that EVENTINJ can say, by
# VMRUN's rules. Then past these, each in a boot of its own, at a pseudorandom
# instruction: an entry of VMPL0 and up to 400 instructions behind it. With `soak` every
# vector from 0 to 255, else SAMPLES= vectors of each class. SEED= repeats a run.
# A fault where the firmware has a fix-up may also be a call that is refused.
set -u
cd "$(dirname "$0")/../.."
first=100 last=6000 # entries: from where there is an IDT to within the guest's calls
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
samples=${SAMPLES:-3}
[ "${1:-}" != soak ] || samples=256
log=.build/inject.log
failures=0
not_validated=1028 # the one error code of a #VC that may have a fix-up
RANDOM=$seed

make -s -j2 softsnp .build/stub.igvm >/dev/null || exit 1

extable() { # the instructions of the firmware whose faults have a fix-up
	local rodata start end
	rodata=$(objdump -h .build/svsm.elf | awk '$2 == ".rodata" { print $4 }')
	start=$(nm .build/svsm.elf | awk '$3 == "extable_start" { print $1 }')
	end=$(nm .build/svsm.elf | awk '$3 == "extable_end" { print $1 }')
	objcopy -O binary -j .rodata .build/svsm.elf $log.rodata
	od -An -v -w16 -tx8 -j $((0x$start - 0x$rodata)) -N $((0x$end - 0x$start)) $log.rodata |
		awk '{ print "0x" $1 }'
}

boot() { # VECTOR ERROR: at an entry where the platform has no event of its own
	for _ in 1 2 3; do
		at=$((first + RANDOM % (last - first)))
		step=$((RANDOM % 400))
		IGVM=.build/stub.igvm TIMEOUT=30 INJECT=$1 INJECT_AT=$at INJECT_STEP=$step INJECT_ERROR=$2 \
			INJECT_TYPE=$type INJECT_FORCE=1 sim/softsnp/run.sh </dev/null 2>&1 | tr -d '\r' >$log
		status=${PIPESTATUS[0]}
		! grep -q "^softsnp: injects vector $1 " $log || return 0
	done
	return 1
}

fixed_up() { # VECTOR: a fault that came where faults are provided for
	[[ " 13 14 29 " == *" $1 "* ]] && grep -q -x "$(sed -n 's/^softsnp: injects .* rip //p' $log)" <<<"$fixups"
}

ends_well() { # VECTOR REASON ERROR
	if [ "$2" = none ]; then
		[ "$status" = 0 ] && grep -q -E '^[1-9][0-9]* passed, 0 failed$' $log
	elif [ "$2" = refused ]; then
		grep -q '^softsnp: stopped: VMPL0: exit 0xffffffff ' $log
	elif [ "$status" = 4 ] && grep -q -E "^svsm: stop: .*\(reason $2, detail" $log; then
		return 0
	elif [ "$1" != 29 ] || [ "$3" = $not_validated ]; then
		fixed_up "$1" && grep -q -E '^[0-9]+ passed, [0-9]+ failed$|^svsm: stop: .*\(reason ' $log
	else
		return 1
	fi
}

class() { # NAME REASON ERROR VECTOR...
	local name=$1 reason=$2 error=$3 vector bad= pick=$RANDOM # a subshell has a RANDOM of its own
	shift 3
	for vector in $(printf '%s\n' "$@" | shuf -n "$samples" --random-source=<(yes "$pick")); do
		boot "$vector" "$error" && ends_well "$vector" "$reason" "$error" && continue
		bad+="#   vector $vector, type $type, error $error, entry $at, step $step: status $status"$'\n'
		bad+=$(tail -n 4 $log | sed 's/^/#   | /')$'\n'
	done
	if [ -z "$bad" ]; then
		echo "ok - injected into VMPL0: $name"
	else
		failures=$((failures + 1))
		printf 'not ok - injected into VMPL0: %s\n%s' "$name" "$bad"
	fi
}

restricted() { # all vectors, types, with and without error code
	IGVM=.build/stub.igvm TIMEOUT=60 INJECT=all INJECT_AT=100 sim/softsnp/run.sh </dev/null 2>&1 | tr -d '\r' >$log
	grep -q -x 'softsnp: events made up for VMPL0, delivered *1' $log &&
		grep -q -x 'softsnp:   refused by VMRUN *4095' $log && grep -q '^[1-9][0-9]* passed, 0 failed$' $log
}

by_vector=8 type=$by_vector
if restricted; then
	echo "ok - restricted injection: of 4096 events one is taken, #HV, and the guest is served"
else
	echo "not ok - restricted injection: of 4096 events one is taken, #HV, and the guest is served"
	tail -n 5 $log | sed 's/^/# /'
	failures=1
fi

fixups=$(extable)
[ -n "$fixups" ] || exit 1
echo "# SEED=$seed SAMPLES=$samples"
mapfile -t exceptions < <(seq 0 31 | grep -v -x -E '8|13|14|28|29|31')
class "exceptions that nothing handles, and NMI" 23 0 "${exceptions[@]}"
mapfile -t interrupts < <(seq 32 255 | grep -v -x 128)
class "interrupts" 23 0 "${interrupts[@]}"
class "vector 128, int 0x80 (Heckler)" 23 0 128
class "exception 31, which VMRUN refuses" refused 0 31
class "#DF" 22 0 8
class "#GP" 21 0 13 13 13
class "#PF" 20 2 14 14 14
class "#HV, passed over" none 0 28
for error in 114 123 124 129 1024; do # CPUID, IOIO, MSR, VMMCALL, NPF
	class "#VC that it has not caused, error $error (WeSee)" 19 "$error" 29
done
class "#VC that it has not caused, page not validated" 28 $not_validated 29 29 29
# As interrupts they push no error code; software interrupts VMRUN never takes.
for type in 0 4; do
	class "type $type: #GP" 21 0 13
	class "type $type: #PF" 20 0 14
	class "type $type: #VC" 19 0 29
	class "type $type: vectors of exceptions" 23 0 $(seq 0 31 | grep -v -x -E '8|13|14|28|29')
done
class "type 4: int n" 23 0 $(seq 32 255)
[ $failures = 0 ]
