#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh [NAME...]: the proofs of proofs.txt, two at a time, then each with a
# check taken out of what it proves (mutants.txt): that must fail. TAP lines.
set -u
cd "$(dirname "$0")/../.." || exit
export O=${O:-.build} PKG=${PKG:-.build/pkg}
dir=$O/prove
mkdir -p "$dir"

# cbmc FILE PROOF BEFORE OPTIONS...: BEFORE is a folder looked into before the tree.
cbmc() {
	local file=$1 proof=$2 before=$3
	shift 3
	timeout 300 "$PKG/cbmc/cbmc" "tests/prove/$file.c" -I tests/prove -I tests/prove/include \
		-I "$before" -I include -I . -I sm -I mm -I ghcb -I "$PKG/mbedtls/include" \
		-D 'MBEDTLS_CONFIG_FILE=<svsm/mbedtls_config.h>' --function "$proof" "$@"
}

proof() { # PROOF FILE OPTIONS -- WORDS
	local name=$1 file=$2 start words log=$dir/$1.log
	local -a options=()
	shift 2
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	words=$2
	start=$(date +%s%N)
	if cbmc "$file" "$name" "$dir/none" "${options[@]}" >"$log" 2>&1 &&
		grep -q '^VERIFICATION SUCCESSFUL' "$log"; then
		echo "ok - $name: $words ($(seconds "$start") s)"
	else
		echo "not ok - $name: $words ($(seconds "$start") s)"
		grep -E ': FAILURE$|ERROR|^file' "$log" | sed 's/^/# /' | head -5
	fi
}

# The mistake has to be found, not merely break the build: a property fails.
mutant() { # PROOF FILE SED -- with the options of the proof
	local name=$1 source=$2 expression=$3 start line
	local tree=$dir/mutant-$1 log=$dir/mutant-$1.log
	local -a options=()
	line=$(grep "^$name " tests/prove/proofs.txt)
	read -ra options <<<"${line%% -- *}"
	start=$(date +%s%N)
	rm -rf "$tree"
	mkdir -p "$tree/$(dirname "$source")"
	cp "$(dirname "$source")"/*.[ch] "$tree/$(dirname "$source")" # a header is looked for beside its user
	sed "$expression" "$source" >"$tree/$source"
	if cmp -s "$source" "$tree/$source"; then
		echo "not ok - $name: its mutant is $source itself"
		return
	fi
	cbmc "${options[1]}" "$name" "$tree" -I "$tree/$(dirname "$source")" "${options[@]:2}" \
		--stop-on-fail >"$log" 2>&1
	if grep -q '^VERIFICATION FAILED' "$log"; then
		echo "ok - $name fails without a check of $source ($(seconds "$start") s)"
	else
		echo "not ok - $name does not need $expression in $source ($(seconds "$start") s)"
	fi
}

seconds() { # START
	local ms=$((($(date +%s%N) - $1) / 1000000))
	printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}
export -f cbmc proof mutant seconds
export dir

chosen() { # LIST: its lines, without remarks, of the proofs asked for
	grep -v -e '^#' -e '^$' "$1" | if [ -z "$names" ]; then cat; else grep -E "^($names) "; fi
}
names=$(echo "$*" | tr ' ' '|')

# A line of proofs.txt, or one of mutants.txt behind "mutant ".
line() {
	local head=${1%% -- *} rest
	local -a word
	if [ "${1%% *}" = mutant ]; then
		rest=${1#mutant }
		mutant "${rest%% :: *}" "$(cut -d' ' -f3 <<<"$rest")" "${rest#* :: * :: }"
	else
		read -ra word <<<"$head"
		proof "${word[@]}" -- "${1#* -- }"
	fi
}
export -f line

{
	chosen tests/prove/proofs.txt
	chosen tests/prove/mutants.txt | sed 's/^/mutant /'
} >"$dir/lines"
# shellcheck disable=SC2016
tr '\n' '\0' <"$dir/lines" | xargs -0 -P 2 -I '{}' bash -c 'line "$1"' _ '{}' | {
	want=$(wc -l <"$dir/lines") n=0 ok=0
	while IFS= read -r said; do
		case $said in
		"ok - "* | "not ok - "*) n=$((n + 1)) said=${said/ok - /ok $n - } ;;
		esac
		case $said in "ok "*) ok=$((ok + 1)) ;; esac
		printf '%s\n' "$said"
	done
	printf '1..%d\n# %d of %d hold\n' "$want" "$ok" "$want"
	[ "$want" -gt 0 ] && [ "$ok" = "$want" ]
}
