#!/bin/bash
# SPDX-License-Identifier: MIT
# Checks of the tree and of what it compiles to. One TAP line each.
set -u
cd "$(dirname "$0")/../.."
out=.build
status=0

check() { # TEXT COMMAND...: the command's output says what is wrong
	local text=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "ok - $text"
	else
		echo "not ok - $text"
		printf '%s\n' "$said" | head -20 | sed 's/^/#   /'
		status=1
	fi
}

none() { # succeeds when nothing was found
	local found
	found=$(cat)
	[ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

sources() {
	git ls-files -- "$@" | grep -v '^gen/'
}

top_level() {
	git ls-tree --name-only HEAD |
		grep -v -x -E 'GNUmakefile|sm|cpu|mm|ghcb|gen|include|tests|sim|README\.md|LICENSE|\..*' | none
}

long_files() {
	sources '*.c' '*.h' '*.rl' '*.S' '*.sh' '*.awk' GNUmakefile | xargs wc -l |
		awk '$2 != "total" && $1 > 400' | none
}

spdx() {
	sources '*.c' '*.h' '*.S' '*.rl' '*.sh' '*.awk' '*.lds' GNUmakefile |
		xargs grep -L 'SPDX-License-Identifier: MIT' | none
}

machine_paths() {
	git grep -n -I -E "(^|[\" '=])(/work|/root|/home)/|deb\.debian\.org|registry\.npmjs" -- . \
		':!tests/seam/run.sh' | none
}

# asm belongs to cpu/, and to what is a machine or a guest of its own; part.c changes stacks
stray_asm() {
	sources sm mm ghcb include sim/snp sim/host sim/launch | grep -E '\.(c|h|S)$' |
		grep -v '^sim/host/part\.c$' | xargs grep -n -w -E 'asm|__asm__' | none
}

stray_includes() {
	sources '*.c' '*.h' '*.S' '*.rl' | xargs grep -n '#include "\.\./' | none
}

firmware_ifdefs() {
	sources sm mm ghcb cpu | grep -E '\.(c|h)$' | xargs grep -n -E '^#\s*(ifdef|ifndef|if)\b' | none
}

open_ends() {
	git grep -n -w -E 'TODO|FIXME|XXX' -- '*.c' '*.h' '*.S' '*.rl' '*.sh' ':!tests/seam/run.sh' | none
}

indirect_jumps() { # DIRECTORY of objects
	find "$1"/sm "$1"/gen "$1"/mm "$1"/ghcb -name '*.o' -print0 |
		xargs -0 objdump -d | grep -E '\b(jmp|call)q? +\*' | none
}

vector_registers() {
	objdump -d $out/svsm.elf | grep -E '%[xyz]mm|%st\b|%mm[0-7]' | none
}

cpuid_instruction() {
	objdump -d --no-show-raw-insn $out/svsm.elf | grep -E '\scpuid\b' | none
}

writable_code() {
	readelf -lW $out/svsm.elf | grep -E '^ +LOAD.* RWE ' | none
}

model_in_image() {
	nm $out/svsm.elf | grep -E ' [TDB] snp_' | none
}

regenerated() {
	rm -rf $out/regen
	cp -r gen $out/regen
	sm/gen.sh $out/regen || return
	diff -r -q --exclude='*.svg' gen $out/regen || return
	# a drawing's bytes are graphviz's affair: it names the graph it is of
	for svg in gen/*.svg; do
		[ "$(tail -n 1 "$svg")" = "$(tail -n 1 "$out/regen/${svg##*/}")" ] || return
	done
}

formatted() {
	sources '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

tidy() {
	make -s tidy
}

two_compilers() {
	make -j2 CC=clang O=$out/clang firmware softsnp $out/clang/stub.bz $out/clang/svsm-pack
}

documented() {
	make -s doc
}

make -j2 all $out/stub.bz >/dev/null || exit 1
check "only the design card's names at the top" top_level
check "no file over 400 lines" long_files
check "every file names its licence" spdx
check "no path of a machine, no registry host" machine_paths
check "asm only where the machine is" stray_asm
check "no include leaves its folder" stray_includes
check "no #if in the firmware" firmware_ifdefs
check "no TODO" open_ends
check "folders need only lower folders" tests/seam/layers.sh $out/fw-gcc
check "no indirect jump or call in sm, gen, mm, ghcb" indirect_jumps $out/fw-gcc
check "no x87, MMX or SSE register in the image" vector_registers
check "no CPUID instruction in the image" cpuid_instruction
check "no segment both writable and executable" writable_code
check "nothing of the model in the image" model_in_image
check "gen/ is what sm/*.rl make, and the lint agrees" regenerated
check "the lint refuses bad machines" tests/seam/lint.sh
check "clang compiles everything" two_compilers
check "no indirect jump or call, clang" indirect_jumps $out/clang/fw-clang
check "clang-format" formatted
check "clang-tidy" tidy
check "Doxygen without warnings" documented
exit $status
