#!/bin/bash
# SPDX-License-Identifier: MIT
# The firmware's protections on the machine: a few bytes of the image are
# replaced so that it does what it never may, and it has to stop for the right
# reason. A line of TAP each. Needs the images: make image softsnp.
set -u
cd "$(dirname "$0")/../.."
out=.build/image/faults
failures=0
mkdir -p $out
make -s -j2 image softsnp .build/stub.igvm >/dev/null || exit

address() { # SYMBOL
	nm .build/svsm.elf | awk -v s="$1" '$3 == s { print "0x" $1 }'
}

bytes() { # little-endian 64-bit NUMBER as hex digits
	printf '%016x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'
}

write() { # FILE OFFSET HEX
	printf '%s' "$3" | sed 's/../\\x&/g' | xargs -0 printf '%b' |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

judge() { # NAME EXPECTED
	SOFTSNP=.build/softsnp.elf32 IGVM=$out/image.igvm TIMEOUT=60 sim/softsnp/run.sh \
		</dev/null 2>&1 | tr -d '\r' >"$out/log"
	if grep -q "terminates itself, set 14 code [0-9]*: $2\$" "$out/log"; then
		echo "ok - $1"
	else
		failures=1
		echo "not ok - $1"
		grep -E 'svsm:|softsnp: (stopped|the guest)' "$out/log" | sed 's/^/#   /'
	fi
}

fault() { # NAME FUNCTION CODE EXPECTED: the function begins with CODE
	local at base offset
	at=$(address "$2")
	read -r base offset < <(objdump -h .build/svsm.elf | awk '$2 == ".text" { print "0x" $4, "0x" $6 }')
	cp .build/svsm.elf $out/svsm.elf
	write $out/svsm.elf $((at - base + offset)) "$3"
	.build/svsm-pack --firmware $out/svsm.elf --start32 .build/start32.bin --kernel .build/stub.bz \
		--no-accept-ram -o $out/image.igvm >/dev/null || exit
	judge "$1" "$4"
}

features() { # NAME VALUE EXPECTED: SEV_FEATURES of VMPL0's save area, the file's last page
	cp .build/stub.igvm $out/image.igvm
	write $out/image.igvm $(($(stat -c %s .build/stub.igvm) - 4096 + 0x3b0)) "$(bytes "$2")"
	judge "$1" "$3"
}

# movabs $ADDRESS, %rax, and then
load() { printf '48b8%s488b00' "$(bytes "$1")"; }
store() { printf '48b8%s488900' "$(bytes "$1")"; }
jump() { printf '48b8%sffe0' "$(bytes "$1")"; }

window=$((0xffff800000000000))
guest=$((window + 0x20000))
svsm=$((window + 0x8000000000))

fault "an overrun stack ends in #DF" sm_main 50ebfd '#DF at VMPL0'
fault "an undefined instruction" sm_main 0f0b 'unexpected exception at VMPL0'
fault "CPUID" sm_main 0fa2 'unexpected #VC at VMPL0'
fault "a wild read" sm_main "$(load 0)" 'unexpected #PF at VMPL0'
fault "a non-canonical read" sm_main "$(load $((1 << 47)))" 'unexpected #GP at VMPL0'
fault "code is read-only" sm_main "$(store "$(address sm_main)")" 'unexpected #PF at VMPL0'
fault "constants are read-only" sm_main "$(store "$(address image_rodata)")" 'unexpected #PF at VMPL0'
fault "data is not executable" sm_main "$(jump "$(address image_data)")" 'unexpected #PF at VMPL0'
fault "page tables are read-only after boot" vcpu_run "$(store "$(address image_tables)")" \
	'unexpected #PF at VMPL0'
fault "guest memory needs an accessor" vcpu_run "$(load $guest)" 'unexpected #PF at VMPL0'
fault "guest memory is not executable" vcpu_run "$(jump $guest)" 'unexpected #PF at VMPL0'
fault "the image is in no window" vcpu_run "$(load $svsm)" 'unexpected #PF at VMPL0'
fault "memory that was not accepted" vcpu_run "$(load $((svsm + 0x8000000)))" \
	'an SVSM page lost its validation'
features "without restricted injection" 0x1 'a required SEV feature is off'
features "with an SEV feature it does not know" 0x409 'an unknown SEV feature is on'
exit $failures
