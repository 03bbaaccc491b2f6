#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs an image under soft-SNP in QEMU. Settings come from the environment:
#   SOFTSNP=  soft-SNP itself         IGVM=     the image
#   MEM=512   guest RAM, MiB          TIMEOUT=  seconds until "guest hangs"
#   QEMU=     the QEMU binary         ICOUNT=1  0: run without -icount
#   CPUS=1    vCPUs; more than one run without -icount
#   ALIAS=0   1: for firmware that leaves out C-bits
#   TRACE=0   1: a line for every exit
#   CALLS=0   1: a line for every SVSM call
#   INJECT=   a vector for VMPL0 of vCPU INJECT_CPU=, at its entry INJECT_AT= and INJECT_STEP=
#             instructions behind it, with INJECT_ERROR= and INJECT_TYPE=; all: each, one an entry;
#             INJECT_FORCE=1 past the rules of VMRUN
#   GDB=      a socket for GDB, which has to start it (debug.sh)
#   EVENTS=   a file to record the firmware's steps in, with RINGS=, the address of its rings
#   PAGES=0   1: the RMP's changes too
#   TURNS=0   1: the guest may say which vCPUs run, and what is lied about (turns.c)
#   LA57=1    0: no five-level tables, so that the C-bit is 47
# Exit status: 0 powered off, 1 QEMU failed, 2 bad input or QEMU too old,
# 3 reset, 4 stopped or terminated, 5 hangs.
set -u

SOFTSNP=${SOFTSNP:-.build/softsnp.elf32}
IGVM=${IGVM:-.build/svsm.igvm}
MEM=${MEM:-512}
TIMEOUT=${TIMEOUT:-300}
QEMU=${QEMU:-qemu-system-x86_64}
CPUS=${CPUS:-1}
ICOUNT=${ICOUNT:-1}
ALIAS=${ALIAS:-0}
TRACE=${TRACE:-0}
CALLS=${CALLS:-0}
LA57=${LA57:-1}
inject=
case ${INJECT:-} in
'') ;;
all) inject=" inject_all=1" ;;
*) inject=" inject=$INJECT inject_error=${INJECT_ERROR:-0} inject_type=${INJECT_TYPE:-8} inject_step=${INJECT_STEP:-0}" ;;
esac
[ -z "$inject" ] || inject="$inject inject_at=${INJECT_AT:-1} inject_cpu=${INJECT_CPU:-0} inject_force=${INJECT_FORCE:-0}"

refuse() {
	echo "run.sh: $*" >&2
	exit 2
}

command -v "$QEMU" >/dev/null 2>&1 || refuse "no such QEMU: $QEMU (set QEMU=)"
version=$("$QEMU" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
[ -n "$version" ] || refuse "$QEMU is no QEMU system emulator"
# shellcheck disable=SC2086
set -- $version
[ "$(($1 * 100 + $2))" -ge 702 ] || refuse "QEMU $1.$2 is too old: 7.2 or newer is needed"
[ -r "$SOFTSNP" ] || refuse "cannot read $SOFTSNP"
[ -r "$IGVM" ] || refuse "cannot read the image $IGVM"

# Low RAM for guests that fit under soft-SNP, with room for the SVSM's behind
# it; else 2 GiB of it, and above 4 GiB what the guest has more and the room.
case $MEM in
*[!0-9]* | '' | ???????*) refuse "MEM=$MEM is no number of MiB" ;;
esac
case $CPUS in
*[!0-9]* | '' | ???*) refuse "CPUS=$CPUS is no number of vCPUs" ;;
esac
[ "$CPUS" = 1 ] || ICOUNT=0
ram=2688
[ "$MEM" -le 1792 ] || ram=$((MEM + 1280))

address=phys-bits=52,+la57
[ "$LA57" = 1 ] || address=phys-bits=48
set --
[ -z "${GDB:-}" ] || set -- -S -chardev "socket,id=gdb,path=$GDB,server=on,wait=off" -gdb chardev:gdb
[ "$ICOUNT" = 0 ] || set -- "$@" -icount shift=0,sleep=off
# A run that is killed leaves the unfinished file, which is one all the same.
events=
if [ -n "${EVENTS:-}" ]; then
	events=$EVENTS.part
	: 2>/dev/null >"$events" || refuse "cannot write $events"
	set -- "$@" -chardev "file,id=events,path=$(printf '%s' "$events" | sed 's/,/,,/g')" \
		-device isa-debugcon,iobase=0xe9,chardev=events
fi
timeout --foreground "$TIMEOUT" "$QEMU" -M q35,smm=off -accel tcg -m "${ram}M" \
	-smp "$CPUS,sockets=1,cores=$CPUS,threads=1" \
	-cpu "EPYC,+svm,$address,+umip,-rdseed,-sha-ni,-fxsr-opt,-misalignsse,-3dnowprefetch,-osvw,-topoext,-nrip-save,-xsavec,-avx2,-avx,-f16c,-fma,-cx16" \
	-nodefaults -no-user-config -display none -serial stdio -no-reboot \
	-device isa-debug-exit,iobase=0xf4 "$@" \
	-kernel "$SOFTSNP" -initrd "$IGVM" \
	-append "mem=$MEM icount=$ICOUNT alias=$ALIAS cpus=$CPUS trace=$TRACE calls=$CALLS turns=${TURNS:-0}$inject${EVENTS:+ rings=$RINGS pages=${PAGES:-0}}"
status=$?
[ ! -e "$events" ] || mv "$events" "$EVENTS"
case $status in
33) exit 0 ;;
37) exit 2 ;;
39) exit 3 ;;
41) exit 4 ;;
124)
	echo "run.sh: the guest hangs: no end after $TIMEOUT s" >&2
	exit 5
	;;
*)
	echo "run.sh: QEMU ended with status $status" >&2
	exit 1
	;;
esac
