#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the cases of images.cfg (or CASES=), or those whose name has the argument in it.
# A line of TAP each; what a run printed is kept in .build/image/.
set -u
cd "$(dirname "$0")/../.."
here=tests/image
out=.build/image
in=$PWD/$out/in
only=${1:-}
cases=${CASES:-$here/images.cfg}
failures=0 number=0
declare -A expected

bad_inputs() {
	local end
	rm -rf $out
	mkdir -p "$in"
	make -s -j2 softsnp .build/linux.igvm .build/stub.igvm || return
	cp .build/linux.igvm .build/stub.igvm "$in"
	head -c 50000 "$in/stub.igvm" >"$in/truncated.igvm"
	{ head -c 40 "$in/stub.igvm"; printf '\377'; tail -c +42 "$in/stub.igvm"; } >"$in/corrupt.igvm"
	yes noise | head -c 100000 >"$in/noise"
	printf '#!/bin/sh\necho "QEMU emulator version 6.2.0"\n' >"$in/old-qemu"
	chmod +x "$in/old-qemu"
	gcc -c tests/guest/stub/header.S -o "$in/header.o" || return
	for end in terminate reset hang; do
		gcc -c -DEND=$end $here/ends.S -o "$in/$end.o" &&
			ld -T tests/guest/stub/stub.lds "$in/header.o" "$in/$end.o" -o "$in/$end.elf" &&
			objcopy -O binary "$in/$end.elf" "$in/$end.bz" &&
			.build/svsm-pack --firmware .build/svsm.elf --start32 .build/start32.bin \
				--kernel "$in/$end.bz" --no-accept-ram -o "$in/$end.igvm" >/dev/null || return
	done
}

# make says "make: *** [GNUmakefile:1: run] Error 4" and ends with 2 itself
status_of() { # STATUS
	local inner
	inner=$(sed -n 's/^make[^ ]*: \*\*\* .* Error \([0-9]*\)$/\1/p' "$log.raw" | tail -n 1)
	echo "${inner:-$1}"
}

counter() { # the number after COUNTER in soft-SNP's table
	sed -n -E "s/^softsnp: *$1 +([0-9]+)$/\1/p" "$log" | head -n 1
}

wrong() { # one expectation; says what is wrong with it
	local word=$1 text=$2 got
	case $word in
	status) [ "$status" = "$text" ] || echo "status $status, not $text" ;;
	within) [ "$seconds" -le "$text" ] || echo "took $seconds s, not $text" ;;
	says) grep -q -E -- "$text" "$log" || echo "no line says: $text" ;;
	never) ! grep -E -- "$text" "$log" | head -n 1 | grep . ;;
	lines) [ "$(wc -l <"$log")" -le "$text" ] || echo "more than $text line" ;;
	least)
		got=$(counter "${text#* }")
		[ "${got:-0}" -ge "${text%% *}" ] || echo "${text#* }: ${got:-none}, less than ${text%% *}"
		;;
	count)
		got=$(counter "${text#* }")
		[ "${got:-none}" = "${text%% *}" ] || echo "${text#* }: ${got:-none}, not ${text%% *}"
		;;
	twice)
		got=$(counter "${text#* / }")
		[ "$(counter "${text% / *}")" = $((2 * ${got:-1})) ] || echo "${text#* / }: ${got:-none}, not half"
		;;
	checks)
		! grep '^not ok ' "$log" || echo "a check of the guest failed"
		;;
	esac
}

report() {
	if [ -n "$faults" ]; then
		failures=$((failures + 1))
		echo "not ok - $name"
		printf '%s\n' "$faults" | sed 's/^/#   /'
		tail -n 12 "$log" | sed 's/^/#   | /'
	else
		echo "ok - $name ($seconds s)"
	fi
	[[ $wants != *$'\nchecks'* ]] || sed -n -E "s/^((not )?ok) [0-9]+ - /\1 - $name: /p" "$log"
}

finish() { # runs the case that has been read
	local line start=$SECONDS
	[ "$kind" = case ] && [[ $name == *"$only"* ]] || return
	number=$((number + 1))
	log=$out/$number
	eval "$command" >"$log.raw" 2>&1 </dev/null
	status=$(status_of $?)
	seconds=$((SECONDS - start))
	tr -d '\r' <"$log.raw" | grep -v '^make[^ ]*: ' >"$log"
	faults=$(while read -r line; do
		[ -z "$line" ] || wrong "${line%% *}" "${line#* }"
	done <<<"$wants")
	report
}

bad_inputs || exit 1
kind= name= wants=
while read -r word text; do
	text=${text//@/$in}
	case $word in
	'' | '#'*) ;;
	expect | case)
		finish
		kind=$word name=$text wants=
		;;
	make) command="make -s run $text" ;;
	run) command="env $text sim/softsnp/run.sh" ;;
	needs) [ -n "${!text:-}" ] || {
		echo "# $name: skipped, there is no $text="
		kind=
	} ;;
	as) wants+=${expected[$text]} ;;
	status | within | says | never | lines | least | count | twice | checks)
		wants+=$'\n'"$word $text"
		[ "$kind" != expect ] || expected[$name]=$wants
		;;
	*)
		echo "$cases: what is $word?" >&2
		exit 1
		;;
	esac
done <"$cases"
finish
make -s image >/dev/null
[ "$number" != 0 ] && [ $failures = 0 ]
