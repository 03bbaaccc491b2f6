#!/bin/bash
# SPDX-License-Identifier: MIT
# svsm-sim view: pages of generated traces in headless Chromium, and what it
# refuses. TAP; pages and pictures stay in .build/view/.
set -u
cd "$(dirname "$0")/../.."
out=.build/view
sim=.build/svsm-sim-asan
failures=0

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		failures=$((failures + 1))
	fi
}

browser() { # OPTIONS... URL
	timeout 60 chromium --headless=new --no-sandbox --disable-gpu --window-size=1280,800 "$@" 2>/dev/null
}

refuses() { # REGEXP ARGUMENTS...: one line, status 2, and no page
	local said regexp=$1
	shift
	said=$($sim view "$@" -o $out/none.html 2>&1)
	[ $? = 2 ] && [ "$(wc -l <<<"$said")" = 1 ] && grep -q -E -- "$regexp" <<<"$said" &&
		[ -z "$(ls $out/none.html* 2>/dev/null)" ]
	result $? "view refuses: $regexp"
}

shows() { # STEP REGEXP NAME
	browser --dump-dom "file://$PWD/$out/small.html#step=$1" | tr -d '\n' | grep -q -E -- "$2"
	result $? "step $1: $3"
}

mkdir -p $out
rm -f $out/none.html*
make -s -j2 sim $sim .build/view-test || exit 1
.build/view-test 3000 >$out/small.trace
.build/view-test 300000 >$out/large.trace
.build/view-test 3000 wrong >$out/wrong.trace
head -c 20 /dev/zero >$out/zero.trace

$sim view $out/small.trace -o $out/small.html && $sim view $out/large.trace -o $out/large.html
result $? "a page of 3,000 steps and one of 300,000: $(stat -c %s $out/large.html) bytes"
! grep -q -E '(src|href)=|@import|fetch\(' <(sed 's/xlink:href//g' $out/small.html)
result $? "it asks for nothing from elsewhere"
refuses 'byte 0: not a trace' $out/zero.trace
refuses 'byte 96032: step 3000 is no arrow' $out/wrong.trace
refuses 'No such file' $out/no-such.trace

.ci/prereq view >&2
if ! command -v chromium >/dev/null 2>&1; then
	echo "ok - the page in a browser # SKIP no chromium here, and it cannot be installed"
	exit $((failures != 0))
fi
shows 1 'class="node lit"><title>decode<' "the state Decode is lit"
shows 1 'class="edge taken"><title>gate-&gt;decode<' "the arrow Gate to Decode is taken"
shows 2999 '<td>step</td><td>2999 of 3000<' "the last one"
began=$(date +%s%3N)
browser --dump-dom "file://$PWD/$out/large.html#step=299999" | grep -q 'step</td><td>299999 of'
status=$?
took=$(($(date +%s%3N) - began))
[ $status = 0 ] && [ $took -lt 5000 ]
result $? "300,000 steps: there in $took ms, less than 5000"
browser --screenshot=$out/small.png "file://$PWD/$out/small.html#step=1002" && [ -s $out/small.png ]
result $? "a picture of it"
exit $((failures != 0))
