#!/bin/bash
# SPDX-License-Identifier: MIT
# The scenarios, that each of their expectations can fail, and texts that make no
# sense. TAP; what was made for it stays in .build/sim/.
set -u
cd "$(dirname "$0")/../.."
. tests/sim/tap.sh
out=.build/sim
sim=.build/svsm-sim-asan

# FILE as FILE-K with its K-th expectation changed, and a line "FILE-K:LINE:COL" for each.
spoil() { # FILE
	awk -v name="$out/wrong/$(basename "$1" .svsm)" '
	function changed(word) {
		if (word ~ /^[0-9]/)
			return word == "0" ? "1" : "0"
		if (word == "yes" || word == "no")
			return word == "yes" ? "no" : "yes"
		if (word == "STOPS" || word == "SUCCESS")
			return "BUSY"
		return word == "NEED" ? "0x40000fff #" : "SUCCESS"
	}
	{ text[NR] = $0 }
	!/^#/ && / -> / {
		arrow = index($0, " -> ")
		count = split(substr($0, arrow + 4), words, " ")
		for (i = 1; i <= count; i += 2) {
			if (words[1] == "NEED" || words[1] == "STOPS")
				if (i > 1)
					break
			# the result, then the values of registers: every second word
			w = i == 1 ? 1 : i
			line = substr($0, 1, arrow + 3)
			for (j = 1; j <= count; j++)
				line = line (j > 1 ? " " : "") \
					(j == w ? changed(words[j]) : words[j])
			if (words[1] == "STOPS")
				line = substr($0, 1, arrow + 3) "BUSY"
			at[++n] = NR
			new[n] = line
			column[n] = arrow + 4
		}
	}
	END {
		for (k = 1; k <= n; k++) {
			file = name "-" k ".svsm"
			for (i = 1; i <= NR; i++)
				print i == at[k] ? new[k] : text[i] >file
			close(file)
			print file ":" at[k] ":" column[k]
		}
	}' "$1"
}

shipped() { # FILE: as its text has it, and none of its expectations is empty
	local place said bad=0 count=0
	said=$($sim run "$1" 2>&1)
	result $? "$said"
	while read -r place; do
		count=$((count + 1))
		said=$($sim run "${place%%:*}" 2>&1)
		if [ $? != 1 ] || [[ $said != "not ok ${place%:*}:"* ]]; then
			echo "# $place: $said"
			bad=1
		fi
	done < <(spoil "$1")
	[ $bad = 0 ] && [ $count != 0 ]
	result $? "$(basename "$1"): each of $count expectations fails when it is another"
}

