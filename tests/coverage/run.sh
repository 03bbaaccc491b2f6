#!/bin/bash
# SPDX-License-Identifier: MIT
# What the host tests execute: lines and branches of sm mm ghcb (gcovr; cpu/ and gen/ are only
# shown), and every arrow of every machine with the test that took it first. TAP lines.
set -u
cd "$(dirname "$0")/../.." || exit
O=${O:-.build}
dir=$O/coverage
lines=95 branches=85
status=0 n=0

tests() { # PROGRAM: each test by itself, so that an arrow has a name
	local test
	"$1" -l | grep -v -E '^1\.\.|passed' | while read -r test; do
		rm -f "$dir/taken"
		ARROWS=$dir/taken "$1" "$test" >"$dir/test.log" 2>&1 || {
			grep -q '^not ok' "$dir/test.log" && grep -E '^(not ok|#)' "$dir/test.log" >>"$dir/failed"
		}
		[ ! -e "$dir/taken" ] || sed "s/$/ $test/" "$dir/taken" >>"$dir/arrows"
	done
}

verdict() { # OK TEXT
	n=$((n + 1))
	if [ "$1" = 1 ]; then echo "ok $n - $2"; else echo "not ok $n - $2" && status=1; fi
}

rm -f "$dir/arrows" "$dir/failed" && : >"$dir/arrows"
find "$dir" -name '*.gcda' -delete
tests "$dir/unit-gcc.exe"
tests "$dir/hostile-gcc.exe"
[ ! -s "$dir/failed" ] || sed 's/^not ok/# failed:/' "$dir/failed"
verdict "$([ -s "$dir/failed" ] && echo 0 || echo 1)" "every test passes by itself"

for folder in sm mm ghcb cpu gen; do
	gcovr -r . --object-directory "$dir" --filter "$folder/" --gcov-ignore-parse-errors -s --branches 2>"$dir/gcovr.log" >"$dir/$folder.txt"
	line=$(sed -n 's/^lines: *\([0-9]*\).*/\1/p' "$dir/$folder.txt")
	branch=$(sed -n 's/^branches: *\([0-9]*\).*/\1/p' "$dir/$folder.txt")
	case $folder in
	cpu | gen) echo "# $folder: ${line:-0} % of lines, ${branch:-0} % of branches" ;;
	*) verdict $((${line:-0} >= lines && ${branch:-0} >= branches)) \
		"$folder: ${line:-0} % of lines (at least $lines), ${branch:-0} % of branches (at least $branches)" ;;
	esac
done

# The n-th arrow of a picture is the n-th of tests/fuzz/arrows.awk's.
awk 'FILENAME ~ /arrows$/ { key = $1 " " $2; if (!(key in by)) by[key] = $3; next }
	FNR == 1 { machine = FILENAME; sub(/.*\//, "", machine); sub(/\..*/, "", machine); number = 0 }
	/ -> / { split($0, part, /"|\\n/); key = machine " " ++number
		printf "%s %s: %s by %s\n", machine, $1, part[2], key in by ? by[key] : "NOBODY" }' \
	"$dir/arrows" gen/*.dot >"$dir/arrows.txt"
for machine in gen/*.dot; do
	machine=$(basename "$machine" .dot)
	all=$(grep -c "^$machine " "$dir/arrows.txt")
	missing=$(grep -c "^$machine .*NOBODY" "$dir/arrows.txt")
	verdict $((missing == 0)) "$machine: $((all - missing)) of $all arrows taken"
	grep "^$machine .*NOBODY" "$dir/arrows.txt" | sed 's/^/# never taken: /; s/ by NOBODY//'
done
echo "1..$n"
exit $status
