#!/bin/bash
# SPDX-License-Identifier: MIT
# Model and image agree: each scenario by svsm-sim, and by a guest on the image
# under soft-SNP (tests/guest/scenario). Every result is as the text has it, and
# on each CPU the machines go through the same states on the same events. TAP;
# what was made for it is in .build/agreement/. A scenario that the image cannot
# run is named, and why.
# usage: tests/sim/agree.sh [soak [N]]: N scenarios by chance (200) instead of the shipped ones
set -u
cd "$(dirname "$0")/../.."
. tests/sim/tap.sh
O=${O:-.build}
CC=${CC:-gcc}
out=$O/agreement
mem=128 svsm_mem=0x800000
least=28 # scenarios that both can run
mkdir -p "$out"
make -s -j2 CC="$CC" "$O/agree" "$O/svsm-sim" "$O/softsnp.elf32" || exit 1
CC=$CC tests/guest/build.sh tests/guest/scenario "$out/guest" --no-accept-ram || exit 1

# The guest with this table, under Turnstile, to its end: a trace and what the guest said.
boot() { # FIRMWARE PATH VMPL CPUS [REASON that the VM is stopped with]
	local firmware=$1
	shift
	"$O/svsm-pack" --firmware "$firmware" --start32 "$O/start32.bin" --kernel "$out/guest.bz" --initrd "$1.table" \
		--no-accept-ram --vmpl "$2" --mem ${mem}M --svsm-mem $svsm_mem --apic-ids "$(seq -s , 0 "$3")" \
		-o "$1.igvm" >"$1.pack" || return
	TURNS=1 SOFTSNP=$O/softsnp.elf32 IGVM=$1.igvm MEM=$mem CPUS=$(($3 + 1)) TIMEOUT=30 \
		EVENTS=$1.image RINGS=0x$(nm "$firmware" | sed -n 's/ [A-Za-z] rings$//p') \
		sim/softsnp/run.sh </dev/null 2>&1 | tr -d '\r' >"$1.log"
	rm -f "$1.igvm"
	if [ $# = 4 ]; then
		grep -q "terminates itself, set 14 code $4:" "$1.log" && ! grep -A 1 '^not ok ' "$1.log"
		return
	fi
	grep -q '^scenario ends$' "$1.log" && grep -q '^ok ' "$1.log" && ! grep -A 1 '^not ok ' "$1.log"
}

# The last line says in how many states, or why not. 2: the image cannot run it.
agrees() { # SCENARIO PATH FIRMWARE
	local words
	words=$("$O/agree" table "$1" "$2.table") || { echo "$words"; return 2; }
	# shellcheck disable=SC2086
	boot "$3" "$2" $words || { grep -m 1 '^svsm: stop' "$2.log"; echo "# the guest: see $2.log"; return 1; }
	"$O/svsm-sim" run --trace "$2.model" "$1" || return 1
	"$O/agree" compare "$1" "$2.model" "$2.image" >"$2.states" || { cat "$2.states"; return 1; }
	"$O/svsm-sim" replay --check "$2.image" && cat "$2.states"
}

# ---- scenarios by chance -------------------------------------------------------

# Results as the model has them, and without lines that cannot be.
settle() { # SCENARIO
	local said place line what
	while said=$("$O/svsm-sim" run "$1" 2>&1); [ $? = 1 ]; do
		place=${said#"not ok $1:"}
		line=${place%%:*} what=${place#*: }
		case $what in
		'the result is '*) what=${what#the result is } && sed -i "${line}s/-> .*/-> ${what%, not *}/" "$1" ;;
		'the VM is stopped, '*) what=${what#the VM is stopped, } && sed -i "${line}s/-> .*/-> STOPS ${what%% *}/; $((line + 1)),\$d" "$1" ;;
		'the guest can'*) sed -i "${line}s/-> yes/-> NO/; ${line}s/-> no/-> yes/; ${line}s/NO/no/" "$1" ;;
		'the guest may not write'* | 'the call was over'* | 'it never came'*) sed -i "${line}d" "$1" ;;
		*) break ;;
		esac
	done
	"$O/svsm-sim" run "$1"
}

