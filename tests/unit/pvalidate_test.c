/* SPDX-License-Identifier: MIT */
/* PVALIDATE [svsm 6.1]: what each entry does, and each row of the results. */
#include "pv.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

declare_test(pvalidate_validates)
{
	pv_ready(1);
	memset(host_page(PAGE_NEW), 0xa5, PAGE_4K);
	check(!host_guest_may(PAGE_NEW, SNP_READ));
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(host_next(), 1);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
	check_eq(pv_state(PAGE_NEW + PAGE_4K), PAGE_NONE);
	check(pv_is_zero(PAGE_NEW, PAGE_4K));
	check(host_guest_may(PAGE_NEW, SNP_READ) && host_guest_may(PAGE_NEW, SNP_WRITE));
	check(host_guest_may(PAGE_NEW, SNP_EXEC_USER) && host_guest_may(PAGE_NEW, SNP_EXEC_SUPER));
	check_eq(host_log_count(HOST_FLUSH), 0);
}

declare_test(pvalidate_validates_2m)
{
	pv_ready(1);
	memset(host_page(REGION_NEW + PAGE_2M - PAGE_4K), 0xa5, PAGE_4K);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(host_next(), 1);
	check(pv_is_zero(REGION_NEW, PAGE_2M));
	for (uint64_t at = 0; at < PAGE_2M; at += PAGE_4K)
		check_eq(pv_state(REGION_NEW + at), PAGE_GUEST);
	check_eq(pv_state(REGION_NEW + PAGE_2M), PAGE_NONE);
	check(host_guest_may(REGION_NEW + PAGE_2M - PAGE_4K, SNP_WRITE));
	check(pv_rmp(REGION_NEW)->size_2m);
	check_eq(host_log_count(HOST_PVALIDATE), 1);
}

declare_test(pvalidate_rescinds)
{
	pv_ready(1);
	check(host_guest_may(PAGE_OLD, SNP_WRITE));
	check_eq(pv_one(R4(PAGE_OLD)), SVSM_SUCCESS);
	check_eq(host_next(), 1);
	check_eq(pv_state(PAGE_OLD), PAGE_NONE);
	check(!pv_rmp(PAGE_OLD)->validated);
	check(!host_guest_may(PAGE_OLD, SNP_READ));
	check_eq(host_log_count(HOST_FLUSH), 1);
}

