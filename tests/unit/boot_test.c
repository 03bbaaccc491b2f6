/* SPDX-License-Identifier: MIT */
/* Bring-up on the platform model, from the launch pages to a guest that can run. */
#include "boot_rig.h"
#include "test.h"

#include <string.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

static void boot(unsigned int vmpl)
{
	bootrig_new(vmpl);
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
}

static uint64_t get(uint64_t gpa, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, host_page(gpa & ~(PAGE_4K - 1)) + gpa % PAGE_4K, bytes);
	return value;
}

static bool is_zero(uint64_t page)
{
	for (unsigned int i = 0; i < PAGE_4K; i += 8)
		if (get(page + i, 8) != 0)
			return false;
	return true;
}

declare_test(boot_vmsa_is_ready)
{
	uint64_t vmsa;

	boot(1);
	vmsa = host.snp.vcpu[0].vmsa_gpa[1];
	check(vmsa >= HOST_SVSM_GPA && vmsa % PAGE_2M != 0);
	check_eq(snp_vmrun_check(&host.snp, host.snp.vcpu[0].vmsa_spa[1], vmsa), 0);
	check_eq(get(vmsa + VMSA_RIP, 8), BOOTRIG_KERNEL + 0x200);
	check_eq(get(vmsa + VMSA_RSI, 8), GUEST_BOOT_PARAMS);
	check_eq(get(vmsa + VMSA_CR3, 8), GUEST_TABLES | 1ULL << 51);
	for (unsigned int v = 1; v < SNP_VMPLS; v++)
		check_eq(snp_rmp(&host.snp, host.snp.vcpu[0].vmsa_spa[1])->perm[v], 0);
}

/* Every page of RAM, the launch pages too, is the guest's; video memory is nobody's. */
declare_test(boot_all_ram_is_the_guests)
{
	enum page_state state;

	boot(1);
	for (uint64_t gpa = 0; gpa < BOOTRIG_RAM; gpa += PAGE_4K) {
		if (gpa == 0xa0000)
			gpa = 0xc0000;
		check_eq(page_state(pa(gpa), &state), OK);
		check_eq(state, gpa == GUEST_CAA ? PAGE_USED : PAGE_GUEST);
		check_eq(snp_check(&host.snp, 1, gpa, true, SNP_WRITE).outcome, SNP_ACCESS_OK);
		check_eq(snp_check(&host.snp, 1, gpa, true, SNP_EXEC_SUPER).outcome, SNP_ACCESS_OK);
		check(snp_check(&host.snp, 2, gpa, true, SNP_READ).outcome != SNP_ACCESS_OK);
	}
	check_eq(page_state(pa(0xa0000), &state), ERR_ADDRESS);
}

declare_test(boot_svsm_memory_is_not_the_guests)
{
	boot(2);
	for (uint64_t gpa = HOST_SVSM_GPA; gpa < HOST_SVSM_GPA + HOST_SVSM_BYTES; gpa += PAGE_4K)
		for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
			check(snp_check(&host.snp, vmpl, gpa, true, SNP_READ).outcome !=
			      SNP_ACCESS_OK);
}

declare_test(boot_vmpl_2_and_above_it)
{
	boot(2);
	check_eq(snp_check(&host.snp, 2, BOOTRIG_KERNEL, true, SNP_WRITE).outcome, SNP_ACCESS_OK);
	check_eq(snp_check(&host.snp, 1, BOOTRIG_KERNEL, true, SNP_WRITE).outcome, SNP_ACCESS_OK);
	check(snp_check(&host.snp, 3, BOOTRIG_KERNEL, true, SNP_READ).outcome != SNP_ACCESS_OK);
	check_eq(host.snp.vcpu[0].vmsa_gpa[1], 0);
	check(host.snp.vcpu[0].vmsa_gpa[2] != 0);
}

/* Without CONFIG_ACCEPT_RAM the guest has what was launched, and accepts the rest itself. */
declare_test(boot_leaves_ram_to_the_guest)
{
	enum page_state state;

	bootrig_new(1);
	bootrig_config()->flags = 0;
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
	check_eq(page_state(pa(BOOTRIG_KERNEL), &state), OK);
	check_eq(state, PAGE_GUEST);
	check_eq(page_state(pa(BOOTRIG_KERNEL + 8 * PAGE_4K), &state), OK);
	check_eq(state, PAGE_NONE);
	check_eq(snp_check(&host.snp, 1, BOOTRIG_KERNEL + 8 * PAGE_4K, true, SNP_READ).outcome ==
			 SNP_ACCESS_OK,
		 false);
}

/* More RAM than the first 2 MiB behind the image have rows for. */
#define FAR_RAM 0x100000000ULL
#define FAR_BYTES (48ULL << 30)

/*
 * No vCPU has to ask the hypervisor for more of the record later: one that is
 * stopped while it does would keep the others from it.
 */
