#!/bin/bash
# SPDX-License-Identifier: MIT
# faults.sh [NAME...]: puts each fault of faults.txt into a copy of the tree,
# builds what it touches and runs the stub guest: the VM has to end as said.
# What is seen is the real image under soft-SNP, up to its termination code.
set -u
cd "$(dirname "$0")/../.."
root=$PWD
tree=.build/faults
failed=0

mkdir -p $tree
# Only what differs is copied, so that only that is built again; .ci/ keeps
# its times, by which make knows that the packages are built.
git ls-files | while read -r file; do
	cmp -s "$file" "$tree/$file" && continue
	mkdir -p "$tree/$(dirname "$file")"
	cp -p "$file" "$tree/$file"
	[ "${file#.ci/}" != "$file" ] || touch "$tree/$file"
done
(cd $tree && find . -name .build -prune -o -type f -printf '%P\n') | while read -r file; do
	[ -e "$file" ] || rm "$tree/$file"
done
cp -n .build/prereq.done $tree/ 2>/dev/null
cd $tree || exit 1

build() {
	make -s -j2 PKG="$root/.build/pkg" CACHE="$root/.build/none" warn=-w .build/softsnp.elf32 .build/stub.igvm
}

context='pa_t f[4]; extern void *frame_cpu(unsigned int); extern int frame_alloc(void *, pa_t *); '
context+='for (int i = 0; i < 4; i++) frame_alloc(frame_cpu(0), f + i); volatile char *c = cpu_map_context(255, f);'

# The boot CPU leaves the other one time to say its words: the guest has the same console.
first='s/^enum event \(boot_start_cpus\)(struct boot \*b)/enum event others_start(struct boot *b);\n'
first+='enum event \1(struct boot *b) { enum event ev = others_start(b); '
first+='for (volatile long i = 0; i < 30000000; i++); return ev; }\nenum event others_start(struct boot *b)/'

fault() { # NAME FILE SED REGEX
	local name=$1 file=$2 expression=$3 want=$4 cpus
	expression=${expression/CONTEXT/$context}
	[ "${expression#READY }" = "$expression" ] ||
		expression="s/^\tcpu_seal();/\tcpu_seal();\n\t${expression#READY }/"
	cpus=1
	[ "${expression#AP }" = "$expression" ] || {
		cpus=2
		expression="s/^\tvcpu_cpu_run();/\t${expression#AP }\n\tvcpu_cpu_run();/; $first"
	}
	cp "$file" fault.keep
	sed -i "$expression" "$file"
	if cmp -s "$file" fault.keep; then
		echo "not ok - $name: changes nothing in $file"
		failed=1
	elif ! build >fault.log 2>&1; then
		echo "not ok - $name: does not build"
		tail -n 3 fault.log | sed 's/^/#   /'
		failed=1
	else
		CPUS=$cpus TIMEOUT=30 sim/softsnp/run.sh </dev/null 2>&1 | tr -d '\r' >fault.log
		if grep -q -E "^(softsnp|svsm): .*($want)" fault.log; then
			echo "ok - fault $name: $want"
		else
			echo "not ok - fault $name: not $want"
			grep -m 3 -E '^(softsnp|svsm|run.sh): ' fault.log | sed 's/^/#   /'
			failed=1
		fi
	fi
	cp fault.keep "$file"
}

export IGVM=.build/stub.igvm
build || exit 1
while IFS= read -r line; do
	name=${line%% :: *}; rest=${line#* :: }
	file=${rest%% :: *}; rest=${rest#* :: }
	case " ${*:-$name} " in *" $name "*) fault "$name" "$file" "${rest% :: *}" "${rest##* :: }" ;; esac
done < <(grep ' :: ' tests/image/faults.txt | grep -v '^#')
exit $failed
