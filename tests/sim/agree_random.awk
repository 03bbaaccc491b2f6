# SPDX-License-Identifier: MIT
# awk -v seed=N -f agree_random.awk: a scenario of calls by two vCPUs, some of them in the middle of
# another's. Its results are not known yet: SUCCESS stands for all of them.

function any(n) {
	return int(rand() * n)
}

function one_of(words,    w, n) {
	n = split(words, w, " ")
	return w[1 + any(n)]
}

function entry(what) {
	if (what == "lend")
		return one_of("0x16000 0x17000 0x18000 0x12000 0x11000 0x201000") " 4K lend"
	if (any(4) == 0)
		return one_of("0x200000 0x400000 0x600000") " 2M " one_of("validate rescind") (any(2) ? "" : " ignore-cf")
	return one_of("0x12000 0x12000 0x16000 0x16000 0x17000 0x10000 0x11000 0x13000 0x15000 0x200000 0x201000 " \
		"0x400000 0x401000 0x7ff000 0x8000001000") " 4K " one_of("validate rescind") (any(2) ? "" : " ignore-cf")
}

# A call without its result; lists are in memory before it.
function call(cpu,    what, list, n, text) { # entries: of the list
	what = one_of("PVALIDATE PVALIDATE PVALIDATE PVALIDATE DEPOSIT_MEM CREATE_VCPU CREATE_VCPU DELETE_VCPU " \
		"WITHDRAW_MEM QUERY_PROTOCOL REMAP_CA CONFIGURE_VTOM 99")
	list = cpu == 0 ? "0x11000" : "0x15000"
	if (what == "PVALIDATE" || what == "DEPOSIT_MEM") {
		entries = entry(what == "PVALIDATE" ? "" : "lend")
		for (n = any(4); n > 0; n--)
			entries = entries ", " entry(what == "PVALIDATE" ? "" : "lend")
		print "list " list ": " entries
		return what " rcx " list
	}
	if (what == "CREATE_VCPU") {
		text = one_of("0x18000 0x1a000 0x18000 0x16000")
		print "vmsa " text
		return what " rcx " text " rdx " one_of("0x19000 0x1b000 0x17000 0x200000") " r8 " one_of("0 0 0 5")
	}
	if (what == "DELETE_VCPU")
		return what " rcx " one_of("0x18000 0x1a000 0x16000 0x12000")
	if (what == "WITHDRAW_MEM")
		return what " rcx " one_of("0x1c000 0x1c000 0x13000 0x200000")
	if (what == "REMAP_CA")
		return what " rcx " (cpu == 0 ? one_of("0x1d000 0x10000 0x14000 0x12008") : one_of("0x1e000 0x14000 0x10000"))
	return what " rcx " any(3)
}

# Behind an instruction that another operation of the seam follows at once: what is between is the
# model's before the other vCPU's turn, and the image's after it. So not behind the last of a run.
function advance(cpu, text) {
	if (text ~ /^CREATE/)
		print "advance cpu " cpu " past flush"
	else if (text !~ /^(PVALIDATE|DEPOSIT_MEM)/ || entries ~ / 2M /)
		return
	else if (entries !~ /rescind|lend/)
		print "advance cpu " cpu " past pvalidate"
	else if (entries !~ /validate/)
		print "advance cpu " cpu " past rmpadjust " 1 + any(2)
}

BEGIN {
	srand(seed)
	# One that undoes something may not fail: the guest would lose the page, and the invariants say so.
	fails = one_of("pvalidate rmpadjust none none")
	print "machine vmpl " 1 + any(3) " cpus 2"
	if (any(2) == 0)
		print "page 0x400000 2M " one_of("given split shared")
	frames = one_of("used none some some some some")
	if (frames != "some")
		print "frames " frames
	if (frames == "none") {
		print "list 0x11000: 0x12000 4K lend, 0x16000 4K lend, 0x17000 4K lend, 0x1f000 4K lend"
		print "call cpu 0 DEPOSIT_MEM rcx 0x11000 -> SUCCESS"
	}
	print "vmsa 0x13000"
	print "call cpu 0 CREATE_VCPU rcx 0x13000 rdx 0x14000 r8 1 -> SUCCESS"
	print "start cpu 1 vmsa 0x13000 ca 0x14000"
	for (n = 12 + any(14); n > 0; n--) {
		cpu = any(2)
		if (fails != "none" && any(3) == 0)
			print "fail " fails " " 1 + any(2) " " \
				one_of("FAIL_INPUT FAIL_INUSE FAIL_SIZEMISMATCH FAULT")
		text = call(cpu)
		if (fails == "none" && any(2) == 0) {
			print "begin cpu " cpu " " text
			advance(cpu, text)
			text = call(1 - cpu)
			print "call cpu " 1 - cpu " " text " -> SUCCESS"
			print "finish cpu " cpu " -> SUCCESS"
		} else
			print "call cpu " cpu " " text " -> SUCCESS"
		if (any(3) == 0)
			print "access cpu " any(2) " " one_of("read write") " " \
				one_of("0x12000 0x16000 0x17000 0x18000 0x200000 0x201000 0x400000 0x600000") " -> yes"
	}
}
