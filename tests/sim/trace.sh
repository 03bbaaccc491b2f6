#!/bin/bash
# SPDX-License-Identifier: MIT
# Records real guests under soft-SNP and replays them with svsm-sim; then bad
# traces, and its prompt. TAP; what was recorded stays in .build/sim/.
set -u
cd "$(dirname "$0")/../.."
. tests/sim/tap.sh
out=.build/sim
sim=.build/svsm-sim-asan

record() { # NAME OPTIONS...
	local name=$1
	shift
	rm -f "$out/$name.trace"
	# A busy machine is slow, and no guest hangs for that.
	make run TIMEOUT=900 TRACE="$out/$name.trace" "$@" >"$out/$name.log" 2>&1
	result $? "make run TRACE= $*"
	$sim replay --check "$out/$name.trace" >"$out/$name.check"
	result $? "every step of it is allowed: $(head -n 1 "$out/$name.check")"
}

refuses() { # STATUS REGEXP FILE: one line, and that status
	local said
	said=$($sim replay --check "$3" 2>&1)
	[ $? = "$1" ] && [ "$(wc -l <<<"$said")" -le "$(($1 == 2 ? 1 : 2))" ] && grep -q -E -- "$2" <<<"$said"
	result $? "replay --check ends with $1: $2"
}

patch() { # OFFSET BYTES
	cp $out/boot.trace $out/bad.trace
	printf '%b' "$2" | dd of=$out/bad.trace bs=1 seek="$1" conv=notrunc status=none
}

prompt() { # COMMANDS REGEXP: of the last line
	printf '%b' "$1" | $sim replay $out/boot.trace | tail -n 1 | grep -q -E -- "$2"
	result $? "replay, ${1//\\n/, }: $2"
}

mkdir -p $out
make -s -j2 sim softsnp $sim .build/trace-test .build/trace-rules || exit 1
# Of `boot` the machines' steps alone: of these each mutation is refused or equivalent.
record boot PAGES=0
record hotplug PAGES=0 CPUS=4 GUEST=hotplug
record stub GUEST=stub
record pages CPUS=4 GUEST=hotplug
for name in hotplug pages boot; do
	cp $out/$name.trace $out/scratch.trace
	.build/trace-test $out/$name.trace $out/scratch.trace $out/million.trace ||
		failures=$((failures + 1))
done

$sim view $out/stub.trace -o $out/stub.html >$out/stub.view && [ ! -s $out/stub.view ] &&
	$sim view $out/boot.trace -o $out/boot.html | grep -q ': no page records'
result $? "there are page records, but not with PAGES=0"

.build/trace-rules || failures=$((failures + 1))

# QEMU is killed in the middle of it.
rm -f $out/killed.trace
make run TRACE=$out/killed.trace TIMEOUT=5 >$out/killed.log 2>&1
! grep -q 'power off' $out/killed.log && $sim replay --check $out/killed.trace >$out/killed.check
result $? "what a run that is killed leaves: $(cat $out/killed.check)"

said=$(.build/svsm-sim replay --check $out/million.trace)
rate=$(sed -n 's/^1000000 steps, all allowed (\([0-9]*\)\..* million steps.*/\1/p' <<<"$said")
[ "${rate:-0}" -ge 1 ]
result $? "at least 1,000,000 steps are checked a second: $said"

refuses 2 'no-such.trace: No such file' $out/no-such.trace
refuses 2 'not a file' $out
patch 0 X
refuses 2 'byte 0: not a trace' $out/bad.trace
patch 8 '\003'
refuses 2 'byte 8: version 3, not 2' $out/bad.trace
patch 8 '\001'
refuses 2 'byte 8: version 1, not 2: record it again' $out/bad.trace
patch 12 '\041'
refuses 2 'byte 12: ' $out/bad.trace
patch 16 '\377\377\377'
refuses 2 'byte 16: .*other machines' $out/bad.trace
patch 24 '\002'
refuses 2 'byte 24: it begins where no trace does' $out/bad.trace
patch 24 '\001'
refuses 1 'step 0, byte 32, is not allowed: expected on this CPU: vcpu Guest ' $out/bad.trace
patch 31 '\001'
refuses 2 'byte 28: ' $out/bad.trace
patch 150 '\001'
refuses 1 'step 3, byte 128, is not allowed: expected on this CPU: boot Features ' $out/bad.trace

prompt 'next\n' '^ +1 .* boot +Config -> Cpuid .*sm/boot\.rl:[0-9]+'
prompt 'next 5\nback 2\n\n' '^ +4 '
prompt 'find Serve\n' ' vcpu +Serve -> Reply  EV_DONE '
prompt 'goto 99999999\nrfind EV_START\nback\n' '-> (List|Ready) '
prompt 'find nowhere\n' '^no nowhere after step 0$'
prompt 'fly\n' 'no such command'
$sim replay --help | grep -q 'replays transitions, not effects'
result $? "replay --help says what it does not show"

[ "$($sim reason 0x19e100 14:16 5)" = "set 14 (Turnstile) code 25: an event that the state machine does not allow
set 14 (Turnstile) code 16: out of SVSM memory
set 14 (Turnstile) code 5: a required SEV feature is off" ]
result $? "reason, as the MSR's value, set:code, code"
$sim reason 0x19e101 2>/dev/null
[ $? = 2 ]
result $? "reason refuses what is none"
exit $((failures != 0))