if [ "${1:-}" = soak ]; then
	states=0 settled=0 total=${2:-200}
	for seed in $(seq "$total"); do
		scenario=$out/random-$seed.svsm
		awk -v seed="$seed" -f tests/sim/agree_random.awk >"$scenario"
		said=$(settle "$scenario") || { echo "# not by the model: $said"; continue; }
		settled=$((settled + 1))
		if said=$(agrees "$scenario" "$out/random" "$O/svsm.elf"); then
			states=$((states + ${said##*$'\n'}))
			rm "$scenario"
			continue
		fi
		echo "$said" | sed 's/^/# /'
		result 1 "model and image agree: $scenario"
	done
	[ $failures = 0 ] && [ $((settled * 10)) -ge $((total * 9)) ]
	result $? "$settled scenarios by chance of $total: model and image agree, $states states"
	exit $((failures != 0))
fi

# ---- every scenario that both can run ------------------------------------------

compared=0
for scenario in sim/scenarios/*.svsm; do
	name=$(basename "$scenario" .svsm)
	said=$(agrees "$scenario" "$out/$name" "$O/svsm.elf")
	status=$?
	if [ $status = 2 ]; then
		echo "# not by the image: $name, $said"
		continue
	fi
	compared=$((compared + 1))
	[ $status = 0 ] || echo "$said"
	result $status "$name: model and image agree, ${said##*$'\n'} states"
done
[ $compared -ge $least ]
result $? "$compared scenarios compared, $least at least"

# ---- it can fail ----------------------------------------------------------------

header=32 record=32

differs() { # SCENARIO MODEL IMAGE
	! "$O/agree" compare "sim/scenarios/$1.svsm" "$2" "$3" >"$out/differs" && grep -q '^# CPU' "$out/differs"
}

# The lowest bit of a byte: 16 is of the vCPU, 20 machine, 21 state, 22 event (include/sim/trace.h).
change() { # FROM STEP BYTE TO
	local at=$((header + record * $2 + $3)) byte
	byte=$(od -An -tu1 -j $at -N 1 "$1")
	cp "$1" "$4"
	# shellcheck disable=SC2059
	printf "$(printf '\\x%02x' $((byte ^ 1)))" | dd of="$4" bs=1 seek=$at conv=notrunc status=none
}

leave_out() { # FROM STEP TO
	head -c $((header + record * $2)) "$1" >"$3"
	tail -c +$((header + record * ($2 + 1) + 1)) "$1" >>"$3"
}

every_step() {
	local steps step byte model=$out/busy.model image=$out/busy.image
	# Not what becomes of the pages: 240 is TRACE_PAGE.
	steps=$(od -An -v -t u1 -w$record -j $header "$model" | awk '$21 != 240 { print NR - 1 }')
	[ "$(wc -w <<<"$steps")" -gt 20 ] || return 1
	for step in $steps; do
		for byte in 16 20 21 22; do
			change "$model" $step $byte "$out/changed"
			differs busy "$out/changed" "$image" || { echo "# step $step, byte $byte"; return 1; }
		done
		leave_out "$model" $step "$out/changed"
		differs busy "$out/changed" "$image" || { echo "# without step $step"; return 1; }
	done
}
every_step
result $? "a step changed or left out, one by one: they differ"

# An expectation that is another: the guest on the image says so.
sed 's/-> BUSY/-> UNCHANGED/' sim/scenarios/busy.svsm >"$out/wrong.svsm"
agrees "$out/wrong.svsm" "$out/wrong" "$O/svsm.elf" >"$out/wrong.said"
[ $? = 1 ] && grep -q '^not ok .*RAX' "$out/wrong.said"
result $? "another result than the scenario's: the guest notices it"

# A mistake in the image that the model does not have.
# shellcheck disable=SC2016
flags=$(make -s CC="$CC" --eval 'mutant_flags: ; @echo $(fw_flags)' mutant_flags)
# shellcheck disable=SC2016
link=$(make -s CC="$CC" --eval 'mutant_link: ; @echo $(link)' mutant_link)
# shellcheck disable=SC2016
objects=$(make -s CC="$CC" --eval 'mutant_objects: ; @echo $(svsm_obj) $(libc)' mutant_objects)
fw=$O/fw-$(basename "$CC")

mistake() { # SCENARIO FILE SED EXPECTED
	sed "$3" "$2" >"$out/mistake.c"
	# shellcheck disable=SC2086
	! cmp -s "$2" "$out/mistake.c" && $CC $flags -w -iquote "$(dirname "$2")" -c "$out/mistake.c" -o "$out/mistake.o" &&
		$link -T cpu/svsm.lds ${objects/"$fw/${2%.c}.o"/"$out/mistake.o"} -o "$out/mistake.elf" || return
	agrees "sim/scenarios/$1.svsm" "$out/mistake" "$out/mistake.elf" >"$out/mistake.said"
	[ $? = 1 ] && grep -q "$4" "$out/mistake.said"
}
mistake attack-list-bounds sm/core_decode.c 's/ || (raw & reserved) != 0//' '^not ok .*RAX'
result $? "an image that overlooks reserved bits: another result"
mistake validate sm/pvalidate.c 's/return p->spans > 0 ? EV_REVOKED : EV_DONE/return EV_REVOKED/' '^# image: .*EV_REVOKED'
result $? "an image that flushes once too often: the same results, other states"
exit $((failures != 0))
