#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh [corpora] [TARGET...]: each target for T seconds from its corpus on, two at
# a time; or with `corpora` each corpus once. New inputs stay in .build/fuzz/new.
set -u
cd "$(dirname "$0")/../.." || exit
export O=${O:-.build} T=${T:-60} MODE=search
[ "${1:-}" != corpora ] || { MODE=corpora && shift; }
mkdir -p "$O/fuzz"

one() { # TARGET
	local t=$1 log=$O/fuzz/$1.log new=$O/fuzz/new/$1 corpus=tests/fuzz/corpus/$1 inputs status
	local -a options=(-artifact_prefix="$O/fuzz/$t-" -print_final_stats=1 -timeout=20 -rss_limit_mb=2048)
	inputs=$(find "$corpus" -type f | wc -l)
	mkdir -p "$new"
	if [ "$MODE" = corpora ]; then
		options+=(-runs=0 "$corpus")
	else
		options+=(-max_total_time="$T" -max_len=1024 -len_control=0 "$new" "$corpus")
		[ ! -e "tests/fuzz/$t.dict" ] || options+=(-dict="tests/fuzz/$t.dict")
	fi
	"$O/fuzz/$t.exe" "${options[@]}" >"$log" 2>&1
	status=$?
	if [ $status = 0 ] && [ "$inputs" -gt 0 ]; then
		echo "ok - fuzz $t: $(stat number_of_executed_units "$log") runs, $(covered "$log"), corpus of $inputs"
	else
		echo "not ok - fuzz $t: $(grep -a -m1 -E '^# |ERROR|runtime error' "$log" | cut -c1-150)"
		sed -n "s|.*Test unit written to \(.*\)|# replay: $O/fuzz/$t.exe \1|p" "$log"
	fi
}

stat() {
	sed -n "s/^stat::$1: *//p" "$2"
}

covered() { # LOG: of the last line that tells
	grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$1" | tail -1 | sed 's/cov: \(.*\) ft: \(.*\)/\1 edges, \2 features/'
}
export -f one stat covered

[ $# != 0 ] || mapfile -t all < <(find tests/fuzz -maxdepth 1 -name '*.c' -printf '%f\n' | sed 's/\.c$//' | sort)
[ $# != 0 ] || set -- "${all[@]}"
printf '%s\n' "$@" | xargs -P 2 -I '{}' bash -c 'one {}' | {
	n=0 ok=0
	while IFS= read -r said; do
		case $said in
		"ok - "* | "not ok - "*) n=$((n + 1)) said=${said/ok - /ok $n - } ;;
		esac
		case $said in "ok "*) ok=$((ok + 1)) ;; esac
		printf '%s\n' "$said"
	done
	printf '1..%d\n' "$#"
	[ "$ok" = $# ]
}
