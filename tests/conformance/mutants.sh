#!/bin/bash
# SPDX-License-Identifier: MIT
# Does the suite notice a check that is missing? Builds the firmware once for
# each line of mutants.txt, with that one check taken out, and demands that a
# case fails which passes without it. TAP lines.
# usage: tests/conformance/mutants.sh [soak | NAME...]: all, or those named, or those with a star.
set -u
cd "$(dirname "$0")/../.."
O=${O:-.build}
CC=${CC:-gcc}
out=$O/conformance/mutants
fw=$O/fw-$(basename "$CC")
which=${1:-star}
failed=0
mkdir -p "$out"
make -s -j2 CC="$CC" "$O/svsm.elf" || exit 1
# shellcheck disable=SC2016
flags=$(make -s CC="$CC" --eval 'mutant_flags: ; @echo $(fw_flags)' mutant_flags) || exit 1
# shellcheck disable=SC2016
link=$(make -s CC="$CC" --eval 'mutant_link: ; @echo $(link)' mutant_link) || exit 1
# shellcheck disable=SC2016
objects=$(make -s CC="$CC" --eval 'mutant_objects: ; @echo $(svsm_obj) $(libc)' mutant_objects) || exit 1

run() { # DIR CASES: how many of these cases fail; nothing when the run does not end
	OUT=$1 SVSM=$1/svsm.elf tests/conformance/run.sh "strict reflect only=$2" >"$1/log" 2>&1
	sed -n -E 's/^conformance: [1-9][0-9]* passed, ([0-9]+) failed.*/\1/p; s/^conformance: 0 passed, ([1-9][0-9]*) failed.*/\1/p' "$1/log"
}

build() { # DIR FILE SED
	sed -e "$3" "$2" >"$1/mutant.c"
	! cmp -s "$2" "$1/mutant.c" || { why="the sed expression changes nothing in $2"; return 1; }
	# shellcheck disable=SC2086
	$CC $flags -w -iquote "$(dirname "$2")" -c "$1/mutant.c" -o "$1/mutant.o" &&
		$link -T cpu/svsm.lds ${objects/"$fw/${2%.c}.o"/"$1/mutant.o"} -o "$1/svsm.elf"
}

mutant() { # NAME FILE SED CASES
	local dir=$out/$1 why="does not build" good bad
	mkdir -p "$dir" "$out/good"
	cp "$O/svsm.elf" "$out/good/svsm.elf"
	if build "$dir" "$2" "$3"; then
		good=$(run "$out/good" "$4")
		bad=$(run "$dir" "$4")
		if [ "$good" != 0 ]; then
			why="the cases '$4' do not pass without it"
		elif [ "$bad" = 0 ]; then
			why="no case of '$4' notices it"
		else
			echo "ok - conformance: without $1, $(grep -m 1 -o -E '^not ok .*' "$dir/log" | sed -E 's/^not ok [0-9]+ - //' || echo "the run") fails"
			rm -rf "$dir"
			return
		fi
	fi
	echo "not ok - conformance: $1: $why"
	failed=1
}

grep -v -e '^#' -e '^$' tests/conformance/mutants.txt >"$out/list"
while IFS= read -r line; do
	name=${line%% :: *}; rest=${line#* :: }
	file=${rest%% :: *}; rest=${rest#* :: }
	case $which in
	soak) ;;
	star) [[ $name == *'*' ]] || continue ;;
	*) [[ " $* " == *" ${name% \*} "* ]] || continue ;;
	esac
	mutant "${name% \*}" "$file" "${rest% :: *}" "${rest##* :: }"
done <"$out/list"
exit $failed
