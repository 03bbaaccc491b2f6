/* SPDX-License-Identifier: MIT */
/* The gate and the reply: what is read when, and what a guest gets back. [svsm 3] */
#include <snp/host.h>
#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include "test.h"

#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static uint64_t vmsa;

static void ready(void)
{
	host_new(1);
	vmsa = host.vcpu->vmsa.raw;
	host_serve(EV_START);
}

static unsigned int find(enum host_kind kind, unsigned int offset, uint64_t argument,
			 unsigned int from)
{
	unsigned int at = host_log_find(kind, vmsa + offset, argument, from);

	check(at != HOST_LOG);
	return at;
}

declare_test(call_results)
{
	static const struct {
		uint64_t rax, rcx, result, rcx_out;
	} rows[] = {
		{ 6, 1, SVSM_SUCCESS, 1ULL << 32 | 1 },
		{ 6, 0, SVSM_SUCCESS, 0 },
		{ 6, 2, SVSM_SUCCESS, 0 },
		{ 6, 1ULL << 32 | 1, SVSM_SUCCESS, 0 }, /* attestation: not served yet */
		{ 6, 2ULL << 32 | 1, SVSM_SUCCESS, 0 },
		{ 6, ~0ULL, SVSM_SUCCESS, 0 },
		{ 7, 1, SVSM_SUCCESS, 0 },
		{ 7, 0, SVSM_ERR_INVALID_REQUEST, 0 },
		{ 7, 0x20, SVSM_ERR_INVALID_PARAMETER, 0x20 },
		{ 2, 0x77, SVSM_ERR_INVALID_PARAMETER, 0x77 },
		{ 3, 0x77, SVSM_ERR_INVALID_PARAMETER, 0x77 },
		{ 4, 0x77, SVSM_ERR_INVALID_PARAMETER, 0x77 },
		{ 5, 0x77, SVSM_ERR_INVALID_PARAMETER, 0x77 },
		{ 8, 0x77, SVSM_ERR_UNSUPPORTED_CALL, 0x77 },
		{ 1ULL << 32, 0x77, SVSM_ERR_UNSUPPORTED_PROTOCOL, 0x77 },
		{ ~0ULL, 0x77, SVSM_ERR_UNSUPPORTED_PROTOCOL, 0x77 },
	};

	ready();
	for (unsigned int i = 0; i < ROWS(rows); i++) {
		/* All 64 bits: Linux compares them. */
		check_eq((uint64_t)i << 32 | host_call(rows[i].rax, rows[i].rcx),
			 (uint64_t)i << 32 | rows[i].result);
		check_eq(host_get(VMSA_RCX), rows[i].rcx_out);
		check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 0);
	}
}

/* Nothing but RAX, RCX and EFER of the save area is ever written, and EFER is as before. */
declare_test(call_leaves_the_rest)
{
	uint8_t before[PAGE_4K], after[PAGE_4K];

	ready();
	host_set(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_set(VMSA_RDX, 0x1111);
	host_set(VMSA_R8, 0x2222);
	host_set(VMSA_R9, 0x3333);
	memcpy(before, host_page(vmsa), sizeof(before));
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	memcpy(after, host_page(vmsa), sizeof(after));
	memset(before + VMSA_RAX, 0, 8);
	memset(after + VMSA_RAX, 0, 8);
	memset(before + VMSA_RCX, 0, 8);
	memset(after + VMSA_RCX, 0, 8);
	check(memcmp(before, after, sizeof(before)) == 0);
}

/* Freeze, then look; answer, clear the flag, and let it run last. */
declare_test(order_svme_first_and_last)
{
	unsigned int cas, pending, reason, rcx, rax, rcx_out, cleared, thaw, enter;
	uint64_t efer;

	ready();
	efer = host_get(VMSA_EFER);
	check((efer & EFER_SVME) != 0);
	host_call(SVSM_CORE_QUERY_PROTOCOL, 1);
	cas = find(HOST_CAS, VMSA_EFER, efer & ~EFER_SVME, 0);
	check_eq(cas, 1); /* after the load of EFER, before everything else */
	pending = host_log_find(HOST_LOAD, HOST_CA, 1, 0);
	reason = find(HOST_LOAD, VMSA_EXITCODE, ~0ULL, 0);
	rcx = find(HOST_LOAD, VMSA_RCX, ~0ULL, 0);
	check(cas < pending && pending < reason && reason < rcx);
	rax = find(HOST_STORE, VMSA_RAX, SVSM_SUCCESS, rcx);
	rcx_out = find(HOST_STORE, VMSA_RCX, 1ULL << 32 | 1, rcx);
	cleared = host_log_find(HOST_STORE, HOST_CA, 0, 0);
	thaw = find(HOST_STORE, VMSA_EFER, efer, 0);
	enter = host.ops - 1;
	check_eq(host.log[enter].kind, HOST_VMGEXIT);
	check(rax < cleared && rcx_out < cleared && cleared < thaw);
	check_eq(thaw, enter - 1);
}

/* Each register is read once: what was checked is what is used. */
declare_test(call_registers_read_once)
{
	static const unsigned int registers[] = { VMSA_RAX, VMSA_RCX, VMSA_RDX, VMSA_R8, VMSA_R9 };

	ready();
	host_call(SVSM_CORE_QUERY_PROTOCOL, 1);
	for (unsigned int i = 0; i < ROWS(registers); i++) {
		unsigned int at = find(HOST_LOAD, registers[i], ~0ULL, 0);

		check_eq(host_log_find(HOST_LOAD, vmsa + registers[i], ~0ULL, at + 1), HOST_LOG);
	}
}

/* The hypervisor enters VMPL0 unasked: nothing changes. */
static void spurious(uint8_t pending, uint64_t exit_code)
{
	uint8_t before[PAGE_4K];

	host_page(HOST_CA)[SVSM_CA_PENDING] = pending;
	host_set(VMSA_RAX, SVSM_CORE_QUERY_PROTOCOL);
	host_set(VMSA_EXITCODE, exit_code);
	memcpy(before, host_page(vmsa), sizeof(before));
	host_serve(EV_ENTERED);
	check(memcmp(before, host_page(vmsa), sizeof(before)) == 0);
	check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], pending);
}

