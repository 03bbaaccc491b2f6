#!/bin/bash
# SPDX-License-Identifier: MIT
# What the host tests reach of sm/, mm/ and ghcb/, in lines and branches, and
# whether they take every arrow of every chart. `make coverage` has built them.
# Prints TAP; a folder's numbers, files below the lines' target and what was
# never taken are comments.
set -u
cd "$(dirname "$0")/../.."
dir=${O:-.build}/coverage
lines=95 branches=85 # at least, in percent
status=0

verdict() { # TRUE-OR-FALSE NUMBER TEXT
	if "$1"; then
		echo "ok $2 - $3"
	else
		echo "not ok $2 - $3"
		status=1
	fi
}

# Counters of an earlier run, or of sources that have changed, are no evidence.
measure() {
	local exe
	find "$dir" -name '*.gcda' -delete
	rm -f "$dir/arrows"
	export ARROWS=$PWD/$dir/arrows
	"$dir/hostile.exe" >"$dir/hostile.log" 2>&1 &
	"$dir/unit.exe" >"$dir/unit.log" 2>&1
	wait
	for exe in unit hostile; do
		grep -q ' passed, 0 failed$' "$dir/$exe.log" && continue
		grep -v '^ok ' "$dir/$exe.log" | sed 's/^not ok/# not ok/'
		verdict false 0 "the tests in $exe.exe"
	done
}

count() { # FIRST-FIELD: covered and total of a kind in the CSV file, "97.1"
	awk -F, -v f="$1" '/^(sm|mm|ghcb)\// { all += $f; hit += $(f + 1) }
		END { printf "%.1f", all ? 100 * hit / all : 0 }' "$dir/coverage.csv"
}

report() {
	gcovr --root . --object-directory "$dir" --csv "$dir/coverage.csv" "$dir" >"$dir/gcovr.log" 2>&1 || {
		cat "$dir/gcovr.log"
		verdict false 0 gcovr
	}
	awk -F, -v least=$lines '
		function percent(hit, all) { return all ? 100 * hit / all : 100 }
		/^(sm|mm|ghcb)\// {
			folder = substr($1, 1, index($1, "/") - 1)
			l[folder] += $2; lh[folder] += $3; b[folder] += $5; bh[folder] += $6
			if (percent($3, $2) < least)
				below = below sprintf("#   %s: %.1f %% of lines\n", $1, percent($3, $2))
		}
		END {
			for (f in l)
				printf "# %s: %.1f %% of %d lines, %.1f %% of %d branches\n", f,
					percent(lh[f], l[f]), l[f], percent(bh[f], b[f]), b[f]
			printf "%s", below
		}' "$dir/coverage.csv"
}

at_least() { # NUMBER WHAT GOT WANTED
	verdict "$(awk -v got="$3" -v want="$4" 'BEGIN { print (got + 0 >= want + 0) ? "true" : "false" }')" \
		"$1" "$2 of sm, mm, ghcb: $3 % ($4)"
}

# The arrows of a chart: "PLACE EVENT".
drawn() { # MACHINE
	sed -n 's/^\t\([a-z0-9]*\) -> [a-z0-9]* \[label="\([A-Z_]*\)\\n.*/\1 \2/p' "gen/$1.dot" | sort -u
}

arrows() { # NUMBER MACHINE
	local all taken
	drawn "$2" >"$dir/drawn"
	sed -n "s/^$2 //p" "$dir/arrows" | sort -u | comm -12 "$dir/drawn" - >"$dir/taken"
	all=$(wc -l <"$dir/drawn")
	taken=$(wc -l <"$dir/taken")
	comm -23 "$dir/drawn" "$dir/taken" | sed "s/^/# never taken: $2, /"
	verdict "$([ "$all" -gt 0 ] && [ "$all" = "$taken" ] && echo true || echo false)" \
		"$1" "arrows of $2: $taken of $all taken"
}

measure
report
at_least 1 lines "$(count 2)" $lines
at_least 2 branches "$(count 5)" $branches
number=2
for chart in sm/*.rl; do
	machine=$(basename "$chart" .rl)
	arrows $((number += 1)) "$machine"
done
exit $status