declare_test(pvalidate_rescinds_2m)
{
	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check(host_guest_may(REGION_NEW + PAGE_4K, SNP_WRITE));
	check_eq(pv_one(R2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(pv_state(REGION_NEW + PAGE_2M - PAGE_4K), PAGE_NONE);
	check(!host_guest_may(REGION_NEW + PAGE_4K, SNP_READ));
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
}

/* A 4 KiB page out of a 2 MiB one: the hypervisor splits it. */
declare_test(pvalidate_rescinds_part_of_2m)
{
	pv_ready(1);
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
	check_eq(pv_one(R4(REGION_NEW + PAGE_4K)), SVSM_SUCCESS);
	check_eq(pv_state(REGION_NEW), PAGE_GUEST);
	check_eq(pv_state(REGION_NEW + PAGE_4K), PAGE_NONE);
	check(host_guest_may(REGION_NEW, SNP_WRITE));
	check(!host_guest_may(REGION_NEW + PAGE_4K, SNP_READ));
	check_eq(pv_one(R2(REGION_NEW)), FAIL(RMP_FAIL_SIZEMISMATCH));
}

/* The rights of each VMPL: the caller's and those above it, and none when rescinded. */
declare_test(pvalidate_permissions)
{
	pv_ready(2);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(pv_rmp(PAGE_NEW)->perm[1], PERM_ALL);
	check_eq(pv_rmp(PAGE_NEW)->perm[2], PERM_ALL);
	check_eq(pv_rmp(PAGE_NEW)->perm[3], PERM_NONE);
	pv_rmp(PAGE_NEW)->perm[3] = PERM_ALL; /* as if the guest had given it away */
	check_eq(pv_one(R4(PAGE_NEW)), SVSM_SUCCESS);
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		check_eq(pv_rmp(PAGE_NEW)->perm[vmpl], PERM_NONE);
}

declare_test(pvalidate_permissions_of_vmpl3)
{
	pv_ready(3);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		check_eq(pv_rmp(PAGE_NEW)->perm[vmpl], PERM_ALL);
}

/* No change: an error unless ignore-CF says otherwise; never touched. */
declare_test(pvalidate_unchanged)
{
	pv_ready(1);
	memset(host_page(PAGE_OLD), 0x5a, PAGE_4K);
	check_eq(pv_one(V4(PAGE_OLD)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(host_next(), 0);
	check_eq(pv_one(V4(PAGE_OLD) | CF), SVSM_SUCCESS);
	check_eq(host_next(), 1);
	check_eq(host_page(PAGE_OLD)[1], 0x5a);
	check_eq(pv_one(R4(PAGE_NEW)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(pv_one(R4(PAGE_NEW) | CF), SVSM_SUCCESS);
	check_eq(pv_one(R2(REGION_NEW)), SVSM_ERR_RMP_UNCHANGED);
	check_eq(pv_one(R2(REGION_NEW) | CF), SVSM_SUCCESS);
	check_eq(host_log_count(HOST_PVALIDATE) + host_log_count(HOST_RMPADJUST), 0);
	check_eq(pv_state(PAGE_NEW), PAGE_NONE);
}

declare_test(pvalidate_bad_address)
{
	const uint64_t rows[] = {
		HOST_HOLE,
		HOST_HOLE_END - PAGE_4K,
		HOST_RAM,
		HOST_SVSM_GPA,
		HOST_SVSM_GPA + PAGE_2M,		   /* accepted, free */
		HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_4K, /* not accepted yet */
		HOST_CA,
		HOST_LIST, /* the list itself */
		1ULL << 51 | PAGE_NEW,
		1ULL << 52 | PAGE_NEW,
		1ULL << 63 | PAGE_NEW,
		~0xfffULL,
	};

	pv_ready(1);
	for (unsigned int i = 0; i < ROWS(rows); i++) {
		for (unsigned int validate = 0; validate < 2; validate++) {
			uint64_t entry = rows[i] | (validate != 0 ? V4(CF) : CF);

			check_eq((uint64_t)i << 32 | pv_one(entry),
				 (uint64_t)i << 32 | SVSM_ERR_INVALID_ADDRESS);
			check_eq(host_next(), 0);
			check_eq(host_log_count(HOST_PVALIDATE), 0);
			check_eq(host_log_count(HOST_RMPADJUST), 0);
		}
	}
	check_eq(pv_one(V4(host.vcpu->vmsa.raw)), SVSM_ERR_INVALID_ADDRESS);
}

declare_test(pvalidate_bad_address_2m)
{
	static const uint64_t rows[] = {
		0, /* calling area, guest pages and the hole are in it */
		HOST_RAM,
		HOST_SVSM_GPA,
		HOST_SVSM_GPA + PAGE_2M,
		HOST_SVSM_GPA + HOST_SVSM_BYTES - PAGE_2M,
		1ULL << 51 | REGION_NEW,
		~(PAGE_2M - 1), /* its end wraps to 0 */
	};

	pv_ready(1);
	for (unsigned int i = 0; i < ROWS(rows); i++) {
		check_eq(pv_one(V2(rows[i])), SVSM_ERR_INVALID_ADDRESS);
		check_eq(pv_one(R2(rows[i])), SVSM_ERR_INVALID_ADDRESS);
		check_eq(host_next(), 0);
	}
	check_eq(pv_one(V2(HOST_RAM - PAGE_2M)), SVSM_SUCCESS);
}

/* EAX of the instruction, as the guest is told; then nothing is left of it. */
declare_test(pvalidate_codes)
{
	static const struct {
		uint32_t code, result;
	} rows[] = {
		{ 1, 0x80001001 },	  { 2, 0x80001002 },
		{ 6, 0x80001006 },	  { 0xf, 0x8000100f },
		{ 0x10, 0x80001011 },	  { 0xffffffff, 0x80001011 },
		{ HW_FAULT, 0x80001011 }, { HOST_UNCHANGED, 0x80001010 },
	};

	pv_ready(1);
	for (unsigned int i = 0; i < ROWS(rows); i++) {
		const uint64_t entries[] = { V4(PAGE_NEW + i * PAGE_4K), V2(REGION_NEW) };

		host_fail(HOST_PVALIDATE, 2, rows[i].code);
		check_eq(host_pvalidate(entries, 2, 0), rows[i].result);
		check_eq(host_next(), 1);
		check_eq(pv_state(PAGE_NEW + i * PAGE_4K), PAGE_GUEST);
		check_eq(pv_state(REGION_NEW), PAGE_NONE);
		check_eq(pv_state(REGION_NEW + PAGE_2M - PAGE_4K), PAGE_NONE);
	}
	check_eq(pv_one(V2(REGION_NEW)), SVSM_SUCCESS);
}

/* 2 MiB asked for, 4 KiB in the RMP or in the record: the guest repeats it by 4 KiB. */
declare_test(pvalidate_size_mismatch)
{
	uint64_t entries[FRAMES_PER_2M / 2];

	pv_ready(1);
	pv_split(REGION_NEW);
	check_eq(pv_one(V2(REGION_NEW)), FAIL(RMP_FAIL_SIZEMISMATCH));
	check_eq(host_next(), 0);
	check_eq(pv_state(REGION_NEW), PAGE_NONE);
	for (unsigned int half = 0; half < 2; half++) {
		for (unsigned int i = 0; i < FRAMES_PER_2M / 2; i++)
			entries[i] = V4(REGION_NEW + half * PAGE_2M / 2 + i * PAGE_4K);
		check_eq(host_pvalidate(entries, FRAMES_PER_2M / 2, 0), SVSM_SUCCESS);
		check_eq(pv_one(V2(REGION_NEW)),
			 half == 0 ? FAIL(RMP_FAIL_SIZEMISMATCH) : SVSM_ERR_RMP_UNCHANGED);
	}
	check_eq(pv_one(R2(REGION_NEW)), FAIL(RMP_FAIL_SIZEMISMATCH));
	check_eq(host_next(), 0);
	check_eq(pv_state(REGION_NEW), PAGE_GUEST);
	check(host_guest_may(REGION_NEW, SNP_WRITE));
}

/* Memory that the hypervisor has not assigned: it does so when VMPL0 touches it. */
declare_test(pvalidate_shared_page)
{
	pv_ready(1);
	check(snp_page_state(&host.snp, PAGE_NEW, false, false));
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check(pv_is_zero(PAGE_NEW, PAGE_4K));
	/* And taken away behind the record's back: an error, and the guest's still. */
	check(snp_page_state(&host.snp, PAGE_NEW, false, false));
	check_eq(pv_one(R4(PAGE_NEW)), SVSM_ERR_RMP_OTHER);
	check_eq(pv_state(PAGE_NEW), PAGE_GUEST);
}
