#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the cases of images.cfg, or those whose name contains the argument.
# One TAP line each; what the guest said is kept in .build/image/.
set -u
cd "$(dirname "$0")/../.."
here=tests/image
out=.build/image
only=${1:-}
number=0 failures=0

rm -rf $out
mkdir -p $out/in
in=$PWD/$out/in

bad_inputs() {
	local end
	make -s -j2 softsnp .build/stub.igvm .build/linux.igvm || return
	cp .build/stub.igvm "$in/good.igvm"
	cp .build/linux.igvm "$in/linux.igvm"
	head -c 50000 "$in/good.igvm" >"$in/truncated.igvm"
	cp "$in/good.igvm" "$in/corrupt.igvm"
	printf '\377' | dd of="$in/corrupt.igvm" bs=1 seek=30 conv=notrunc status=none
	head -c 100000 .build/stub.elf >"$in/not-bzimage"
	echo none >"$in/initrd"
	printf '#!/bin/sh\necho "QEMU emulator version 6.2.0 (old)"\n' >"$in/qemu-old"
	chmod +x "$in/qemu-old"
	gcc -c tests/guest/stub/header.S -o "$in/header.o" || return
	for end in terminate reset hang; do
		gcc -c -DEND=$end $here/ends.S -o "$in/$end.o" &&
			ld -T tests/guest/stub/stub.lds "$in/header.o" "$in/$end.o" -o "$in/$end.elf" &&
			objcopy -O binary "$in/$end.elf" "$in/$end.bz" || return
	done
}

begin() { # NAME
	name=$1 command= within=60 wants=()
}

# make says "make: *** [GNUmakefile:1: run] Error 4" and ends with 2 itself
status_of() { # STATUS
	local inner
	inner=$(sed -n 's/^make: \*\*\* .* Error \([0-9]*\)$/\1/p' "$log" | tail -1)
	echo "${inner:-$1}"
}

wrong() { # what is wrong with one expectation; nothing if met
	local kind=$1 text=$2 value
	case $kind in
	status) [ "$text" = "$status" ] || echo "status $status, not $text" ;;
	says) grep -q -E -- "$text" "$log.text" || echo "no line says: $text" ;;
	never) ! grep -q -E -- "$text" "$log.text" || echo "a line says: $text" ;;
	lines) [ "$(wc -l <"$log.text")" -le "$text" ] || echo "more than $text lines" ;;
	least)
		value=$(grep -E -- "${text#* }" "$log.text" | grep -o '[0-9]\+' | sort -n | tail -1)
		[ "${value:-0}" -ge "${text%% *}" ] || echo "${value:-no number}, not ${text%% *}: ${text#* }"
		;;
	esac
}

end() {
	local start=$SECONDS want faults=
	[ -n "$name" ] && [[ $name == *"$only"* ]] || return
	number=$((number + 1))
	log=$out/$number
	case $command in
	make*) eval "make -s run ${command#make}" >"$log" 2>&1 </dev/null ;;
	run*) eval "${command#run} sim/softsnp/run.sh" >"$log" 2>&1 </dev/null ;;
	esac
	status=$?
	status=$(status_of $status)
	tr -d '\r' <"$log" | grep -v '^make: ' >"$log.text"
	[ $((SECONDS - start)) -le "$within" ] || faults+="took longer than $within s"$'\n'
	for want in "${wants[@]}"; do
		want=$(wrong "${want%% *}" "${want#* }")
		[ -z "$want" ] || faults+="$want"$'\n'
	done
	if [ -z "$faults" ]; then
		echo "ok $number - $name ($((SECONDS - start)) s)"
		return
	fi
	failures=$((failures + 1))
	echo "not ok $number - $name"
	printf '%s' "$faults" | sed 's/^/#   /'
	tail -12 "$log.text" | sed 's/^/#   | /'
}

bad_inputs || exit 1
name=
while read -r word text; do
	text=${text//@/$in}
	case $word in
	'' | '#'*) ;;
	case)
		end
		begin "$text"
		;;
	make | run) command="$word $text" ;;
	within) within=$text ;;
	status | says | never | lines | least) wants+=("$word $text") ;;
	*)
		echo "images.cfg: what is $word?" >&2
		exit 2
		;;
	esac
done <$here/images.cfg
end
make -s .build/svsm.igvm >/dev/null
[ $failures = 0 ]
