#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim step: every command, and that going back and forward again comes to
# the same machine. TAP.
set -u
cd "$(dirname "$0")/../.." || exit
O=${O:-.build}
out=$O/sim-step
sim=$O/svsm-sim-asan
first=sim/scenarios/first-call.svsm
failed=0
.ci/prereq && make -s -j2 "$O/svsm-sim" "$sim" || exit 2
rm -rf "$out"
mkdir -p "$out"

report() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok - step: $2"
	else
		echo "not ok - step: $2"
		failed=1
	fi
}

batch() { # COMMANDS [ARGUMENT...]: output in $out/log
	printf '%s\n' "$1" >"$out/commands"
	"$sim" step --batch "$out/commands" "${@:2}" >"$out/log" 2>&1
}

says() { # NAME TEXT COMMANDS [ARGUMENT...]
	batch "$3" "${@:4}" && grep -q -F -- "$2" "$out/log"
	report $? "$1"
}

refuses() { # NAME LINE:COLUMN COMMANDS: and nothing behind it is done
	batch "$3"$'\nhash' $first
	[ $? = 2 ] && grep -q "^$out/commands:$2: " "$out/log" && ! grep -q hash "$out/log"
	report $? "refused: $1"
}

# ---- there and back, every scenario; a sanitizer's own marks on the stacks would be hashed ----
checked=$sim
sim=$O/svsm-sim
for scenario in sim/scenarios/*.svsm; do
	batch $'run\nhash\ngoto 0\nhash' "$scenario"
	end=$(sed -n 's/^#\([0-9]*\) hash.*/\1/p' "$out/log" | head -n 1)
	middle=$((end / 2))
	batch "goto $middle"$'\nhash\nsave '"$out/middle.svsm"$'\nrun\nhash\nback '"$end"$'\nhash\n'"step $middle"$'\nhash\nrun\nhash\ngoto '"$middle"$'\nhash' "$scenario"
	sed -n 's/^#[0-9]* hash //p' "$out/log" >"$out/hashes"
	mapfile -t h <"$out/hashes"
	[ "${#h[@]}" = 6 ] && [ "${h[0]}" = "${h[3]}" ] && [ "${h[0]}" = "${h[5]}" ] && [ "${h[1]}" = "${h[4]}" ] &&
		[ "${h[0]}" != "${h[1]}" ] && [ "${h[2]}" != "${h[0]}" ] && ! grep -q "$scenario:" "$out/log"
	report $? "$(basename "$scenario"): there and back, $end steps"
	same=0
	batch "goto $((end / 3))"$'\nhash\nsave '"$out/third.svsm"$'\nrun\nhash\nsave '"$out/end.svsm" "$scenario"
	mapfile -t h < <(echo "${h[0]}" && sed -n 's/^#[0-9]* hash //p' "$out/log")
	for name in middle third end; do
		batch $'run\nhash' "$out/$name.svsm"
		[ "$(sed -n 's/^#[0-9]* hash //p' "$out/log")" = "${h[same]}" ] &&
			"$sim" run "$out/$name.svsm" >"$out/log" 2>&1 && same=$((same + 1))
	done
	[ "$same" = 3 ]
	report $? "$(basename "$scenario"): saved as a scenario at three points, the same machine"
done

# What was done by hand is in it, in its place.
by_hand=$'step 24\nmicro 2\ncpu 0\nmicro 3\ncpu 1\nstep 2\nset r8 7\ncpu 0\nstep\nfail LOAD 9 0x1000\ncpu 1\nstep\ninject EV_AGAIN'
batch "$by_hand"$'\nhash\nsave '"$out/hand.svsm"$'\nback 1\nstep\nback 1\ninject EV_AGAIN\nstep 9\nhash\nsave '"$out/stopped.svsm" \
	sim/scenarios/busy.svsm
mapfile -t h < <(sed -n 's/^#[0-9]* hash //p' "$out/log")
same=0
for name in hand stopped; do
	batch $'run\nhash' "$out/$name.svsm"
	[ "$(sed -n 's/^#[0-9]* hash //p' "$out/log")" = "${h[same]}" ] && "$sim" run "$out/$name.svsm" >"$out/log" 2>&1 &&
		same=$((same + 1))
done
[ "$same" = 2 ] && grep -q '^set cpu 1 r8 0x7' "$out/hand.svsm" && tail -n 1 "$out/hand.svsm" | grep -q pause &&
	grep -q '^finish cpu 1 -> STOPS MACHINE' "$out/stopped.svsm"
