#!/bin/bash
# SPDX-License-Identifier: MIT
# Guests under soft-SNP in QEMU, as a user starts them: what they print, what
# soft-SNP counted, how they end; and every bad input, each with its one line.
set -u
cd "$(dirname "$0")/../.."
out=.build/image
mkdir -p $out
status=0
make -j2 all .build/stub.bz .build/svsm-measure >/dev/null || exit 1

say() { # 0 or 1, TEXT
	if [ "$1" = 0 ]; then echo "ok - $2"; else
		echo "not ok - $2"
		status=1
	fi
}

# boots TEXT EXIT LIMIT COMMAND...: its output is in $out/log
boots() {
	local text=$1 want=$2 limit=$3 start=$SECONDS got
	shift 3
	"$@" </dev/null >$out/raw 2>&1
	got=$?
	tr -d '\r' <$out/raw >$out/log
	[ $got = "$want" ]
	say $? "$text: exit status $want, is $got"
	[ $((SECONDS - start)) -le "$limit" ]
	say $? "$text: within $limit s, took $((SECONDS - start)) s"
	cp $out/log "$out/$(echo "$text" | tr -c 'a-zA-Z0-9\n' -).log"
}

prints() { # TEXT REGEX
	grep -q -E -- "$2" $out/log
	say $? "$1"
}

counter() { # NAME, as the table has it: the first number
	sed -n "s/^softsnp: *$1  *\([0-9][0-9]*\)$/\1/p" $out/log | head -n 1
}

counts() { # TEXT NAME TEST-OPERATOR NUMBER
	local n
	n=$(counter "$2")
	[ -n "$n" ] && [ "$n" "$3" "$4" ]
	say $? "$1: ${n:-no count} $3 $4"
}

linux() { # TEXT VMPL OPTIONS...
	local text=$1 vmpl=$2
	shift 2
	boots "$text" 0 90 make -s run "VMPL=$vmpl" "$@"
	prints "$text: the kernel says VMPL$vmpl" "SEV: SNP running at VMPL$vmpl\."
	prints "$text: init reads vmpl $vmpl" "^init: vmpl $vmpl$"
	prints "$text: init counts one CPU" "^init: nproc 1$"
	! grep -q -E 'cut here|Call Trace|BUG:' $out/log
	say $? "$text: nothing in dmesg to worry about"
	counts "$text: PVALIDATE calls served" "SVSM call 0.1 PVALIDATE" -gt 500
	counts "$text: two world switches in every call" "most VMPL switches in one" -eq 2
	[ "$(counter 'VMPL switches in them')" = $((2 * $(counter 'SVSM calls'))) ]
	say $? "$text: and in all of them together"
	counts "$text: nothing else asked of the hypervisor in a call" \
		"other VMGEXITs of VMPL0 in them" -eq 0
	counts "$text: page-table writes at VMPL0 in calls" "page-table writes at VMPL0 in calls" -eq 0
	counts "$text: page tables watched for that" "tables watched" -gt 3
}

stub() { # TEXT OPTIONS...
	local text=$1
	shift
	boots "$text" 0 10 make -s run GUEST=stub "$@"
	prints "$text: ends with its verdict" '^[0-9]+ passed, 0 failed$'
	# its checks count here one by one
	grep -E '^(ok|not ok) ' $out/log | sed "s/^\(ok\|not ok\) [0-9]*/\1/; s/ - / - $text: /"
	! grep -q '^not ok ' $out/log || status=1
}

linux "Linux at VMPL1" 1
linux "Linux at VMPL2" 2
linux "Linux, the SVSM below 4 GiB" 1 SVSM_GPA=0x90000000 SVSM_MEM=0x2000000
if [ -n "${QEMU10:-}" ]; then
	linux "Linux at VMPL1, $("$QEMU10" --version | sed 1q)" 1 "QEMU=$QEMU10"
fi
LA57=0 linux "Linux at VMPL3, C-bit 47" 3
prints "C-bit 47: soft-SNP says so" 'C-bit 47, 4-level'
stub "stub at VMPL1"
stub "stub at VMPL3" VMPL=3

# ---- bad input: one clear line, a status that is not 0 ----------------------

refused() { # TEXT STATUS REGEX COMMAND...
	local text=$1 want=$2 regex=$3
	shift 3
	boots "$text" "$want" 60 "$@"
	prints "$text: says why" "$regex"
}

image() { # IGVM MiB
	env IGVM="$1" MEM="${2:-512}" TIMEOUT=30 sim/softsnp/run.sh
}

make -s image >/dev/null
good=.build/svsm.igvm
head -c 100000 $good >$out/truncated.igvm
{ head -c 40 $good; printf '\377'; tail -c +42 $good; } >$out/corrupt.igvm
head -c 5000 /dev/urandom >$out/noise
printf '#!/bin/sh\necho "QEMU emulator version 6.2.0"\n' >$out/old-qemu
chmod +x $out/old-qemu

refused "no such kernel" 2 'no-such-kernel: no such file' make -s run KERNEL=no-such-kernel
refused "not a bzImage" 2 'not a bzImage' make -s run KERNEL=$out/noise
refused "no such initrd" 2 'no-such-initrd: no such file' make -s run INITRD=no-such-initrd
refused "bad guest VMPL" 2 'svsm-pack: .*VMPL|svsm-pack: .*vmpl' make -s run VMPL=4
refused "SVSM_GPA not aligned" 2 'svsm-pack: ' make -s run SVSM_GPA=0x90001000
refused "SVSM_GPA in guest RAM" 2 'svsm-pack: ' make -s run SVSM_GPA=0x10000000
refused "SVSM_MEM too small" 2 'svsm-pack: ' make -s run SVSM_MEM=0x200000
refused "kernel larger than memory" 2 'svsm-pack: ' make -s run MEM=32
refused "truncated IGVM" 2 'softsnp: ' image $out/truncated.igvm
refused "corrupt IGVM" 2 'softsnp: ' image $out/corrupt.igvm
refused "IGVM that is none" 2 'softsnp: ' image $out/noise
refused "image larger than memory" 2 'softsnp: ' image $good 64
refused "QEMU too old" 2 'QEMU 6.2 is too old' env QEMU=$out/old-qemu IGVM=$good sim/softsnp/run.sh
refused "no such QEMU" 2 'no such QEMU' env QEMU=no-such-qemu IGVM=$good sim/softsnp/run.sh
# The stub does on its command line's word what it otherwise never does.
stub_does() { # WORD
	make -s .build/stub.igvm "APPEND=$1" && cp .build/stub.igvm "$out/$1.igvm"
}
stub_does terminate
refused "a guest that terminates itself" 4 'terminates itself, set 0 code 0: [a-z]' image $out/terminate.igvm
stub_does reset
refused "a guest that resets" 3 'reset' image $out/reset.igvm
stub_does hang
refused "a guest that hangs" 5 'the guest hangs' env IGVM=$out/hang.igvm TIMEOUT=5 sim/softsnp/run.sh
make -s image >/dev/null
exit $status
