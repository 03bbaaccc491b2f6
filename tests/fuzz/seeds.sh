#!/bin/bash
# SPDX-License-Identifier: MIT
# Does each target find a mistake? Builds it once for each line of seeds.txt, with that
# mistake in one file; starting from its corpus it has to find an input in time that
# fails with the mistake, by a check of the target or a sanitizer, and passes without it. TAP lines.
set -u
cd "$(dirname "$0")/../.." || exit
O=${O:-.build} PKG=${PKG:-.build/pkg}
objects=$O/fuzz/build dir=$O/fuzz/seeds
n=0 failed=0
mkdir -p "$dir"
make -j2 fuzzers || exit
flags="-std=gnu11 -g -O2 -Iinclude -I$objects -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -w"
mbedtls="-isystem $PKG/mbedtls/include -DMBEDTLS_CONFIG_FILE=<svsm/mbedtls_config.h>"

# The mistake's object stands where the good one does, below another root: firmware.ld goes by it.
build() { # TARGET FILE SED
	local at others
	at=$dir/$1/$(dirname "$2")
	mkdir -p "$at"
	sed "$3" "$2" >"$at/$(basename "$2")"
	! cmp -s "$2" "$at/$(basename "$2")" || return
	# shellcheck disable=SC2086
	clang $flags $mbedtls -iquote "$(dirname "$2")" -c "$at/$(basename "$2")" -o "$at/$(basename "$2" .c).o" || return
	if [ "$1" = machines ]; then
		others=$(find "$objects/gen" -name '*.o')
	else
		others=$(find "$objects" -name '*.o' -not -path '*/tests/*')
		[ "$1" != bringup ] || others+=" $objects/tests/unit/boot_rig.o"
	fi
	# shellcheck disable=SC2046,SC2086
	clang -fsanitize=fuzzer,address,undefined -pthread "$at/$(basename "$2" .c).o" "$objects/tests/fuzz/$1.o" \
		$(grep -v "/${2%.c}\.o$" <<<"$others") $([ "$1" = machines ] || echo -Wl,-T,sim/host/firmware.ld) -o "$dir/$1.exe"
}

while IFS= read -r line; do
	target=${line%% :: *} rest=${line#* :: } seconds=${line##* :: }
	file=${rest%% :: *} rest=${rest#* :: } expression=${rest%% :: [0-9]*}
	n=$((n + 1)) start=$SECONDS
	rm -f "$dir/$target-"*
	mkdir -p "$dir/new"
	if ! build "$target" "$file" "$expression"; then
		echo "not ok $n - fuzz $target: its seed in $file changes nothing or does not build"
		failed=1
	elif "$dir/$target.exe" -max_total_time="$seconds" -max_len=1024 -len_control=0 \
		-artifact_prefix="$dir/$target-" "$dir/new" "tests/fuzz/corpus/$target" >"$dir/$target.log" 2>&1; then
		echo "not ok $n - fuzz $target does not find a mistake in $file"
		failed=1
	elif ! found=$(ls "$dir/$target-crash-"* 2>/dev/null) || ! grep -a -q -E '^# |runtime error|AddressSanitizer' "$dir/$target.log"; then
		echo "not ok $n - fuzz $target ends otherwise than by a check, with a mistake in $file"
		failed=1
	elif ! "$O/fuzz/$target.exe" "$found" >"$dir/$target.log" 2>&1; then
		echo "not ok $n - fuzz $target finds it without the mistake in $file too"
		failed=1
	else
		echo "ok $n - fuzz $target finds a mistake in $file ($((SECONDS - start)) s)"
	fi
	rm -rf "$dir/new" "$dir/$target-"*
done < <(grep -v -e '^#' -e '^$' tests/fuzz/seeds.txt)
echo "1..$n"
exit $failed
