#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh DIR OUT [OPTION...]: OUT, an image of the guest whose main is in DIR, packed with
# these options. It is the stub guest with another main and no tests.
set -eu
dir=$1 out=$2
shift 2
O=${O:-.build}
cc=$(basename "${CC:-gcc}")
objects=$(for file in tests/guest/stub/*.c tests/guest/stub/*.S "$dir"/*.c; do
	case $file in */test_*.c | */stub/main.c) ;; *) echo "$O/stub-$cc/${file%.*}.o" ;; esac
done)
# shellcheck disable=SC2086
${MAKE:-make} -s --eval "$O/stub-$cc/$dir/%.o: common += -iquote tests" $objects \
	"$O/svsm-pack" "$O/svsm.elf" "$O/start32.bin" || exit
# shellcheck disable=SC2086
ld -nostdlib -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments \
	-T tests/guest/stub/stub.lds $objects -o "$out.elf"
objcopy -O binary "$out.elf" "$out.bz"
"$O/svsm-pack" --firmware "$O/svsm.elf" --start32 "$O/start32.bin" --kernel "$out.bz" "$@" \
	-o "$out" >"$out.text"
