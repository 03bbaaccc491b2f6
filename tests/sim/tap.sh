# SPDX-License-Identifier: MIT
# A line of TAP for each test of svsm-sim's scripts, and how many have failed.
failures=0

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		failures=$((failures + 1))
	fi
}
