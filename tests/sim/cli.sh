#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim's commands and what they are given: words without a meaning, files
# that are none, a full disk. One line that says so, status 2, nothing written.
set -u
cd "$(dirname "$0")/../.."
sim=.build/svsm-sim
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
make -j2 sim >"$tmp/log" 2>&1 || { cat "$tmp/log" && exit 1; }
number=0 status=0

result() { # NAME COMMAND...
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "$tmp/err"
		status=1
	fi
}

# The words begin with WORDS, and nothing is said on standard output.
refused() { # WORDS ARGUMENT...
	local words=$1 got
	shift
	timeout 20 $sim "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = 2 ] && [ ! -s "$tmp/out" ] && [[ $(head -n 1 "$tmp/err") == "$words"* ]]
}

# That is all that is said.
one_line() { # WORDS ARGUMENT...
	refused "$@" && [ "$(wc -l <"$tmp/err")" = 1 ]
}

# Refused at once, though the search takes long; and nothing is left there.
unsearched() {
	mkdir "$tmp/empty_folder"
	one_line "svsm-sim explore: $tmp/none/x: No such file" explore --save "$tmp/none/x" &&
		one_line "$tmp/none.config: " explore --save "$tmp/empty_folder/x" "$tmp/none.config" &&
		rmdir "$tmp/empty_folder"
}

unheard() { # ARGUMENT...
	timeout 20 $sim "$@" 2>"$tmp/err" >/dev/full </dev/null
	[ $? = 2 ] && [ "$(wc -l <"$tmp/err")" = 1 ] && grep -q '^svsm-sim: standard output: No space' "$tmp/err"
}

unsaved() {
	timeout 20 $sim step --batch "$tmp/commands" sim/scenarios/first-call.svsm >"$tmp/out" 2>&1 </dev/null
	[ $? = 2 ] && grep -q 'it could not be written' "$tmp/out"
}

impossible() {
	timeout 20 $sim run "$tmp/again" >"$tmp/out" 2>"$tmp/err" </dev/null
	[ $? = 1 ] && grep -q "^not ok $tmp/again:3:1: this choice cannot be made here" "$tmp/out"
}

mkdir "$tmp/folder"
head -c 100000 /dev/urandom | tr '\000-\177' '\200-\377' >"$tmp/garbage"
result "no command" refused "usage: "
result "a command that there is not" refused "svsm-sim: no such command: blah" blah
for command in step run replay view explore; do
	result "$command: an option that there is not" one_line "svsm-sim $command: there is no option --blah;" $command --blah
	result "$command: a letter that there is not" one_line "svsm-sim $command: there is no option -z;" $command -zh
done
result "reason: an option that there is not" one_line "svsm-sim reason: --blah is no " reason --blah
for option in "run --trace" "step --batch" "step --repeat" "view -o" "explore --save" "explore --replay" "explore --most" "explore --jobs"; do
	read -r command word <<<"$option"
	result "$option: nothing behind it" one_line "svsm-sim $command: there is no value for $word;" "$command" "$word"
done
result "replay: nothing" one_line "svsm-sim replay: one trace is needed" replay
result "replay: two" one_line "svsm-sim replay: one trace is needed" replay a b
result "run: nothing" one_line "svsm-sim run: a scenario is needed" run
result "view: nothing" one_line "svsm-sim view: one trace and -o PAGE.html" view "$tmp/none"
result "step: two scenarios" one_line "svsm-sim step: more than one scenario" step a b
result "explore: two configurations" one_line "svsm-sim explore: more than one CONFIG" explore a b
result "explore: no jobs" one_line "svsm-sim explore: --jobs: no number" explore --jobs 0
result "explore: no states" one_line "svsm-sim explore: --most: no number" explore --most many
result "explore: nowhere to save" unsearched
result "explore: replay a folder" one_line "svsm-sim explore: $tmp/folder: Is a directory" explore --replay "$tmp/folder"
result "explore: replay garbage" one_line "$tmp/garbage:1:1: does not say which search" explore --replay "$tmp/garbage"
printf '# search bring-up\n#@ 0 0\n' >"$tmp/two"
printf '# seek bring-up\n#@ 0 0 1\n' >"$tmp/seek"
printf '# search bring-up\n#@ 0 0 0 cpu 0 begins launch\n#@ 0 0 0 cpu 0 begins launch\n' >"$tmp/again"
printf '# search bring-up\n#@ 0 0 0 cpu 0 begins lunch\n' >"$tmp/lunch"
for command in step run "explore --replay"; do
	read -ra words <<<"$command"
	result "$command: a choice that is none" one_line "$tmp/two:2:1: not three numbers" "${words[@]}" "$tmp/two"
	result "$command: a choice of no call" one_line "$tmp/lunch:2:1: no such call" "${words[@]}" "$tmp/lunch"
	result "$command: choices of no search" one_line "$tmp/seek:1:1: does not say which search" "${words[@]}" "$tmp/seek"
done
result "run: a choice that cannot be made" impossible
result "run: a trace of choices" one_line "svsm-sim run: --trace is of no search's choices" run --trace "$tmp/page" "$tmp/again"
for command in step run replay; do
	result "$command: no file" refused "" $command "$tmp/none"
	result "$command: a folder" refused "" $command "$tmp/folder"
	result "$command: garbage" refused "" $command "$tmp/garbage"
done
result "view: no file" refused "svsm-sim: $tmp/none: " view "$tmp/none" -o "$tmp/page"
result "view: garbage" refused "svsm-sim: $tmp/garbage: byte 0" view "$tmp/garbage" -o "$tmp/page"
result "nothing was written" test ! -e "$tmp/page"
result "explore: garbage" refused "$tmp/garbage:1:1: " explore "$tmp/garbage"
result "reason: no number" refused "svsm-sim reason: blah " reason blah
result "reason: nothing behind SET:" refused "svsm-sim reason: 14: " reason 14:
result "a full disk: help" unheard --help
result "a full disk: reason" unheard reason 0x19e100
echo next >"$tmp/commands"
result "a full disk: step" unheard step --batch "$tmp/commands" sim/scenarios/first-call.svsm
# What is no file is written to, and stays what it is.
ln -s /dev/full "$tmp/device"
ln -s /dev/full "$tmp/device.svsm"
: >"$tmp/empty"
result "view into a full device" refused "svsm-sim: $tmp/device: No space" view "$tmp/empty" -o "$tmp/device"
echo "save $tmp/device.svsm" >"$tmp/commands"
result "step saves into a full device" unsaved
result "both devices are still there" test -c "$tmp/device" -a -c "$tmp/device.svsm"
exit $status
