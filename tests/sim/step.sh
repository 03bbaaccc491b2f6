#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim step: forwards, backwards, and what its commands say. One TAP line each.
set -u
cd "$(dirname "$0")/../.."
out=${O:-.build}
work=$out/sim
sim=$out/svsm-sim
status=0
count=0
mkdir -p "$work"

verdict() { # STATUS TEXT
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		status=1
	fi
}

batch() { # OPTIONS: commands from standard input
	"$sim" step --batch - "$@" 2>&1
}

says() { # TEXT PATTERN COMMANDS [OPTIONS]: a line of the answer is like the pattern
	local text=$1 pattern=$2 commands=$3
	shift 3
	batch "$@" <<<"$commands" >"$work/said"
	grep -q -e "$pattern" "$work/said"
	verdict $? "$text"
}

refuses() { # TEXT COMMANDS LINE:COLUMN: one line on standard error, status 2
	batch <<<"$2" >"$work/said"
	[ $? = 2 ] && [ "$(tail -n 1 "$work/said" | grep -c "^-:$3: ")" = 1 ]
	verdict $? "$1"
}

for sim in "$out/svsm-sim" "$out/svsm-sim-asan"; do
	name=${sim##*/}
	says "$name: the first step is the chart's" \
		'^#1 cpu 0 vcpu 0: vcpu start --EV_START/enter--> Guest (sm/vcpu.rl:[0-9]*)$' step
	says "$name: the open arrows are shown, the pending one marked" '^  \* EV_ENTERED  */gate -> Gate' step
	says "$name: next goes to the end of the call" '; the call is over, RAX 0x0$' next
	says "$name: a run ends, and all holds" 'invariants: all hold' "$(printf 'run\nshow where')"
	says "$name: a machine is stopped at an operation" 'before LOAD 0x10000$' "$(printf 'step 1\nmicro 4')"
	says "$name: break on a state of a call's own machine" 'pvalidate, in Flush, pending' \
		"$(printf 'break state Flush\nrun')"
	says "$name: break on an event" 'pending EV_REVOKED' "$(printf 'break event EV_REVOKED\nrun')"
	says "$name: break on a result" 'stopped: result 0' "$(printf 'break result 0\nrun')"
	says "$name: break on an address" 'stopped: address 0x200000' "$(printf 'break address 0x200000\nrun')"
	says "$name: watch a frame" 'stopped: watch 0x200000' "$(printf 'watch 0x200000\nrun')"
	says "$name: an injected event that has no arrow stops the VM" \
		'stopped: an event that the state machine does not allow' "$(printf 'step 2\ninject EV_DONE\nstep')"
	says "$name: back before the stop" 'Gate, pending EV_CALL' "$(printf 'step 2\ninject EV_DONE\nstep\nback 2')"
	says "$name: a refused PVALIDATE is the call's result" 'RAX 0x80001006$' \
		"$(printf 'next\nfail pvalidate 1 6\nnext')"
	says "$name: a call of one's own" 'RAX 0x80000002$' "$(printf 'next\nset rax 0x99\ncall\nnext')"
	says "$name: JSON" '^{"step":1,"cpu":0,"taken":{"vcpu":0,"machine":"vcpu",.*"to":"Guest",' step --json
	refuses "$name: an unknown command is refused with its place" "$(printf 'step\n  walk')" 2:3
	refuses "$name: a bad number too" 'step x' 1:6
	refuses "$name: an unknown state too" 'break state Nowhere' 1:13
	refuses "$name: an address without memory too" 'show rmp 0xfffffffff000' 1:10
done

# Steps, hash: of each target on the way there.
hashes() {
	sed -n 's/^#\([0-9]*\) hash \(.*\)/\1 \2/p'
}

random_targets() { # BELOW
	awk -v below="$1" 'BEGIN { srand(5); for (i = 0; i < 100; i++) print int(rand() * below) }'
}

visit() {
	sed 's/.*/goto &\nhash/'
}

back_and_forth() { # STEPS REPEAT: every hash is the forward run's, no target takes a second
	local steps=$1 slow=0 line before now
	random_targets "$steps" >"$work/targets"
	{
		sort -n "$work/targets" | visit
		echo "goto $steps"
		visit <"$work/targets"
	} >"$work/commands"
	before=${EPOCHREALTIME/./}
	: >"$work/lines"
	while read -r line; do
		now=${EPOCHREALTIME/./}
		[ "$((now - before))" -lt 1000000 ] || slow=1
		before=$now
		echo "$line" >>"$work/lines"
	done < <("$sim" step --repeat "$2" --batch "$work/commands")
	hashes <"$work/lines" >"$work/hashes"
	[ "$(wc -l <"$work/hashes")" = 200 ] &&
		[ "$(sort -u "$work/hashes" | wc -l)" = "$(sort -u "$work/targets" | wc -l)" ] &&
		[ "$(cut -d ' ' -f 2 "$work/hashes" | sort -u | wc -l)" -gt 3 ] && [ $slow = 0 ]
}

sim=$out/svsm-sim
back_and_forth 1000000 50000
verdict $? "100 random targets in a million steps, each in under a second, hashes as forwards"
sim=$out/svsm-sim-asan
back_and_forth 20000 1000
verdict $? "the same in 20,000 steps, with the sanitizers"
exit $status
