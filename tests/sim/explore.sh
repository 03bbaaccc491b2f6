#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim explore: small configurations searched to their ends, with and without
# reduction; mistakes put into the firmware, each of which it has to find; bad
# input. `soak`: the larger configurations. TAP; what it says stays in .build/explore/.
set -u
cd "$(dirname "$0")/../.."
. tests/sim/tap.sh
out=.build/explore
sim=.build/svsm-sim
configs=sim/explore/configs
mkdir -p $out

exhausts() { # NAME ARGUMENT...
	local name=$1
	shift
	$sim explore "$@" >"$out/$name" 2>"$out/$name.progress" && grep -q '^exhausted' "$out/$name"
	result $? "$name: $(head -n 1 "$out/$name")"
}

# All there is to reach: its exit status says so.
default() {
	$sim explore >$out/default 2>$out/default.progress
	result $? "default: $(grep ': the default' $out/default)"
	grep -e '^arrows' -e '^results' $out/default | sed 's/^/#   /'
	! grep -q -e ', not' -e '^violation' $out/default
	result $? "default: every arrow of every machine, every result of every call"
}

# Where everything lies has a part in the hashes.
agree() {
	local way
	for way in '' --no-reduction; do
		setarch -R $sim explore $way $configs/small.explore 2>/dev/null | tee "$out/small$way" |
			sed -n -e 's/^.*: \(ends: [^;]*\);.*/\1/p' -e '/^arrows/p' -e '/^results/p' \
				>"$out/small$way.ends"
	done
	grep -q '^exhausted' $out/small && grep -q '^exhausted' $out/small--no-reduction &&
		grep -q '^ends: .*[1-9]' $out/small.ends && cmp $out/small.ends $out/small--no-reduction.ends
	result $? "with and without reduction the same ends, arrows and results"
	echo "#   $(head -n 1 $out/small)"
	echo "#   $(head -n 1 $out/small--no-reduction)"
}

# Loaded at another address each time: what is found first must not depend on that.
anywhere() {
	local i
	for i in 1 2 3; do
		$sim explore moved 2>/dev/null | sed -n 's/^\(exhausted: .*\), [0-9.]* s, .*/\1/p'
	done >$out/anywhere
	[ "$(wc -l <$out/anywhere)" = 3 ] && [ "$(sort -u $out/anywhere | wc -l)" = 1 ]
	result $? "the same wherever the machine lies: $(sort -u $out/anywhere | tr '\n' ';')"
}

# The command lines that make has for them.
compile=$(make -n -W sm/pvalidate.c .build/tool-gcc/sm/pvalidate.o CC=gcc | grep -- '-c sm/pvalidate.c')
link=$(make -n -W sim/host/firmware.ld $sim CC=gcc | grep -- "-o $sim\$")

# To the end, to the beginning and there again: the same machine, of which the same is not so; not
# with the firmware as it is.
opened() { # DIR WORDS
	local hash
	printf 'run\nhash\ngoto 0\nhash\nrun\nhash\n' | "$1/sim" step --batch - "$1/trace.svsm" >"$1/opened" 2>&1 || return
	mapfile -t hash < <(grep '^#[0-9]* hash ' "$1/opened")
	[ "$(grep -c "^  not as it must be: $2" "$1/opened")" -ge 2 ] && [ "${#hash[@]}" = 3 ] &&
		[ "${hash[0]}" = "${hash[2]}" ] && [[ ${hash[1]} == "#0 "* && ${hash[0]} != "#0 "* ]] &&
		! printf 'run\nrun\n' | $sim step --batch - "$1/trace.svsm" 2>&1 | tee "$1/opened-without" | grep -q 'not as it must be' &&
		grep -q -e 'the end: nothing is left' -e 'the VM is stopped' -e 'this choice cannot be made here' "$1/opened-without" || return
	"$1/sim" run "$1/trace.svsm" >"$1/run"
	[ $? = 1 ] && grep -q "^not ok $1/trace.svsm:[0-9]*:1: $2" "$1/run"
}

