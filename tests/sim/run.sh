#!/bin/sh
# SPDX-License-Identifier: MIT
# All tests of svsm-sim, which is there: one file a command.
status=0
for test in "${0%/*}"/*.sh; do
	[ "$test" = "$0" ] || "$test" || status=1
done
exit $status
