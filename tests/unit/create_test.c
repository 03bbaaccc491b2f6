/* SPDX-License-Identifier: MIT */
/* CREATE_VCPU and DELETE_VCPU [svsm 6.2, 6.3]: each check, each undo, and what becomes of the page.
 */
#include "pv.h"

#include <svsm/deposit.h>
#include <svsm/vmsa.h>

#define NEW_VMSA (HOST_LIST + 2 * PAGE_4K)
#define NEW_CA (HOST_LIST + 3 * PAGE_4K)
#define OTHER (HOST_LIST + 4 * PAGE_4K)

static void put(uint64_t page, unsigned int offset, uint64_t value)
{
	memcpy(host_page(page) + offset, &value, sizeof(value));
}

static void build(uint64_t vmsa)
{
	const struct vmsa_guest guest = { .vmpl = (uint8_t)host.vmpl };

	vmsa_build(host_page(vmsa), &guest);
}

static uint32_t create(uint64_t vmsa, uint64_t ca, uint64_t apic_id)
{
	host_set(VMSA_RDX, ca);
	host_set(VMSA_R8, apic_id);
	return (uint32_t)host_call(SVSM_CORE_CREATE_VCPU, vmsa);
}

static uint32_t delete (uint64_t vmsa)
{
	return (uint32_t)host_call(SVSM_CORE_DELETE_VCPU, vmsa);
}

static void ready(unsigned int vmpl)
{
	pv_ready(vmpl);
	build(NEW_VMSA);
}

static void check_ordinary(uint64_t page)
{
	check_eq(pv_state(page), PAGE_GUEST);
	check_eq(pv_rmp(page)->vmsa, 0);
	check(host_guest_may(page, SNP_WRITE) && host_guest_may(page, SNP_READ));
}