declare_test(boot_accepts_the_whole_record)
{
	uint64_t bytes = FAR_BYTES / PAGE_2M * (ROWS_PER_2M * sizeof(struct page_row) + 1);
	uint64_t spa;

	bootrig_new(1);
	bootrig_config()->flags = 0;
	bootrig_params()->map[1].first_page = FAR_RAM / PAGE_4K;
	bootrig_params()->map[1].pages = FAR_BYTES / PAGE_4K;
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
	for (uint64_t at = booted.image_end; at < booted.image_end + bytes; at += PAGE_4K) {
		check(snp_gpa_to_spa(&host.snp, at, &spa));
		check(snp_rmp_head(&host.snp, spa)->validated);
	}
	host_log_clear();
	for (uint64_t gpa = FAR_RAM; gpa < FAR_RAM + FAR_BYTES; gpa += PAGE_1G)
		check_eq(page_claim(pa(gpa), SIZE_4K, PAGE_NONE), OK);
	check_eq(host_log_count(HOST_VMGEXIT) + host_log_count(HOST_PVALIDATE), 0);
}

/* The kernel and its command line are untouched, the firmware's own pages are wiped. */
declare_test(boot_launch_pages)
{
	bootrig_new(1);
	memset(host_page(GUEST_CMDLINE), 0x41, PAGE_4K);
	memset(host_page(BOOTRIG_KERNEL + PAGE_4K), 0x42, PAGE_4K);
	bootrig_run();
	for (uint64_t gpa = LAUNCH_START32; gpa < LAUNCH_PARAMS + PAGE_4K; gpa += PAGE_4K)
		check(is_zero(gpa));
	check_eq(get(GUEST_CMDLINE + 8, 8), 0x4141414141414141);
	check_eq(get(BOOTRIG_KERNEL + PAGE_4K, 8), 0x4242424242424242);
}

/* No key below the guest's VMPL is anywhere in memory that the guest can read. */
static void no_key_leaks(unsigned int vmpl)
{
	boot(vmpl);
	for (uint64_t gpa = 0; gpa < BOOTRIG_RAM; gpa += 8) {
		if (gpa == 0xa0000)
			gpa = 0xc0000;
		for (unsigned int k = 0; k < vmpl; k++)
			check(memcmp(host_page(gpa & ~(PAGE_4K - 1)) + gpa % PAGE_4K,
				     host.snp.vmpck[k], 8) != 0);
	}
	check(memcmp(host_page(GUEST_SECRETS) + 0x20 + 32 * vmpl, host.snp.vmpck[vmpl], 32) == 0);
}

declare_test(boot_no_key_leaks_to_vmpl1)
{
	no_key_leaks(1);
}

declare_test(boot_no_key_leaks_to_vmpl3)
{
	no_key_leaks(3);
}

/* The launched secrets page is wiped before the hypervisor's memory map is even read. */
declare_test(boot_secrets_page_is_wiped_first)
{
	boot(1);
	check(host_log_find(HOST_ZERO, LAUNCH_SECRETS, ~0ULL, 0) <
	      host_log_find(HOST_COPY_IN, LAUNCH_PARAMS, ~0ULL, 0));
}

/* PSC, then PVALIDATE, then zero, then the grant: for each page nobody launched. */
declare_test(boot_zero_before_grant)
{
	unsigned int grants = 0;

	boot(1);
	check(host.ops < HOST_LOG);
	for (unsigned int i = 0; i < host.ops; i++) {
		const struct host_op *op = &host.log[i];
		unsigned int valid, zero;

		if (op->kind != HOST_RMPADJUST || op->gpa >= HOST_SVSM_GPA ||
		    op->argument != HOST_ADJUST(1, PERM_ALL, 0))
			continue;
		valid = host_log_find(HOST_PVALIDATE, op->gpa, 1, 0);
		zero = host_log_find(HOST_ZERO, op->gpa, ~0ULL, valid == HOST_LOG ? 0 : valid);
		if (valid != HOST_LOG)
			check(valid < zero && zero < i && host.log[zero].size == op->size);
		grants += valid != HOST_LOG;
	}
	check(grants > 500);
}

/* A host without 2 MiB pages: each is validated by 4 KiB. */
static uint32_t no_2m(const struct host_op *op)
{
	return op->kind == HOST_PVALIDATE && op->size == SIZE_2M ? RMP_FAIL_SIZEMISMATCH : 0;
}

declare_test(boot_host_without_2m_pages)
{
	bootrig_new(1);
	host.hook = no_2m;
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
	check_eq(snp_check(&host.snp, 1, BOOTRIG_RAM - PAGE_4K, true, SNP_WRITE).outcome,
		 SNP_ACCESS_OK);
	check_eq(snp_check(&host.snp, 1, 8 * PAGE_2M + PAGE_4K, true, SNP_WRITE).outcome,
		 SNP_ACCESS_OK);
}

/* The hypervisor serves a few entries of a list at a time. */
declare_test(boot_page_state_changes_in_pieces)
{
	bootrig_new(1);
	host.snp.psc_chunk = 5;
	bootrig_run();
	check_eq(booted.at, BOOT_READY);
	check_eq(snp_check(&host.snp, 1, BOOTRIG_RAM - PAGE_4K, true, SNP_WRITE).outcome,
		 SNP_ACCESS_OK);
}

declare_test(boot_says_where_the_guest_is)
{
	boot(2);
	host.console[host.console_bytes] = '\0';
	check(strcmp(host.console, "svsm: guest at VMPL2, entry 0x1000200\r\n") == 0);
}
