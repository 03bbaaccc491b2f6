#!/bin/bash
# SPDX-License-Identifier: MIT
# The image of a second copy of the tree, elsewhere and built from nothing,
# packages included, is the same byte for byte.
set -u
cd "$(dirname "$0")/../.."
make -j2 image >/dev/null || exit 1
other=$(mktemp -d)/another/directory
trap 'rm -rf "${other%/another/directory}"' EXIT
mkdir -p "$other"
git ls-files -z | xargs -0 tar cf - | tar xf - -C "$other"
start=$SECONDS
make -j2 -C "$other" image >"$other/log" 2>&1 || {
	tail -5 "$other/log" | sed 's/^/# /'
	echo "not ok - a copy of the tree builds"
	exit 1
}
echo "# built from nothing in $((SECONDS - start)) s"
if cmp .build/svsm.igvm "$other/.build/svsm.igvm"; then
	echo "ok - svsm.igvm is the same in two directories"
else
	echo "not ok - svsm.igvm is the same in two directories"
	exit 1
fi
