#!/bin/bash
# SPDX-License-Identifier: MIT
# The Ragel lint refuses each way a chart can be wrong: FILE, sed, its words.
set -u
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
status=0

refuses() { # TEXT FILE SED WORDS
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/include"
	cp -r sm "$tmp/tree/sm"
	cp -r include/svsm "$tmp/tree/include/svsm"
	sed -i "$3" "$tmp/tree/$2"
	if cmp -s "$2" "$tmp/tree/$2"; then
		echo "$1: the seed changes nothing"
		status=1
	elif said=$(cd "$tmp/tree" && sm/gen.sh "$tmp/out" 2>&1); then
		echo "$1: accepted"
		status=1
	elif ! grep -q -- "$4" <<<"$said"; then
		echo "$1: refused for another reason: $said"
		status=1
	fi
}

refuses "unmarked state" sm/vcpu.rl '/^    Serve:/s/ *>to(at_serve)//' 'without a mark\|has no mark'
refuses "two verbs on one event" sm/vcpu.rl '/^    Serve:/s/( EV_DONE/( EV_DONE @enter -> Guest | EV_DONE/' 'not `EV\|ambiguous'
refuses "ambiguous state" sm/vcpu.rl 's/EV_BAD_FORMAT   @reply  -> Reply/EV_CALL         @decode -> Reply/' ambiguous
refuses "lost state" sm/vcpu.rl 's/EV_HOST_REFUSED @park   -> Parked/EV_HOST_REFUSED @enter  -> Guest/' lost
refuses "guest event without an arrow" sm/vcpu.rl 's/EV_HOST_REFUSED @park   -> Parked )/EV_STOP         @park   -> Parked )/' 'where the guest can act'
refuses "hexadecimal alphabet" include/svsm/event.h 's/EV_STOP = 19/EV_STOP = 0x13/' 'decimal'
refuses "gap in the alphabet" include/svsm/event.h 's/EV_STOP = 19/EV_STOP = 29/' 'dense'
refuses "action of two calls" sm/vcpu.rl '/^action decode/s/;/; vcpu_gate(v);/' 'not one call'
refuses "chart without error arrow" sm/vcpu.rl 's/^) $from(ring) $err(wrong);$/) $from(ring) $lerr(wrong);/' 'err(wrong)\|not .EV'
exit $status
