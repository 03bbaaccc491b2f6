#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim view: pages of generated traces in headless Chromium, led by keys
# and mouse, and what it refuses. With .build/boot.trace (make view) that
# one's too. TAP; pages and pictures stay in .build/view/.
set -u
cd "$(dirname "$0")/../.."
. tests/sim/tap.sh
. tests/sim/browser.sh
out=.build/view
sim=.build/svsm-sim-asan

refuses() { # REGEXP ARGUMENTS...: one line, status 2, and no page
	local said regexp=$1
	shift
	said=$($sim view "$@" -o $out/none.html 2>&1)
	[ $? = 2 ] && [ "$(wc -l <<<"$said")" = 1 ] && grep -q -E -- "$regexp" <<<"$said" &&
		[ -z "$(ls $out/none.html* 2>/dev/null)" ]
	result $? "view refuses: $regexp"
}

is() { # NAME EXPECTED EXPRESSION
	js "$3"
	[ "$value" = "$2" ]
	result $? "$1: $value"
}

# The pages of a kind, as the legend says.
legend="[...document.querySelectorAll('[data-kind]')].map(e=>e.textContent.replace(/,/g,'')).join(' ')"
title="[...document.querySelectorAll('#chart .on g.lit>title,#chart .on g.taken>title')].map(e=>e.textContent).join(' ')"
# The colour of the map's pixel at that place of that canvas is a kind's.
kind_at() { echo "((c,x,y)=>{const d=[...c.getContext('2d').getImageData(x,y,1,1).data].slice(0,3).join();return kinds.findIndex((_,k)=>{const e=document.querySelectorAll('#legend i')[k];return getComputedStyle(e).backgroundColor==='rgb('+d.replace(/,/g,', ')+')'})})($1)"; }
steps_are() { echo "(()=>{const l=[];at=-1;for(let i=step(1);i!==at&&l.length<N;i=step(1)){l.push(i);at=i}return l.every(i=>$1)+' '+l.length})()"; }

mkdir -p $out
rm -rf $out/none.html* $out/browser
make -s -j2 sim $sim .build/view-test || exit 1
.build/view-test 3000 >$out/small.trace
.build/view-test 10000 pages >$out/pages.trace
.build/view-test 300000 pages >$out/large.trace
.build/view-test 3000 wrong >$out/wrong.trace
.build/view-test 3000 page >$out/page.trace
head -c 20 /dev/zero >$out/zero.trace

rm -f $out/small.html $out/large.html $out/pages.html
$sim view $out/small.trace -o $out/small.html >/dev/null && $sim view $out/large.trace -o $out/large.html &&
	$sim view $out/pages.trace -o $out/pages.html
result $? "a page of 3,000 steps and one of 300,000: $(stat -c %s $out/large.html) bytes"
! grep -q -E '(src|href)=|@import|fetch\(|url\(|[^:]//[a-z]+\.' <(sed 's/xlink:href//g; s|http://www.w3.org/[^" ]*||g' $out/small.html)
result $? "it asks for nothing from elsewhere"
refuses 'byte 0: not a trace' $out/zero.trace
refuses 'byte 96032: step 3000 is no arrow' $out/wrong.trace
refuses 'byte 96032: step 3000 is no change' $out/page.trace
refuses 'No such file' $out/no-such.trace

.ci/prereq view >&2
if ! command -v chromium >/dev/null 2>&1; then
	echo "ok - the page in a browser # SKIP no chromium here, and it cannot be installed"
	exit $((failures != 0))
fi
mkdir -p $out/browser
page_began $out/browser
trap page_ended EXIT

page_open $out/small.html step=1
is "step 1: Decode is lit, Gate to Decode taken" "decode gate->decode" "$title"
is "its time since the first, vCPU and argument" "100050 1 0x6" "T[1002]+' '+vcpu[1002]+' '+arg(1002)"
said=$($sim view $out/small.trace -o $out/small.html)
[[ $said == "$out/small.trace: no page records, "* ]] && [ -z "$($sim view $out/pages.trace -o $out/pages.html)" ]
result $? "without page records view says so: $said"
is "and its page does" true "document.getElementById('map').textContent.includes('no page records')"
page_open $out/small.html step=2999
is "the last step, by its link" "2999 of 3000" "document.querySelector('#step td.n,#step tr td+td').textContent"

page_open $out/pages.html step=1002
key ArrowRight
is "right: on, over no page" 1003 at
key ArrowRight 8
is "shift and right: 100 on, which are 111 with the pages" 1114 at
key ArrowLeft 8
key ArrowLeft
is "and back" 1002 at
key .
is "full stop: the next page change" "1009 true" "at+' '+isPage(at)"
key ,
is "comma: the one before" "999 true" "at+' '+isPage(at)"
is "the address has the step" "#step=999" location.hash
key End
is "End: the last step that is none" 9998 at
key Home
is "Home" 0 at
key " "
js "new Promise(done=>setTimeout(()=>done(at),700))"
key " "
[ "${value:-0}" -ge 1 ]
result $? "space plays: step $value after 0.7 s"
js at
stopped=$value
is "and stops" "$stopped" "new Promise(done=>setTimeout(()=>done(at),400))"
key Home
key /
ask Input.insertText '{"text":"ev_query"}'
key Enter
is "/ finds" "EV_QUERY" "ev(event[at])"
js at
first=$value
key n
is "n finds the one after it" "true true" "(at>$first)+' '+(ev(event[at])==='EV_QUERY')"