# The lines alone: there, one step back, and there again; not with the firmware as it is.
stepped() { # DIR WORDS
	printf 'run\nback\nstep\n' | "$1/sim" step --batch - "$1/lines.svsm" >"$1/stepped" 2>&1 &&
		[ "$(grep -c "$2" "$1/stepped")" = 2 ] && grep -q '^  stopped: an invariant\|the VM is stopped' "$1/stepped" &&
		printf 'run\nrun\nrun\n' | $sim step --batch - "$1/lines.svsm" >"$1/stepped-without" 2>&1 &&
		! grep -q -e 'not as it must be' -e "$2" "$1/stepped-without"
}

seed() { # NAME FILE SED WORDS SEARCH
	local dir=$out/$1 object=.build/tool-gcc/${2%.c}.o
	mkdir -p "$dir/$(dirname "$2")"
	sed -e "$3" "$2" >"$dir/$2"
	if cmp -s "$2" "$dir/$2"; then
		result 1 "seed $1: the sed expression changes nothing in $2"
		return
	fi
	local line=${compile/-c sm\/pvalidate.c/-w -iquote $(dirname "$2") -c $dir/$2}
	line=${line/.build\/tool-gcc\/sm\/pvalidate.o/$dir/${2%.c}.o}
	eval "$line" || { result 1 "seed $1 does not compile"; return; }
	line=${link/$object/$dir/${2%.c}.o}
	eval "${line/-o $sim/-o $dir/sim}" || { result 1 "seed $1 does not link"; return; }
	"$dir/sim" explore --save "$dir/trace.svsm" "$5" >"$dir/said" 2>"$dir/progress"
	[ $? = 1 ] && grep -q "^violation: $4" "$dir/said" &&
		"$dir/sim" explore --replay "$dir/trace.svsm" | tail -n 1 | grep -q "^violation: $4" &&
		! $sim explore --replay "$dir/trace.svsm" 2>&1 | tee "$dir/without" | grep -q '^violation'
	result $? "seed $1: $(sed -n 's/^violation: //p' "$dir/said"), after $(grep -c '^#@' "$dir/trace.svsm") steps"
	opened "$dir" "$4"
	result $? "seed $1: svsm-sim step opens it, goes to the end, to the beginning and there again; run says the same"
	grep -v '^#@' "$dir/trace.svsm" >"$dir/lines.svsm"
	if grep -q '^# .* are choices alone, no scenario' "$dir/trace.svsm"; then
		! grep -q -v '^#' "$dir/trace.svsm"
		result $? "seed $1: no scenario, the file says so"
		rm -f "$dir/sim"
		return
	fi
	# Explore alone looks at these, and at rights that were there before the page was (README.md).
	case $1:$4 in
	*revoke-left-out:* | revoke-only-vmpl1:* | *:'VMPL0 uses a page that nobody has claimed' | *:'a call is busy by itself' | \
		*:'a vCPU is in use by nobody' | *:'a calling area has a request that nobody made' | \
		*:"a page of the guest's has not all its rights" | \
		*:'memory is accepted that is not validated' | *:"a page is another VMPL's too" | \
		*:'a list is read twice' | *:'an answer is read twice' | *:'the list does not say'* | *:'a call has not done what it says' | \
		*:'a call has a result'* | \
		*:'a vCPU can never be run again' | *:'at rest, '* | *:'a CPU does not end'* | *:'a CPU runs on'* | \
		*:'a vCPU is deleted that can be entered' | *:'the firmware faults')
		rm -f "$dir/sim"
		return
		;;
	esac
	stepped "$dir" "${4/#the firmware has stopped the VM/the VM is stopped: }"
	result $? "seed $1: the scenario alone comes to the same"
	rm -f "$dir/sim"
}

