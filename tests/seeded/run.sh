#!/bin/sh
# SPDX-License-Identifier: MIT
# Does each test notice the mistake it is there for? Builds the unit tests and the
# hostile ones as one program, once for each line of seeds.txt, with that one mistake in one file, and demands
# that the named test passes without it and fails with it. TAP-like lines.
# usage: tests/seeded/run.sh [NAME...], from the repository root, after
# `make unit` and `make hostile`.
set -eu

O=${O:-.build}
CC=${CC:-gcc}
objects=$O/unit-$(basename "$CC")
dir=$O/seeded
good=$dir/good.exe
link="$CC -fsanitize=address,undefined -pthread -Wl,-T,sim/host/firmware.ld"
flags="-std=gnu11 -g -O1 -Iinclude -iquote tests -fsanitize=address,undefined -fno-sanitize-recover=all -w"
mbedtls="-isystem ${PKG:-.build/pkg}/mbedtls/include -DMBEDTLS_CONFIG_FILE=<svsm/mbedtls_config.h>"
passed=0
failed=0

[ -d "$objects/tests/hostile" ] || { echo "tests/seeded/run.sh: make unit hostile first" >&2; exit 2; }
mkdir -p "$dir"
# What make links for the two: others' objects lie there too.
make -n -W tests/main.c CC="$CC" unit hostile | grep ' -o .*\.exe' | tr ' ' '\n' |
	grep "^$objects/.*\.o\$" | LC_ALL=C sort -u > "$dir/objects"
$link "@$dir/objects" -o "$good"

bad() { # NAME WHY
	echo "not ok - seed $1: $2"
	failed=$((failed + 1))
}

seed() { # NAME FILE SED TEST
	mutant=$dir/$1
	sed -e "$3" "$2" > "$mutant.c"
	if cmp -s "$2" "$mutant.c"; then
		bad "$1" "the sed expression changes nothing in $2"
		return
	fi
	# shellcheck disable=SC2086
	if ! $CC $flags $mbedtls -iquote "$(dirname "$2")" -c "$mutant.c" -o "$mutant.o"; then
		bad "$1" "does not compile"
		return
	fi
	grep -v "^$objects/${2%.c}\.o$" "$dir/objects" > "$mutant.list"
	# Where the mistake's variables are makes no difference but to host_reset().
	mkdir -p "$dir/$(dirname "$2")"
	mv "$mutant.o" "$dir/${2%.c}.o"
	if ! $link "$dir/${2%.c}.o" "@$mutant.list" -o "$mutant.exe"; then
		bad "$1" "does not link"
	elif ! "$good" "$4" > "$mutant.log" 2>&1; then
		bad "$1" "$4 fails without it, or does not exist"
	elif timeout 60 "$mutant.exe" "$4" > "$mutant.log" 2>&1; then
		bad "$1" "$4 does not notice it"
	else
		echo "ok - seed $1 caught by $4"
		passed=$((passed + 1))
	fi
	rm -f "$mutant.exe" "$dir/${2%.c}.o"
}

grep -v -e '^#' -e '^$' tests/seeded/seeds.txt > "$dir/seeds"
while IFS= read -r line; do
	name=${line%% :: *}; rest=${line#* :: }
	file=${rest%% :: *}; rest=${rest#* :: }
	expression=${rest% :: *}
	test=${rest##* :: }
	case " ${*:-$name} " in *" $name "*) seed "$name" "$file" "$expression" "$test" ;; esac
done < "$dir/seeds"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