report $? "save: what was done by hand is in the scenario"

sim=$checked

# ---- a million steps ----
far() {
	local -a target
	local at here here_before name hash start worst=0 took try
	declare -A forward
	coproc "$O/svsm-sim" step --batch - --repeat 60000
	to() { # POSITION: its hash
		printf 'goto %u\nhash\n' "$1" >&"${COPROC[1]}"
		while read -r here name hash <&"${COPROC[0]}"; do
			[ "$name" != hash ] || break
		done
		[ "$here" = "#$1" ]
	}
	mapfile -t target < <(shuf -i 0-1000000 -n 100 | sort -n)
	for at in "${target[@]}"; do
		to "$at" || return
		forward[$at]=$hash
	done
	to 1000000 || return
	here_before=1000000
	for at in $(printf '%s\n' "${target[@]}" | shuf); do
		# The machine may be busy with something else: the best of five.
		took=1000000
		for ((try = 0; took >= 1000000 && try < 5; try++)); do
			[ $try = 0 ] || to "$here_before" || return
			start=${EPOCHREALTIME/./}
			to "$at" || return
			took=$((${EPOCHREALTIME/./} - start))
		done
		here_before=$at
		[ "$took" -le "$worst" ] || worst=$took
		[ "$hash" = "${forward[$at]}" ] || return
	done
	printf 'quit\n' >&"${COPROC[1]}"
	echo "# the longest way took $((worst / 1000)) ms"
	[ "$worst" -lt 1000000 ] && [ "$(printf '%s\n' "${forward[@]}" | sort -u | wc -l)" -gt 10 ]
}
far
report $? "a million steps: 100 random targets, each in under a second, each the machine that it was"