choose() { js "(e=>{e.value=''+'$2';e.dispatchEvent(new Event('change'))})(document.getElementById('$1'))"; }
choose fv 2
is "filter: vCPU 2" "true 1800" "$(steps_are 'vcpu[i]===2')"
choose fe "'+names.indexOf('EV_QUERY')+'"
is "filter: vCPU 2 and EV_QUERY" "true 360" "$(steps_are "vcpu[i]===2&&ev(event[i])==='EV_QUERY'")"
key Escape
is "Escape: no filter" "-1,-1,-1,-1" want
choose fm 240
is "filter: page changes" "true 1000" "$(steps_are 'machine[i]===240')"
key Escape
choose fc "'+names.indexOf('EV_QUERY')+'"
is "filter: steps in a call, QUERY" true "$(steps_are "ev(call[i])==='EV_QUERY'&&!isPage(i)").startsWith('true 5')"

# 1,000 changes: 128 regions given, validated and shown, then a page of each shared, again and again.
page_open $out/pages.html step=9
is "map: a region is given" "65024 0 512 0 0 0" "$legend"
key .
is "map: validated, and not yet the guest's" "65024 0 0 0 512 0" "$legend"
key .
is "map: the guest's" "65024 0 0 512 0 0" "$legend"
is "its cell has that colour" 3 "$(kind_at "document.getElementById('cells'),LABEL+5,5")"
is "the next cell has none" 0 "$(kind_at "document.getElementById('cells'),LABEL+SIDE+5,5")"
key ,
key ,
is "map: back again" "65024 0 512 0 0 0" "$legend"
key End
is "map: at the end" "0 128 0 65408 0 0" "$legend"
js "go(3919)"
is "map: far back, eight pages shared" "0 8 0 65528 0 0" "$legend"
page_open $out/pages.html "step=9998&page=0x405000"
is "a page by its link, in words" true "document.getElementById('says').textContent.startsWith('0x405000: shared, or the host')"
is "its cell is open" "0x400000: its 512 pages" "document.getElementById('opened').textContent"
is "and it is drawn shared" 1 "$(kind_at "document.getElementById('frames'),5*PAGE_SIDE+2,2")"
is "the map's copies agree with what is made from nothing" true "[9,777,3839,3840,5000,9999,31,9998,0].every(s=>{mapTo(s);const fast=bits.join();bits.fill(0);counts.fill(0);for(let r=0;r<regions.length;r++)counts[r*kinds.length]=FRAMES;mapAt=0;while(mapAt<countTo(pageSteps,s))apply(pageSteps[mapAt++]);return fast===bits.join()})"
js "(r=>Math.round(r.x+LABEL+3*SIDE+4)+' '+Math.round(r.y+SIDE+4))(document.getElementById('cells').getBoundingClientRect())"
read -r x y <<<"$value"
mouse mouseMoved "$x" "$y"
is "the cell under the mouse, in words" "0x4600000 to 0x47fffff" "document.getElementById('says').textContent.split(':')[0]"
mouse mousePressed "$x" "$y" ',"button":"left","clickCount":1'
mouse mouseReleased "$x" "$y" ',"button":"left","clickCount":1'
is "a click opens it" "0x4600000: its 512 pages" "document.getElementById('opened').textContent"
js "(r=>Math.round(r.x+LEFT+(r.width-LEFT)/2)+' '+Math.round(r.y+8))(document.getElementById('c').getBoundingClientRect())"
read -r x y <<<"$value"
mouse mousePressed "$x" "$y" ',"button":"left","buttons":1,"clickCount":1'
is "a click on the time line" true "at>4900&&at<5100"
mouse mouseWheel "$x" "$y" ',"deltaX":0,"deltaY":-100'
is "the wheel zooms it" true "new Promise(done=>setTimeout(()=>done(span<10000&&at>=from&&at<from+span),200))"

began=$(date +%s%3N)
page_open $out/large.html step=299998
took=$(($(date +%s%3N) - began))
js at
[ "$value" = 299998 ] && [ $took -lt 5000 ]
result $? "300,000 steps: there in $took ms, less than 5000"
js "(()=>{const t=performance.now();for(let k=0;k<50;k++)go(k*104729%N,true);return Math.round((performance.now()-t)/50)})()"
[ "${value:-999}" -lt 100 ]
result $? "50 moves at random in it: $value ms each, less than 100"

is "back in the map: at most 1,024 changes are made again" true "(mapTo(N-1),mapTo(N-100),copies.length>1&&mapAt%EVERY<=1024&&mapAt-EVERY*(copies.length-1)<=EVERY)"

if [ -s .build/boot.trace ]; then
	began=$(date +%s%3N)
	$sim view .build/boot.trace -o .build/boot.html && page_open .build/boot.html step=0
	took=$(($(date +%s%3N) - began))
	js N
	[ "${value:-0}" -gt 1000 ] && [ $took -lt 5000 ]
	result $? "a Linux boot, $value steps: there in $took ms, less than 5000"
	# Bring-up over, in the middle of its PVALIDATE calls, and the last new vCPU.
	moments=("machine.indexOf(1)-1" "entrySteps[Math.floor(entrySteps.length*.4)][0]" "saveSteps[saveSteps.length-1]??N-1")
	for n in 1 2 3; do
		js "(go(${moments[n - 1]}),new Promise(done=>setTimeout(()=>done(at),200)))"
		picture .build/view-$n.png
		[ "$(head -c 4 .build/view-$n.png | tail -c 3)" = PNG ] && [ "$(stat -c %s .build/view-$n.png)" -gt 20000 ]
		result $? "a picture of step $value: .build/view-$n.png"
	done
fi
exit $((failures != 0))