static void makes_a_save_area(unsigned int vmpl)
{
	ready(vmpl);
	check_eq(create(NEW_VMSA, NEW_CA, HOST_APIC_ID), SVSM_SUCCESS);
	check_eq(pv_state(NEW_VMSA), PAGE_USED);
	check_eq(pv_state(NEW_CA), PAGE_USED);
	check_eq(pv_rmp(NEW_VMSA)->vmsa, 1);
	check(host_guest_may(NEW_VMSA, SNP_READ) && !host_guest_may(NEW_VMSA, SNP_WRITE));
	for (unsigned int v = 1; v <= 3; v++)
		check_eq(pv_rmp(NEW_VMSA)->perm[v], v <= vmpl ? PERM_R : 0);
	check(host_guest_may(NEW_CA, SNP_WRITE));
	check(vcpu_owns(pa(NEW_VMSA), SIZE_4K) && vcpu_owns(pa(NEW_CA), SIZE_4K));
	check_eq(pv_one(R4(NEW_VMSA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(pv_one(R4(NEW_CA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_ordinary(NEW_VMSA);
	check_ordinary(NEW_CA);
	check_eq(delete (NEW_VMSA), SVSM_ERR_INVALID_PARAMETER);
}

declare_test(create_makes_a_save_area_vmpl1)
{
	makes_a_save_area(1);
}

declare_test(create_makes_a_save_area_vmpl3)
{
	makes_a_save_area(3);
}

declare_test(create_addresses_refused)
{
	static const struct {
		uint64_t vmsa, ca, apic_id;
		uint32_t result;
	} rows[] = {
		{ NEW_VMSA + 8, NEW_CA, 0, SVSM_ERR_INVALID_PARAMETER },
		{ NEW_VMSA, NEW_CA + 8, 0, SVSM_ERR_INVALID_PARAMETER },
		{ 0x200000, NEW_CA, 0, SVSM_ERR_INVALID_PARAMETER },
		{ NEW_VMSA, NEW_CA, 1, SVSM_ERR_INVALID_PARAMETER },
		{ NEW_VMSA, NEW_CA, 0xffffffff, SVSM_ERR_INVALID_PARAMETER },
		{ NEW_VMSA, NEW_VMSA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ NEW_VMSA, HOST_CA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_CA, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_SVSM_GPA + PAGE_4K, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ NEW_VMSA, HOST_SVSM_GPA + PAGE_4K, 0, SVSM_ERR_INVALID_ADDRESS },
		{ 0x201000, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS }, /* not validated */
		{ NEW_VMSA, 0x201000, 0, SVSM_ERR_INVALID_ADDRESS },
		{ HOST_HOLE, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ ~0xfffULL, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS },
		{ NEW_VMSA | 1ULL << 51, NEW_CA, 0, SVSM_ERR_INVALID_ADDRESS },
	};

	ready(1);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_eq(i << 8 | create(rows[i].vmsa, rows[i].ca, rows[i].apic_id),
			 i << 8 | rows[i].result);
		check_ordinary(NEW_VMSA);
		check_ordinary(NEW_CA);
	}
	/* Bits that have no meaning. */
	check_eq(create(NEW_VMSA, NEW_CA, 1ULL << 32 | HOST_APIC_ID), SVSM_SUCCESS);
	build(OTHER);
	check_eq(create(OTHER, NEW_VMSA, 0), SVSM_ERR_INVALID_ADDRESS);
	check_eq(create(NEW_VMSA, OTHER, 0), SVSM_ERR_INVALID_ADDRESS);
	check_ordinary(OTHER);
}

declare_test(create_fields_refused)
{
	static const struct {
		unsigned int offset;
		uint64_t value;
	} rows[] = {
		{ VMSA_VMPL - 2, 0 },
		{ VMSA_VMPL - 2, 2ULL << 16 },
		{ VMSA_VMPL - 2, 0x81ULL << 16 },
		{ VMSA_EFER, 0 },
		{ VMSA_EFER, ~EFER_SVME },
		{ VMSA_SEV_FEATURES, 0 },
		{ VMSA_SEV_FEATURES, SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION },
		{ VMSA_SEV_FEATURES, SEV_SNP_ACTIVE | 2 },
		{ VMSA_SEV_FEATURES, SEV_SNP_ACTIVE | 1ULL << 62 },
	};

	ready(1);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		build(NEW_VMSA);
		put(NEW_VMSA, rows[i].offset, rows[i].value);
		check_eq(i << 8 | create(NEW_VMSA, NEW_CA, 0), i << 8 | SVSM_ERR_INVALID_PARAMETER);
		check_ordinary(NEW_VMSA);
		check_ordinary(NEW_CA);
	}
}

/* S4: what was checked can no longer be changed: revoked and flushed before the first look. */
declare_test(create_flushes_before_it_looks)
{
	unsigned int revoked, flushed, looked;

	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	revoked = host_log_find(HOST_RMPADJUST, NEW_VMSA, HOST_ADJUST(3, PERM_NONE, 0), 0);
	flushed = host_log_find(HOST_FLUSH, 0, ~0ULL, revoked);
	looked = host_log_find(HOST_LOAD, NEW_VMSA + VMSA_EFER, ~0ULL, 0);
	check(revoked < flushed && flushed < looked && looked < HOST_LOG);
	check(host_log_find(HOST_RMPADJUST, NEW_VMSA, HOST_ADJUST(1, PERM_R, 1), looked) !=
	      HOST_LOG);
}

/* Linux makes the new vCPU of a CPU with the old one's calling area, then deletes the old one. */
declare_test(create_inherits_the_area)
{
	ready(1);
	build(OTHER);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	check_eq(create(OTHER, NEW_CA, 0), SVSM_SUCCESS);
	check(vcpu_owns(pa(NEW_CA), SIZE_4K));
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_ordinary(NEW_VMSA);
	check_eq(pv_state(NEW_CA), PAGE_USED);
	check_eq(pv_one(R4(NEW_CA)), SVSM_ERR_INVALID_ADDRESS);
	check_eq(delete (OTHER), SVSM_SUCCESS);
	check_ordinary(OTHER);
	check_ordinary(NEW_CA);
}

/* It stays with the older one when the newer one cannot be made. */
declare_test(create_inherits_only_at_the_end)
{
	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	check_eq(create(OTHER, NEW_CA, 0), SVSM_ERR_INVALID_PARAMETER);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_ordinary(NEW_CA);
	check_ordinary(OTHER);
}

/* Of another CPU's vCPU it is an address like any other of the SVSM's. */
declare_test(create_inherits_from_its_own_cpu)
{
	host_new_cpus(1, 2);
	host_serve(EV_START);
	build(NEW_VMSA);
	build(OTHER);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	check_eq(create(OTHER, NEW_CA, 1), SVSM_ERR_INVALID_ADDRESS);
	check_ordinary(OTHER);
}

declare_test(create_undone)
{
	static const struct {
		enum host_kind kind;
		unsigned int nth;
		uint32_t code, result;
	} rows[] = {
		{ HOST_RMPADJUST, 1, RMP_FAIL_INPUT, SVSM_ERR_RMP + RMP_FAIL_INPUT },
		{ HOST_RMPADJUST, 3, RMP_FAIL_PERMISSION, SVSM_ERR_RMP + RMP_FAIL_PERMISSION },
		{ HOST_RMPADJUST, 4, HW_FAULT, SVSM_ERR_RMP_OTHER },
		{ HOST_RMPADJUST, 4, RMP_FAIL_SIZEMISMATCH, SVSM_ERR_RMP + RMP_FAIL_SIZEMISMATCH },
	};

	ready(2);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		host_fail(rows[i].kind, rows[i].nth, rows[i].code);
		check_eq(i << 8 | create(NEW_VMSA, NEW_CA, 0), i << 8 | rows[i].result);
		check_ordinary(NEW_VMSA);
		check_ordinary(NEW_CA);
		check_eq(pv_rmp(NEW_VMSA)->perm[1] & pv_rmp(NEW_VMSA)->perm[2], 0xf);
	}
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
}

/* Nothing is left behind: more often than there are slots. */
declare_test(create_undone_for_ever)
{
	ready(1);
	for (unsigned int i = 0; i < VCPU_SLOTS + 8; i++) {
		host_fail(HOST_RMPADJUST, 4, RMP_FAIL_INPUT);
		check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_ERR_RMP + RMP_FAIL_INPUT);
	}
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
}

declare_test(delete_gives_all_rights)
{
	ready(3);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	for (unsigned int vmpl = 1; vmpl <= 3; vmpl++)
		check_eq(pv_rmp(NEW_VMSA)->perm[vmpl], 0xf);
}

declare_test(delete_refused)
{
	ready(1);
	check_eq(delete (host.vcpu->vmsa.raw),
		 SVSM_ERR_INVALID_PARAMETER); /* S11: the startup one */
	check_eq(delete (NEW_VMSA), SVSM_ERR_INVALID_PARAMETER);
	check_eq(delete (NEW_VMSA + 1), SVSM_ERR_INVALID_PARAMETER);
	check_eq(delete (0), SVSM_ERR_INVALID_PARAMETER);
	check_eq(delete (HOST_CA), SVSM_ERR_INVALID_PARAMETER);
	check_eq(delete (HOST_SVSM_GPA), SVSM_ERR_INVALID_PARAMETER);
	check_ordinary(NEW_VMSA);
}

declare_test(delete_in_use)
{
	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	/* The CPU says that it runs: nothing has changed. */
	host_fail(HOST_RMPADJUST, 1, RMP_FAIL_INUSE);
	check_eq(delete (NEW_VMSA), 0x80001003);
	check_eq(pv_state(NEW_VMSA), PAGE_USED);
	check_eq(pv_rmp(NEW_VMSA)->vmsa, 1);
	check((host_page(NEW_VMSA)[VMSA_EFER + 1] & 0x10) != 0);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_eq(host_page(NEW_VMSA)[VMSA_EFER + 1] & 0x10, 0);
	check_ordinary(NEW_VMSA);
}

/* Somebody else writes its EFER at that moment: it is on its way in or out. */
static uint32_t efer_changes(const struct host_op *op)
{
	if (op->kind == HOST_CAS && op->gpa == NEW_VMSA + VMSA_EFER)
		host_page(NEW_VMSA)[VMSA_EFER] ^= 1;
	return 0;
}

declare_test(delete_while_entered)
{
	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	host.hook = efer_changes;
	check_eq(delete (NEW_VMSA), 0x80001003);
	host.hook = NULL;
	check_eq(pv_rmp(NEW_VMSA)->vmsa, 1);
	check((host_page(NEW_VMSA)[VMSA_EFER + 1] & 0x10) != 0);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_ordinary(NEW_VMSA);
}

static void delete_it(void)
{
	(void)delete (NEW_VMSA);
}

static uint64_t gone;
static enum host_kind gone_for;

static uint32_t efer_gone(const struct host_op *op)
{
	return op->kind == gone_for && op->gpa == gone ? HW_FAULT : 0;
}

static void ready_to_lose(enum host_kind kind)
{
	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	gone = NEW_VMSA + VMSA_EFER;
	gone_for = kind;
	host.hook = efer_gone;
}

declare_test(delete_save_area_lost)
{
	ready_to_lose(HOST_LOAD);
	check_eq(host_stops(delete_it), REASON_UNVALIDATED);
	check_eq(host.detail, NEW_VMSA);
}

static void check_still_runs(void)
{
	check_eq(delete (NEW_VMSA), 0x80001003);
	host.hook = NULL;
	check_eq(pv_state(NEW_VMSA), PAGE_USED);
	check_eq(pv_rmp(NEW_VMSA)->vmsa, 1);
	check((host_page(NEW_VMSA)[VMSA_EFER + 1] & 0x10) != 0);
	check_eq(delete (NEW_VMSA), SVSM_SUCCESS);
	check_ordinary(NEW_VMSA);
}

/* What a CPU does with a store to a save area that runs: it faults, */
declare_test(delete_store_faults)
{
	ready_to_lose(HOST_CAS);
	check_still_runs();
}

static bool is_stored;

static uint32_t store_is_void(const struct host_op *op)
{
	is_stored |= op->kind == HOST_CAS && op->gpa == NEW_VMSA + VMSA_EFER;
	if (is_stored && op->kind == HOST_LOAD && op->gpa == NEW_VMSA + VMSA_EFER)
		host_page(NEW_VMSA)[VMSA_EFER + 1] |= 0x10;
	return 0;
}

/* or is of no effect. */
declare_test(delete_store_is_void)
{
	ready(1);
	check_eq(create(NEW_VMSA, NEW_CA, 0), SVSM_SUCCESS);
	is_stored = false;
	host.hook = store_is_void;
	check_still_runs();
}

/* The SVSM's memory, then what the guest lends it, and all of it back. */
declare_test(create_under_pressure)
{
	unsigned int made = 0;
	uint32_t result;

	ready(1);
	for (uint64_t at = 0x200000; at < 0x600000; at += PAGE_2M)
		check_eq(pv_one(V2(at)), SVSM_SUCCESS);
	for (;; made++) {
		uint64_t vmsa = 0x201000 + made * 2 * PAGE_4K;

		build(vmsa);
		result = create(vmsa, vmsa + PAGE_4K, 0);
		if (result != SVSM_SUCCESS)
			break;
	}
	check_eq(result, SVSM_ERR_INVALID_REQUEST); /* more frames than slots here */
	check_eq(made, VCPU_SLOTS - 1);
	for (unsigned int i = 0; i < made; i++) {
		check_eq(delete (0x201000 + i * 2 * PAGE_4K), SVSM_SUCCESS);
		check_ordinary(0x201000 + i * 2 * PAGE_4K);
	}
	build(0x201000);
	check_eq(create(0x201000, 0x202000, 0), SVSM_SUCCESS);
}
