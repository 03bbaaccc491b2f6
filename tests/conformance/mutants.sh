#!/bin/bash
# SPDX-License-Identifier: MIT
# Does the suite notice a check that is missing? Builds the firmware once for
# each line of mutants.txt, with that one check taken out, and demands that a
# case fails; without it all of them pass, which is tried first. TAP lines.
# usage: tests/conformance/mutants.sh [soak | NAME...]: all, or those named, or those with a star.
set -u
cd "$(dirname "$0")/../.." || exit
export O=${O:-.build} CC=${CC:-gcc}
out=$O/conformance/mutants
fw=$O/fw-$(basename "$CC")
which=${1:-star}
mkdir -p "$out/good"
make -s -j2 CC="$CC" "$O/svsm.elf" || exit 1
# shellcheck disable=SC2016
flags=$(make -s CC="$CC" --eval 'mutant_flags: ; @echo $(fw_flags)' mutant_flags) || exit 1
# shellcheck disable=SC2016
link=$(make -s CC="$CC" --eval 'mutant_link: ; @echo $(link)' mutant_link) || exit 1
# shellcheck disable=SC2016
objects=$(make -s CC="$CC" --eval 'mutant_objects: ; @echo $(svsm_obj) $(libc)' mutant_objects) || exit 1
export out fw flags link objects

run() { # SCRIPT OPTIONS: the suite under $SVSM, its output in $OUT/log
	"tests/conformance/$1.sh" "strict reflect$2" >"$OUT/log" 2>&1
}

build() { # FILE SED
	sed -e "$2" "$1" >"$OUT/mutant.c"
	! cmp -s "$1" "$OUT/mutant.c" || { why="the sed expression changes nothing in $1"; return 1; }
	# shellcheck disable=SC2086
	$CC $flags -w -iquote "$(dirname "$1")" -c "$OUT/mutant.c" -o "$OUT/mutant.o" &&
		$link -T cpu/svsm.lds ${objects/"$fw/${1%.c}.o"/"$OUT/mutant.o"} -o "$SVSM"
}

# Cases behind "little: " are run where the SVSM has little memory, behind "vmpl2: " at VMPL2.
mutant() { # NAME FILE SED CASES
	local why="does not build" script=run cases=$4 said
	export OUT=$out/$1 SVSM=$out/$1/svsm.elf
	case $cases in
	"little: "*) script=little cases=${cases#little: } ;;
	"vmpl2: "*) export VMPL=2 && cases=${cases#vmpl2: } ;;
	esac
	mkdir -p "$OUT"
	if build "$2" "$3"; then
		if run $script " only=$cases"; then
			why="no case of '$cases' notices it"
		else
			said=$(grep -m 1 '^not ok [0-9]' "$OUT/log") || said="not ok - the run"
			echo "ok - conformance: without $1, ${said#not ok*- } fails"
			rm -rf "$OUT"
			return
		fi
	fi
	echo "not ok - conformance: $1: $why"
	return 1
}

line() { # a line of mutants.txt
	local name=${1%% :: *} rest=${1#* :: }
	local file=${rest%% :: *}
	rest=${rest#* :: }
	mutant "${name% \*}" "$file" "${rest% :: *}" "${rest##* :: }"
}
export -f run build mutant line

for vmpl in 1 2 little; do
	script=run
	[ $vmpl != little ] || script=little
	if VMPL=${vmpl/little/1} OUT=$out/good SVSM=$O/svsm.elf run $script ""; then
		echo "ok - conformance: with every check all cases pass, $script.sh, VMPL ${vmpl/little/1}"
	else
		echo "not ok - conformance: $script.sh fails at VMPL ${vmpl/little/1}, see $out/good/log"
		exit 1
	fi
done
stale() { # those whose check is no longer there to be taken out
	local said rest file
	while IFS= read -r said; do
		rest=${said#* :: } file=${rest%% :: *} rest=${rest#* :: }
		! sed -e "${rest% :: *}" "$file" | cmp -s "$file" - || echo "${said%% :: *}"
	done < <(grep -v -e '^#' -e '^$' tests/conformance/mutants.txt)
}
old=$(stale)
if [ -n "$old" ]; then
	echo "not ok - conformance: these change nothing any more: ${old//$'\n'/ }"
	exit 1
fi
echo "ok - conformance: every check of mutants.txt is there to be taken out"

# shellcheck disable=SC2016
grep -v -e '^#' -e '^$' tests/conformance/mutants.txt | while IFS= read -r said; do
	name=${said%% :: *}
	case $which in
	soak) ;;
	star) [[ $name == *'*' ]] || continue ;;
	*) [[ " $* " == *" ${name% \*} "* ]] || continue ;;
	esac
	printf '%s\0' "$said"
done | xargs -0 -P 2 -I '{}' bash -c 'line "$1"' _ '{}'
