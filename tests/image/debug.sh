#!/bin/sh
# SPDX-License-Identifier: MIT
# GDB on the real image: the machine's states as svsm-state shows them, memory
# that only VMPL0 has, and a guest that runs to its end afterwards.
set -u
cd "$(dirname "$0")/../.." || exit
O=${O:-.build}
out=$O/image/debug
failed=0

.ci/prereq debug && make -s softsnp "$O/stub.igvm" || exit
rm -rf "$out"
mkdir -p "$out"
cat >"$out/commands" <<'END'
svsm-state
hbreak call_gate
continue
svsm-state
svsm-print v->call.rax
delete
hbreak core_query
continue
svsm-state
svsm-print v->at
python
try:
    gdb.execute('svsm-print *(unsigned long *)0')
except gdb.error as error:
    print(error)
end
delete
continue
END
SOFTSNP=$O/softsnp.elf32 IGVM=$O/stub.igvm TIMEOUT=120 sim/softsnp/debug.sh "$O/svsm.elf" \
	"$O/softsnp.elf" "$out/console" -batch -x "$out/commands" >"$out/log" 2>&1

check() { # NAME FILE PATTERN
	if grep -q -E -e "$3" "$2"; then
		echo "ok - debug: $1"
	else
		echo "not ok - debug: $1"
		sed 's/^/# /' "$out/log"
		failed=1
	fi
}
check "nothing has happened before the first instruction" "$out/log" '^no step was taken yet$'
check "a breakpoint with its line" "$out/log" '^Breakpoint 1, call_gate .* at sm/call.c:[0-9]+$'
check "the state at the gate" "$out/log" '^CPU 0  vCPU 0  vcpu: Guest  on EV_ENTERED '
check "the state while a query is served" "$out/log" '^CPU 0  vCPU 0  vcpu: Decode  on EV_QUERY '
check "a variable in VMPL0's memory" "$out/log" '^VCPU_DECODE$'
check "an address that VMPL0 has not" "$out/log" '^VMPL0 has nothing mapped at 0x0$'
check "the guest runs to its end" "$out/console" '^[1-9][0-9]* passed, 0 failed'
exit "$failed"