# ---- the commands ----
says "a state and its arrows" "EV_QUERY        /query -> Serve (sm/vcpu.rl:" "step 3" $first
says "next: to the end of the call" "the call is over, RAX 0x0" next $first
sed 's/-> SUCCESS rcx 0x100000001/-> INVALID_ADDRESS/' $first >"$out/expects.svsm"
says "an expectation that is not met is said" "the result is SUCCESS, not INVALID_ADDRESS" run "$out/expects.svsm"
says "micro: operations of the seam" "before CAS 0x" "micro 6" $first
says "break state" "stopped: state Decode" $'break state Decode\nrun' $first
says "break state of a machine" "stopped: state pvalidate.Run" $'break state pvalidate.Run\nrun' sim/scenarios/validate.svsm
says "break event" "stopped: event EV_REFUSED" $'break event EV_REFUSED\nrun' $first
says "break address" "stopped: address 0x10000" $'break address 0x10000\nrun' $first
says "break result" "stopped: result 0x80000002" $'break result 0x80000002\nrun' $first
says "watch a page" "stopped: watch 0x200000" $'watch 0x200000\nrun'
says "show rmp" "0x200000 assigned validated" $'watch 0x200000\nrun\nrun 6\nshow rmp 0x200000'
says "show frames" " used, " $'show frames' $first
says "show ca" "pending 1" $'step 1\nshow ca' $first
says "show vmsa" "exit code 0x403" $'step 1\nshow vmsa' $first
says "show ghcb" "exit code 0x80000018" $'next\nshow ghcb' $first
says "show ring" "vcpu Gate EV_CALL" $'next\nshow ring' $first
says "show where: the invariants" "invariants: all hold" $'next\nshow where' $first
says "inject: an event that the machine has no arrow for stops the VM" "the VM is stopped" $'step 2\ninject EV_DONE\nstep' $first
says "set and call: the guest's own request" "RAX 0x80000002" $'next\nset rax 99\ncall\nnext' $first
says "fail: the hypervisor refuses" "the VM is stopped" $'fail LOAD 1 0x1000\nnext' $first
says "do: a lie of the hypervisor" "the guest may not write to 0x11000" $'do unmap 0x11000\nrun' sim/scenarios/validate.svsm
says "do: refuse a request" "stopped: event EV_HOST_REFUSED" $'do refuse 1\nbreak event EV_HOST_REFUSED\nrun' sim/scenarios/first-call.svsm
batch $'step 2\ndo write u8 0x12000 7\ndo take 0x300000 4K\nstep\nback\nstep 1\nhash\nsave '"$out/do.svsm"$'\nsave '"$out/do" $first
mapfile -t h < <(sed -n 's/^#[0-9]* hash //p' "$out/log")
grep -q '^do take 0x300000 4K' "$out/do" && batch $'run\nhash' "$out/do.svsm" && grep -q "hash ${h[0]}" "$out/log"
report $? "do: saved with the rest"
batch "$(printf 'step 3\nset r8 7\nstep 2\nshow vmsa\nshow ring\nsave %s/again' "$out")" $first
grep -v -e '^#' -e again "$out/log" | tail -n 9 >"$out/was"
batch "$(cat "$out/again")"$'\nshow vmsa\nshow ring' $first
grep -q 'r8 0x7' "$out/was" && grep -v '^#' "$out/log" | tail -n 9 | cmp -s - "$out/was"
report $? "save: the commands that lead to the same machine"
batch "$(printf 'run\nsave %s/run.trace' "$out")" $first
"$sim" replay "$out/run.trace" <<<'find EV_ENTERED' >"$out/log" 2>&1
grep -q EV_ENTERED "$out/log"
report $? "save: a trace that replay opens"
batch $'step 3\nshow where' --json $first
[ "$(grep -c '^{"step":[0-9]*,"cpu":0,"taken":.*,"pending":{"vcpu":0,.*"file":"sm/vcpu.rl","line":[0-9]*}}$' "$out/log")" = 3 ]
report $? "--json: an object a step"
batch $'break event EV_QUERY\nbreak state Serve\nrun\nrun\nstep' --json $first
[ "$(grep -o '"break":"[^"]*"' "$out/log")" = $'"break":"event EV_QUERY"\n"break":"state Serve"' ]
report $? "--json: which break it was"

batch $'step 5\nsave '"$out/calls.svsm"$'\nhash' && mapfile -t h < <(sed -n 's/^#[0-9]* hash //p' "$out/log")
"$sim" run "$out/calls.svsm" >"$out/log" 2>&1
report $? "save: without a scenario too"
says "a call cut short is ended before the next line" "the scenario goes on" $'step 5\ncpu 1\nrun' sim/scenarios/busy.svsm
! grep -q busy.svsm: "$out/log"
report $? "and nothing is amiss"
printf 'machine vmpl 1 cpus 1\ncall cpu 0 QUERY_PROTOCOL rcx 1 -> SUCCESS\nread u8 0x12000 -> 7\n' >"$out/last.svsm"
says "an expectation of the last line is looked at" "last.svsm:3:1: 0x0 is there, not 0x7" run "$out/last.svsm"

# ---- bad input ----
refuses "no such command" 1:1 "jump"
refuses "a word is missing" 1:5 "goto"
refuses "not a number" 1:6 "step x"
refuses "no such state" 1:13 "break state Nowhere"
refuses "no such event" 1:13 "break event EV_NOTHING"
refuses "nothing is mapped there" 1:10 "show rmp 0x7000000000"
refuses "no such register" 2:5 $'step\nset xmm0 1'
refuses "no such CPU" 1:5 "cpu 7"
refuses "no such line" 1:4 "do fly"
refuses "a line that is a CPU's turn" 1:4 "do enter cpu 0"
refuses "a line with a mistake" 2:20 $'step\ndo   take 0x200000 3K'
refuses "a line that makes no sense now" 1:1 "do write u8 0x200000 1"
refuses "no such operation" 1:6 "fail JUMP 1 1"
refuses "no such part" 1:6 "show moon"
batch $'run\nsave '"$out/long.svsm" --repeat 5000
[ $? = 2 ] && grep -q ":2:6: it is longer than a scenario can be" "$out/log" && [ ! -e "$out/long.svsm" ]
report $? "refused: a scenario longer than 1 MiB"
"$sim" step --batch "$out/none" $first >"$out/log" 2>&1
[ $? = 2 ] && grep -q "$out/none: " "$out/log"
report $? "refused: no such file"
"$sim" step --batch "$out" $first >"$out/log" 2>&1
[ $? = 2 ] && grep -q "^$out: Is a directory" "$out/log"
report $? "refused: commands that are a folder"
head -c 99 /dev/zero >"$out/zeros"
"$sim" step --batch "$out/zeros" $first >"$out/log" 2>&1
[ $? = 2 ] && grep -q "^$out/zeros:1:1: byte 0x00" "$out/log"
report $? "refused: commands that are no text"
"$sim" step sim/scenarios/none.svsm >"$out/log" 2>&1
[ $? = 2 ] && grep -q "none.svsm" "$out/log"
report $? "refused: no such scenario"
"$sim" step --repeat -1 >"$out/log" 2>&1
[ $? = 2 ] && grep -q "not a number" "$out/log"
report $? "refused: --repeat -1"
exit $failed