seeds() { # SED
	local line name file expression words search
	sed -n "$1" tests/sim/explore_seeds.txt >$out/seeds
	while IFS= read -r line; do
		name=${line%% :: *}; line=${line#* :: }
		file=${line%% :: *}; line=${line#* :: }
		search=${line##* :: }; line=${line% :: *}
		words=${line##* :: }; expression=${line% :: *}
		seed "$name" "$file" "$expression" "$words" "$search"
	done <$out/seeds
}

# Each mistake of the other seeds' files is put in here too, or explore_not.txt says why not.
sorted() {
	sed 's/^soak //' tests/sim/explore_seeds.txt | awk -F ' :: ' '
		NF < 2 || /^#/ { next }
		FILENAME == "-" { put[$2 FS $3] = 1; next }
		FILENAME ~ /explore_not/ { if ($1 in why) print $1 ": twice"; why[$1] = $2; next }
		{ known[$1] = 1; is_put = ($2 FS $3) in put; if (is_put == ($1 in why)) print FILENAME ": " $1 ": " (is_put ? "both" : "neither") }
		END { for (name in why) if (!(name in known)) print name ": no such seed" }
	' - tests/sim/explore_not.txt tests/race/seeds.txt tests/race/stop_seeds.txt tests/race/vcpus_seeds.txt \
		tests/seeded/seeds.txt >$out/sorted
	[ ! -s $out/sorted ]
	result $? "each seed is found here, or it is said why not: $(tr '\n' ';' <$out/sorted)"
}

refuses() { # REGEXP TEXT
	local said
	printf '%b' "$2" >$out/bad.explore
	said=$($sim explore $out/bad.explore 2>&1)
	[ $? = 2 ] && [ "$(wc -l <<<"$said")" = 1 ] && grep -q -- "$1" <<<"$said"
	result $? "refuses: $1"
}

if [ "${1:-}" = soak ]; then
	exhausts honest $configs/honest-all.explore
	default
	seeds 's/^soak //p'
	exhausts three $configs/three.explore
	exhausts twice $configs/twice.explore
	exhausts replaced $configs/replaced.explore
	exhausts rows $configs/rows.explore
	exhausts closing $configs/closing.explore
	exhausts down $configs/down.explore
	exhausts refused-twice $configs/refused-twice.explore
	exhausts void $configs/void.explore
	exhausts lost $configs/lost.explore
	exhausts whole $configs/whole.explore
	exhausts late $configs/late.explore
else
	sorted
	agree
	anywhere
	exhausts pages $configs/pages.explore
	seeds '/^#/d; /^soak /!p'
	refuses ':2:6: no such call: valiate-0' 'calls 1 1\nmenu valiate-0\n'
	refuses ':1:1: none of calls, lies, runs, how, before, points, vmpl, menu: mneu' 'mneu query\n'
	refuses ':1:9: not a number from 0 to 8: 9' 'calls 1 9\nmenu query\n'
	refuses 'needs at least two CPUs' 'calls 1\nmenu query\n'
	refuses ':1:5: no such thing: tkaen' 'how tkaen\n'
	refuses 'needs asleep: down' 'calls 1 1\nbefore down\nmenu query\n'
	refuses 'not with what was before: launch' 'calls 1 1\nmenu launch\n'
	refuses 'not with what was before: take' 'calls 1 1\nmenu take\n'
	refuses 'not without: points words' 'calls 1 1\nbefore few\nmenu take\n'
	refuses 'not with another: before' 'calls 1 1\nbefore few page\npoints words\nmenu take\n'
	refuses 'not of the frame allocator: lies or runs' 'calls 1 1\nlies 1\nbefore few\npoints words\nmenu take\n'
	refuses ':2:1: not text: the line' 'calls 1 1\n\0menu query\n'
	$sim explore sim/explore 2>&1 | grep -q '^sim/explore: Is a directory$'
	result $? "refuses a directory"
	# What it has, it says.
	timeout -s INT 2 $sim explore >$out/interrupted 2>/dev/null
	grep -q '^bounded: the default, .*: [1-9]' $out/interrupted
	result $? "interrupted: $(grep ': the default' $out/interrupted)"
fi
[ $failures = 0 ]
