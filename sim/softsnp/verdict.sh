#!/bin/sh
# SPDX-License-Identifier: MIT
# verdict.sh LOG: runs run.sh, then repeats the guest's own last word on its
# tests ("N passed, M failed") as the last line. Status 1 unless M is 0.
log=$1
{
	"$(dirname "$0")/run.sh"
	echo $? >"$log.status"
} 2>&1 | tee "$log"
status=$(cat "$log.status")
[ "$status" = 0 ] || exit "$status"
verdict=$(tr -d '\r' <"$log" | grep -E '^[0-9]+ passed, [0-9]+ failed$' | tail -n 1)
echo "${verdict:-the guest gave no verdict}"
case $verdict in
*", 0 failed") exit 0 ;;
*) exit 1 ;;
esac