says() { # STATUS TEXT EXPECTED: after the file's name
	local said status
	printf '%b' "$2" >$out/bad.svsm
	said=$($sim run $out/bad.svsm 2>&1)
	status=$?
	said=${said#not ok }
	[ $status = "$1" ] && [ "$said" = "$out/bad.svsm:$3" ]
	result $? "$1, $3"
	[ "$said" = "$out/bad.svsm:$3" ] || echo "# $status: $said"
}

refuses() { # TEXT EXPECTED
	says 2 "$1" "$2"
}

runs() { # TEXT WHAT
	local said
	printf '%b' "$1" >$out/good.svsm
	said=$($sim run $out/good.svsm 2>&1) && [ "$said" = "ok $out/good.svsm: $2" ]
	result $? "runs: $(sed -n '2,$p' $out/good.svsm | tr '\n' ';')"
	[ "${said#ok }" != "$said" ] || echo "# $said"
}

m='machine vmpl 1 cpus 2\n'

rm -rf $out/wrong
mkdir -p $out/wrong
make -s -j2 $sim || exit 1

for file in sim/scenarios/*.svsm; do
	shipped "$file"
	grep -q '^# ' "$file"
	result $? "$(basename "$file") says what it is about"
done

# ---- texts that make no sense: nothing is run ----
refuses '' '1:1: the machine is missing'
refuses '# nothing\n' '2:1: the machine is missing'
refuses 'call cpu 0 1 -> SUCCESS\n' '1:1: the first line has to be the machine'
refuses "$m\n$m" '3:1: the machine is there already'
refuses 'machine vmpl 4 cpus 1\n' '1:14: 4 is not a VMPL of 0x1 to 0x3'
refuses 'machine vmpl 0 cpus 1\n' '1:14: 0 is not a VMPL of 0x1 to 0x3'
refuses 'machine vmpl 1 cpus 17\n' '1:21: 17 is not a number of 0x1 to 0x10'
refuses 'machine vmpl 1\n' '1:15: cpus is missing'
refuses "${m}fly cpu 0\n" '2:1: fly is not a word that a line begins with'
refuses "${m}call cpu 2 PVALIDATE -> SUCCESS\n" '2:10: 2 is not a CPU of 0x0 to 0x1'
refuses "${m}call cpu 0 VALIDATE -> SUCCESS\n" '2:12: VALIDATE is not a call'
refuses "${m}call cpu 0 PVALIDATE rbx 1 -> SUCCESS\n" '2:22: rbx is not rcx, rdx, r8 or r9'
refuses "${m}call cpu 0 PVALIDATE rcx 1 rcx 2 -> SUCCESS\n" '2:28: rcx a second time'
refuses "${m}call cpu 0 PVALIDATE rcx -1 -> SUCCESS\n" '2:26: -1 is not a number'
refuses "${m}call cpu 0 PVALIDATE rcx 0xg -> SUCCESS\n" '2:26: 0xg is not a number'
refuses "${m}call cpu 0 PVALIDATE rcx 0x -> SUCCESS\n" '2:26: 0x is not a number'
refuses "${m}call cpu 0 PVALIDATE rcx 0x10000000000000000 -> SUCCESS\n" \
	'2:26: 0x10000000000000000 is not a number'
refuses "${m}call cpu 0 PVALIDATE rcx 1\n" '2:27: -> is missing'
refuses "${m}call cpu 0 PVALIDATE rcx 1 ->\n" '2:30: a result is missing'
refuses "${m}call cpu 0 PVALIDATE -> FINE\n" '2:25: FINE is not a result'
refuses "${m}call cpu 0 PVALIDATE -> STOPS SOON\n" '2:31: SOON is not a reason to stop'
refuses "${m}call cpu 0 PVALIDATE -> NEED 0\n" '2:30: 0 is not pages of 0x1 to 0x3fffffff'
refuses "${m}call cpu 0 6 -> STOPS BUG\nenter cpu 0\n" \
	'3:1: the VM was stopped: nothing happens any more'
refuses "${m}stop cpu 0 now\n" '2:10: it has not begun a call'
refuses "${m}restore now\n" '2:9: now is one word too many'
refuses "${m}call cpu 1 6 -> SUCCESS\n" "2:10: nothing of the guest's was started there"
refuses "${m}access cpu 1 read 0 -> yes\n" "2:12: nothing of the guest's was started there"
refuses "${m}advance cpu 0 3\n" '2:13: it has not begun a call'
refuses "${m}begin cpu 0 6\nbegin cpu 0 6\n" '3:11: it has not finished the call of line 2'
refuses "${m}begin cpu 0 6\nenter cpu 0\n" '3:11: it is in the middle of a call'
refuses "${m}begin cpu 0 6\nadvance cpu 0 2\n" '2:11: a call that is neither finished nor stopped'
refuses "${m}begin cpu 0 6\nstop cpu 0\nfinish cpu 0 -> SUCCESS\n" '4:12: it was stopped for ever'
refuses "${m}begin cpu 0 6\nadvance cpu 0 past time\n" '3:20: time is not a kind of operation'
refuses "${m}page 0x300000 2M given\n" '2:6: 0x300000 is not the address of a 2M page'
refuses "${m}page 0x200800 4K given\n" '2:6: 0x200800 is not a multiple of 0x1000'
refuses "${m}page 0xa0000 4K given\n" '2:6: nothing is at 0xa0000'
refuses "${m}page 0x200000 8K given\n" '2:15: 8K is not 4K or 2M'
refuses "${m}page 0x200000 4K mine\n" '2:18: mine is not given, shared or split'
refuses "${m}page 0x200000 4K split\n" '2:18: a 4K page cannot be split'
refuses "${m}page 0x12000 4K given\n" '2:6: the guest has had these pages from the start'
refuses "${m}page 0x201000 4K given\npage 0x200000 2M given\n" '3:6: overlaps the page of line 2'
refuses "${m}enter cpu 0\npage 0x200000 4K given\n" \
	'3:6: memory is set up before anything happens'
refuses "${m}begin cpu 0 6\nframes none\n" '3:1: a CPU is in the middle of a call'
refuses "${m}take 0x8000001000 2M\n" '2:6: 0x8000001000 is not the address of a 2M page'
refuses "${m}loss now\n" '2:6: now is one word too many'
refuses "${m}slots used\n" '2:7: used is not none'
refuses "${m}step cpu 0\n" '2:10: it has not begun a call'
refuses "${m}begin cpu 0 6\nstep cpu 0 0\n" '3:12: 0 is not steps of 0x1 to 0xf4240'
refuses "${m}begin cpu 0 6\nmicro cpu 0 1 1\n" '3:15: 1 is one word too many'
refuses "${m}begin cpu 0 6\ninject cpu 0\n" '3:13: an event is missing'
refuses "${m}begin cpu 0 6\ninject cpu 0 EV_NOTHING\n" '3:14: EV_NOTHING is not an event'
refuses "${m}inject cpu 0 EV_DONE\n" '2:12: it has not begun a call'
refuses "${m}set cpu 0 rbx 1\n" '2:11: rbx is not rax, rcx, rdx, r8, r9 or exit'
refuses "${m}set cpu 0 rcx\n" '2:14: a number is missing'
refuses "${m}set cpu 1 rcx 1\n" "2:9: nothing of the guest's was started there"
refuses "${m}touch 0x12004\n" '2:7: 0x12004 is not a multiple of 0x1000'
refuses "${m}$(printf 'touch 0x12000\\n%.0s' {1..17})" '18:7: more than 16 pages'
refuses "${m}begin cpu 0 enter rcx 1\n" '2:19: rcx is one word too many'
refuses "${m}begin cpu 0 6\npause\nstop cpu 0\n" '4:1: nothing follows a pause'
refuses "${m}begin cpu 0 6\nfinish cpu 0 -> ANY rcx 1\n" '3:21: rcx is one word too many'
refuses "${m}write u8 0x12000 256\n" '2:18: 256 is not a value of 0x0 to 0xff'
refuses "${m}write u64 0x12004 0\n" '2:11: 0x12004 is not a multiple of 0x8'
refuses "${m}write u7 0x12000 0\n" '2:7: u7 is not u8, u16, u32 or u64'
refuses "${m}list 0x11000 0x12000 4K rescind\n" '2:14: 0x12000 is not :'
refuses "${m}list 0x11000:\n" '2:14: an address is missing'
refuses "${m}list 0x11000: 0x12001 4K rescind\n" "2:15: 0x12001 is not a page's address"
refuses "${m}list 0x11000: 0x12000 4K\n" '2:25: rescind is missing'
refuses "${m}list 0x11000: 0x12000 4K lend,\n  0x13000 5K lend\n" '3:11: 5K is not 4K or 2M'
refuses "${m}list 0x11ff0: 0x12000 4K lend, 0x13000 4K lend\n" \
	"2:32: an entry beyond the end of the list's page"
refuses "${m}fail cpuid 1 1\n" '2:6: cpuid is not a kind of operation'
refuses "${m}fail load 0 1\n" '2:11: 0 is not which of 0x1 to 0xf4240'
refuses "${m}fail load 1 OFTEN\n" '2:13: OFTEN is not a code'
refuses "${m}map 0x12000 at 0x13000\n" '2:13: at is not to'
refuses "${m}map 0x12000 to 0x7000000000\n" '2:16: nothing is at 0x7000000000'
refuses "${m}$(printf 'unmap 0x12000\\n%.0s' {1..17})" '18:7: more than 16 pages mapped elsewhere'
refuses "${m}\0001" '2:1: byte 0x01 in a text'
refuses "${m}enter cpu 0\0" '2:12: byte 0x00 in a text'
refuses "${m}enter cpu 0\r\n" '2:12: byte 0x0d in a text'
refuses "${m}# \0303\0244 in a comment\n\tenter cpu \0303\0244\n" '3:12: byte 0xc3 in a text'

said=$($sim run $out/no-such.svsm 2>&1)
[ $? = 2 ] && [ "$said" = "$out/no-such.svsm: No such file or directory" ]
result $? "2, $said"
said=$($sim run $out 2>&1)
[ $? = 2 ] && [ "$said" = "$out: not a file" ]
result $? "2, $said"
head -c 1048577 /dev/zero | tr '\0' '\n' >$out/bad.svsm
said=$($sim run $out/bad.svsm 2>&1)
[ $? = 2 ] && [ "$said" = "$out/bad.svsm: longer than 1 MiB" ]
result $? "2, $said"
printf "${m}fly\n" >$out/bad.svsm
said=$($sim run sim/scenarios/first-call.svsm $out/bad.svsm 2>/dev/null)
[ $? = 2 ] && [ -z "$said" ]
result $? "2, none of several is run when one makes no sense"

# ---- texts that are not so ----
says 1 "${m}write u8 0x200000 1\n" '2:1: the guest may not write to 0x200000'
says 1 "${m}fail pvalidate 1 FAULT\nenter cpu 0\n" '2:1: it never came to that'
says 1 "${m}refuse 9\n" '2:1: it never came to that'
says 1 "${m}pretend 9\n" '2:1: it never came to that'
says 1 "${m}start cpu 1 vmsa 0x13000 ca 0x14000\n" \
	'2:1: the CPU does not run 0x13000: no save area'
says 1 "${m}unmap 0x10000\ncall cpu 0 6 -> SUCCESS\n" "3:1: the guest's calling area is not mapped"
says 1 "${m}begin cpu 0 6\nadvance cpu 0 past zero\nstop cpu 0\n" \
	'3:1: the call was over after 0 of them'
says 1 "${m}begin cpu 0 6\nadvance cpu 0 1000\nstop cpu 0\n" '4:1: its call was over already'
says 1 "${m}pause\n" '2:1: nothing is to come any more'
says 1 "${m}begin cpu 0 6\ninject cpu 0 EV_DONE\nstop cpu 0\n" '3:1: no machine waits for an event there'
says 1 "${m}begin cpu 0 6\nstep cpu 0 99\nfinish cpu 0 -> ANY\n" \
	'3:1: the call was over after 6 steps'
runs "${m}begin cpu 0 6\nstep cpu 0 3\nset cpu 0 rcx 1\nadvance cpu 0 0\nmicro cpu 0 2\npause\n" \
	'7 lines, 1 call'
runs "${m}begin cpu 0 6\nstep cpu 0 2\ninject cpu 0 EV_DONE\nfinish cpu 0 -> STOPS MACHINE\n" '5 lines, 1 call'
runs "${m}slots none\nframes used\nbegin cpu 1 enter\nstep cpu 1 1\nfinish cpu 1 -> ANY\n" '6 lines, 1 call'
# A flush that does nothing: no CPU does that, but the invariants have to notice.
says 1 "${m}access cpu 0 read 0x12000 -> yes\nlist 0x11000: 0x12000 4K rescind\nfail flush 1 1
call cpu 0 PVALIDATE rcx 0x11000 -> SUCCESS\n" \
	"5:1: a stale translation of a page that is not the guest's"

said=$($sim run sim/scenarios/first-call.svsm 2>&1 >/dev/full)
[ $? = 2 ] && [ "$said" = "svsm-sim run: No space left on device" ]
result $? "2, $said"
$sim run --help | grep -q '^usage: svsm-sim run \[--trace FILE\] SCENARIO'
result $? "run --help"
$sim run 2>/dev/null
[ $? = 2 ]
result $? "run without a scenario"

# ---- as traces --------------------------------------------------------------------

# The machines' steps in it, and the changes of pages: 240 is TRACE_PAGE (include/sim/trace.h).
records() { # TRACE
	od -An -v -t u1 -w32 -j 32 "$1" | awk '{ n[$21 == 240]++ } END { print n[0] + 0, n[1] + 0 }'
}

for scenario in sim/scenarios/*.svsm; do
	name=$(basename "$scenario" .svsm) steps=0 pages=0
	$sim run --trace "$out/$name.trace" "$scenario" >$out/said && said=$($sim replay --check "$out/$name.trace") &&
		read -r steps pages < <(records "$out/$name.trace") && [ "$steps" -gt 0 ] && [ "$pages" -gt 2000 ]
	result $? "$name: its trace, $steps steps and $pages changes of pages: all allowed"
	printf 'run\nsave %s\n' "$out/stepped.trace" >$out/commands
	$sim step --batch $out/commands "$scenario" >$out/said && cmp -s $out/stepped.trace "$out/$name.trace"
	result $? "$name: step saves the same trace"
done
[ "$(records $out/first-call.trace)" = "18 2100" ] && [ "$(records $out/validate.trace)" = "20 2106" ]
result $? "run --trace: the pages as they are before, then 18 steps; or 20, and 6 changes"
[ -z "$($sim view $out/validate.trace -o $out/validate.html)" ]
result $? "view has its pages"

spoiled() { # NAME STEP BYTE VALUE REGEXP: that record's byte changed is refused
	cp $out/validate.trace $out/spoiled.trace
	printf '%b' "$4" | dd of=$out/spoiled.trace bs=1 seek=$((32 + 32 * $2 + $3)) conv=notrunc status=none
	! $sim replay --check $out/spoiled.trace >$out/said && grep -q "is not allowed: .*$5" $out/said
	result $? "refused: $1"
}
first=$(od -An -v -t u1 -w32 -j 32 $out/validate.trace | awk '$21 != 240 { print NR - 1; exit }')
spoiled "a first step that is none" "$first" 22 '\003' 'expected on this CPU: vcpu Guest'
spoiled "a trace that begins with bring-up, and has none" -1 24 '\000' 'expected on this CPU: boot start'
$sim run --trace $out/nowhere/first.trace sim/scenarios/first-call.svsm >$out/said 2>&1
[ $? = 2 ] && [ "$(wc -l <$out/said)" = 1 ] && grep -q '^svsm-sim run: .*first.trace: ' $out/said
result $? "run --trace into no folder: refused in one line"
$sim run --trace $out/two.trace sim/scenarios/first-call.svsm sim/scenarios/validate.svsm 2>/dev/null
[ $? = 2 ] && [ ! -e $out/two.trace ]
result $? "run --trace of two scenarios: refused"
exit $((failures != 0))