declare_test(call_spurious_entry)
{
	ready();
	spurious(0, EXIT_VMGEXIT);
	spurious(1, 0x400);
	spurious(1, 0);
	spurious(1, ~0ULL);
	spurious(0, 0x72);
	spurious(2, 0x72);
}

declare_test(call_pending_reserved_values)
{
	ready();
	for (unsigned int value = 2; value < 256; value++) {
		host_page(HOST_CA)[SVSM_CA_PENDING] = (uint8_t)value;
		host_set(VMSA_RAX, SVSM_CORE_QUERY_PROTOCOL);
		host_set(VMSA_RCX, 0x77);
		host_set(VMSA_EXITCODE, EXIT_VMGEXIT);
		host_serve(EV_ENTERED);
		check_eq(host_get(VMSA_RAX), SVSM_ERR_INVALID_FORMAT);
		check_eq(host_get(VMSA_RCX), 0x77);
		check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 0);
	}
}

/* The save area is being run while VMPL0 was entered: EFER changes under the gate. */
static uint32_t change_efer(const struct host_op *op)
{
	if (op->kind == HOST_CAS && op->gpa == vmsa + VMSA_EFER)
		host_set(VMSA_EFER, host_get(VMSA_EFER) ^ 1);
	return 0;
}

declare_test(call_running_elsewhere)
{
	uint64_t efer;

	ready();
	host.hook = change_efer;
	efer = host_get(VMSA_EFER);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_CORE_QUERY_PROTOCOL);
	check_eq(host_get(VMSA_EFER), efer ^ 1);
	check_eq(host_page(HOST_CA)[SVSM_CA_PENDING], 1);
	check_eq(host_log_count(HOST_STORE), 0);
}

/* A guest that has its own calling area taken away hurts nobody but itself. */
declare_test(call_ca_taken_away)
{
	ready();
	check(snp_page_state(&host.snp, HOST_CA, false, false));
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_CORE_QUERY_PROTOCOL);
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_CORE_QUERY_PROTOCOL);
	check((host_get(VMSA_EFER) & EFER_SVME) != 0);
}

static uint32_t take_ca_before_reply(const struct host_op *op)
{
	return op->kind == HOST_STORE && op->gpa == HOST_CA ? HW_FAULT : 0;
}

declare_test(call_ca_taken_away_at_reply)
{
	ready();
	host.hook = take_ca_before_reply;
	check_eq(host_call(SVSM_CORE_QUERY_PROTOCOL, 1), SVSM_SUCCESS);
	check((host_get(VMSA_EFER) & EFER_SVME) != 0);
}

static void query(void)
{
	host_call(SVSM_CORE_QUERY_PROTOCOL, 1);
}

/* The save area is the SVSM's memory: who takes it away ends the VM, with a reason. */
declare_test(call_vmsa_taken_away)
{
	ready();
	host_fail(HOST_CAS, 1, HW_FAULT);
	check_eq(host_stops(query), REASON_UNVALIDATED);
	check_eq(host.detail, vmsa);
}

declare_test(call_vmsa_taken_away_at_registers)
{
	ready();
	host_fail(HOST_LOAD, 3, HW_FAULT); /* EFER, CALL_PENDING */
	check_eq(host_stops(query), REASON_UNVALIDATED);
	check_eq(host.detail, vmsa);
}

/* Everything written by then is RAX; the save area stays frozen. */
declare_test(call_vmsa_taken_away_at_reply)
{
	ready();
	host_fail(HOST_STORE, 1, HW_FAULT);
	check_eq(host_stops(query), REASON_UNVALIDATED);
	check_eq(host.detail, vmsa);
	check((host_get(VMSA_EFER) & EFER_SVME) == 0);
}

declare_test(call_vmsa_taken_away_before)
{
	ready();
	host_fail(HOST_LOAD, 1, HW_FAULT);
	check_eq(host_stops(query), REASON_UNVALIDATED);
}
