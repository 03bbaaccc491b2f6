#!/bin/bash
# SPDX-License-Identifier: MIT
# Measures what has a target, and beside what: "name value unit target
# ok|MISS|info", one line each. Status 1 when a target is missed. The results
# and a plot of them are kept in .build/bench/. O= names another folder.
set -u
cd "$(dirname "$0")/../.." || exit
here=tests/bench
O=${O:-.build}
MAKE=${MAKE:-make}
CC=gcc
export O MAKE CC
out=$O/bench
results=$out/results

callgrind() { # instructions inside the allocators' functions
	local toggles=() function
	mkdir -p "$out/dumps"
	for function in empty_alloc empty_free frame_{alloc,free}{,_2m} bitmap_{get,put}; do
		toggles+=("--toggle-collect=$function")
	done
	valgrind --tool=callgrind --callgrind-out-file="$out/dumps/dump" --instr-atstart=no \
		--collect-atstart=no "${toggles[@]}" "$out/counts" || return
	find "$out/dumps" -name 'dump.*' | sort -V | xargs awk -f $here/callgrind.awk >>"$results"
}

host() { # PROGRAM: what prints its rows itself
	"$out/$1" >>"$results"
}

text() { # of the firmware's objects
	local name files
	for name in allocator:frame page:page; do
		files=$(printf '%s\n' mm/"${name#*:}"*.c | sed "s,^,$O/fw-$CC/,; s,c\$,o,")
		# shellcheck disable=SC2086
		$MAKE -s $files && size -A $files | awk -v name="${name%:*}" '
			/^\.text/ { bytes += $2 }
			END { print "text/" name, bytes, "bytes" }' >>"$results"
	done
}

# An image under soft-SNP: IMAGE MEM LOG
boot() {
	CALLS=1 SOFTSNP=$O/softsnp.elf32 IGVM=$1 MEM=$2 TIMEOUT=100 \
		sim/softsnp/run.sh </dev/null | tr -d '\r' >"$3"
	return "${PIPESTATUS[0]}"
}

counter() { # LOG TEXT: the number after it in soft-SNP's table, or nothing
	sed -n -E "s/^softsnp: *$2 +([0-9]+)\$/\1/p" "$1" | head -n 1
}

calls() { # requests of the bench guest
	tests/guest/build.sh tests/guest/bench "$out/guest.igvm" --no-accept-ram --mem 512M &&
		boot "$out/guest.igvm" 512 "$out/guest.log" &&
		grep -q '^1 passed, 0 failed$' "$out/guest.log" || return
	awk -f $here/image.awk "$out/guest.log" >>"$results"
}

before_guest() { # LOG: instructions to the first guest entry, less zeroing
	local all zeroing
	all=$(counter "$1" 'instructions to the first guest entry')
	zeroing=$(awk '/^softsnp: instructions to the first/ { getline; print $NF }' "$1")
	echo $((all - zeroing))
}

stub() {
	local mem net=()
	for mem in 1024 2048 4096; do
		$MAKE -s "$O/stub.igvm" MEM=$mem && boot "$O/stub.igvm" $mem "$out/stub-$mem.log" || return
		net+=("$(before_guest "$out/stub-$mem.log")")
		echo "boot/stub/${mem}MiB ${net[-1]} instr" >>"$results"
	done
	echo "boot/stub-difference $((net[2] - net[0])) instr" >>"$results"
}

# A guest of which all memory is accepted before its entry: what 512 MiB more cost.
direct() {
	local mem net=()
	for mem in 512 1024; do
		tests/guest/build.sh tests/guest/bench "$out/direct.igvm" --mem ${mem}M &&
			boot "$out/direct.igvm" $mem "$out/direct-$mem.log" || return
		net+=("$(before_guest "$out/direct-$mem.log")")
	done
	awk -v few="${net[0]}" -v many="${net[1]}" 'BEGIN {
		printf "boot/direct/by-2MiB %.2f instr\n", (many - few) / 256
	}' >>"$results"
}

linux() {
	local part
	$MAKE -s "$O/linux.igvm" MEM=512 && boot "$O/linux.igvm" 512 "$out/linux.log" || return
	echo "linux/boot-less-zeroing $(before_guest "$out/linux.log") instr" >>"$results"
	for part in boot service; do
		echo "linux/$part $(counter "$out/linux.log" "instructions at VMPL0, $part") instr" >>"$results"
	done
}

plot() {
	awk -f $here/plot.awk "$results" >"$O/bench.svg"
}

.ci/prereq bench || exit
rm -rf "$out"
mkdir -p "$out"
: >"$results"
step() { # WHAT COMMAND...: the failed step's rows are then missing, which is a MISS
	local start=$SECONDS
	"${@:2}" >"$out/log" 2>&1 || sed "s/^/# $1: /" "$out/log"
	echo "# $1: $((SECONDS - start)) s"
}
step "building" $here/build.sh "$out"
step "instructions, by callgrind" callgrind
step "locked instructions" host locked-count
step "tables" host tables
step "lines that vCPUs share" host lines
step "throughput" host throughput
step "text" text
# Both libraries are loaded late and want thread-local memory.
GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384 step "time" host time
step "building images" "$MAKE" -s -j2 softsnp "$O/stub.igvm"
step "requests" calls
step "boot of the stub guest" stub
step "direct boot" direct
step "Linux" linux
step "plot" plot
echo "# Instructions are those inside the allocator's functions, less those of two empty functions a pair."
echo "# Time is CPU time, as a ratio: below 1 ours is faster. jemalloc and mimalloc are general allocators."
awk -f $here/report.awk $here/targets.txt "$results"
