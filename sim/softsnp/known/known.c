/* SPDX-License-Identifier: MIT */
/*
 * An image of which every count is known: in place of the firmware it starts
 * a guest at VMPL1 that makes CALLS requests, and in request k writes k + 1
 * entries of its own page tables, zeroes k + 1 new pages, flushes k + 1 times,
 * exits once more, says that 3 list entries were served and spins for a while.
 * What depends on k is assembler, so that every instruction is known.
 * soft-SNP's table must show exactly that (selftest.sh).
 */
#include "known.h"

#define CALLS 4U
#define SERVED 3U
#define SPIN 5000U /* iterations, times the call's number; two instructions each */
#define FEATURES 0x80U

void known_main(unsigned int cbit);
void known_guest(void);

extern uint8_t known_guest_start[], known_guest_stack_end[];

static uint8_t ghcb[0x1000] __attribute__((aligned(0x1000)));
static uint8_t vmsa[0x1000] __attribute__((aligned(0x1000)));
static uint8_t fresh[CALLS][0x1000] __attribute__((aligned(0x1000)));
static uint16_t list[2]; /* entries, next */
static uint64_t guest_table[3][512] __attribute__((aligned(0x1000)));
static uint64_t svsm_gpa;

static uint64_t gpa(const void *at)
{
	return (uint64_t)(uintptr_t)at - IMAGE_VA + svsm_gpa;
}

/* Four instructions a turn: INVLPGB, TLBSYNC and the loop's. */
static void flush(uint64_t times)
{
	__asm__ volatile("1: .byte 0x0f, 0x01, 0xfe, 0x0f, 0x01, 0xff\n\tdec %0\n\tjnz 1b"
			 : "+b"(times)
			 : "a"(0ULL), "c"(0ULL), "d"(0ULL)
			 : "cc", "memory");
}

static void spin(uint64_t iterations)
{
	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(iterations) : : "cc");
}

static void renew(void)
{
	for (unsigned int i = 0; i < CALLS; i++) {
		must(pvalidate(fresh[i], 0) == 0);
		must(pvalidate(fresh[i], 1) == 0);
	}
}

/* A repetition for every 8 bytes, always the same instruction. */
static __attribute__((noinline)) void zero(uint64_t pages)
{
	void *to = fresh;
	uint64_t count = pages * PAGE_BYTES / 8;

	__asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0ULL) : "memory");
}

/* Guest tables: the image, under the same address. */
static void make_guest(uint64_t cmask)
{
	guest_table[0][511] = gpa(guest_table[1]) | TABLE | cmask;
	guest_table[1][510] = gpa(guest_table[2]) | TABLE | cmask;
	guest_table[2][0] = svsm_gpa | LEAF | cmask;
	put_state(vmsa, 1, gpa(guest_table[0]) | cmask, known_guest_start, known_guest_stack_end);
}

/* The one event that needs the GHCB page. */
static void create_vcpu(void)
{
	uint8_t *shared = (uint8_t *)(SHARED_VIEW + (gpa(ghcb) - svsm_gpa));

	must(pvalidate(ghcb, 0) == 0);
	must(request(gpa(ghcb) | PSC_SHARED) == 0x15);
	must((request(gpa(ghcb) | REGISTER_GHCB) & MSR_CODE) == 0x13);
	memset(shared, 0, sizeof(ghcb));
	put(shared, GHCB_EXITCODE, NAE_AP_CREATION);
	put(shared, GHCB_EXITINFO1, 1ULL << 16 | 1);
	put(shared, GHCB_EXITINFO2, gpa(vmsa));
	put(shared, VMSA_RAX, SEV_SNP_ACTIVE);
	shared[GHCB_VALID + 7] = 0x80;	/* RAX */
	shared[GHCB_VALID + 14] = 0x1c; /* SW_EXITCODE, SW_EXITINFO1, SW_EXITINFO2 */
	shared[GHCB_VERSION] = 2;
	(void)request(gpa(ghcb));
	must((uint32_t)shared[GHCB_EXITINFO1] == 0);
}

/* Four instructions a turn. */
static void write_own_tables(uint64_t times)
{
	uint64_t *entry = (uint64_t *)(uintptr_t)LAUNCH_TABLES + 1;

	__asm__ volatile("1: movq $0, (%0)\n\tadd $8, %0\n\tdec %1\n\tjnz 1b"
			 : "+r"(entry), "+r"(times)
			 :
			 : "cc", "memory");
}

void known_main(unsigned int cbit)
{
	const struct svsm_config *config = (const struct svsm_config *)(uintptr_t)LAUNCH_CONFIG;
	uint64_t *low_2m = (uint64_t *)(uintptr_t)(LAUNCH_TABLES + 0x2000);

	svsm_gpa = config->svsm_gpa;
	low_2m[1] = svsm_gpa | LEAF;
	make_guest(1ULL << cbit);
	for (const uint8_t *page = (uint8_t *)IMAGE_VA; page < known_end; page += PAGE_BYTES)
		if (page != ghcb && page != vmsa)
			must(rmpadjust(page, RIGHTS_ALL) == 0);
	must(rmpadjust(vmsa, MAKE_VMSA) == 0);
	create_vcpu();
	for (unsigned int i = 0; i < 2; i++) {
		renew();
		zero(CALLS);
	}
	for (uint64_t call = 1;; call++) {
		must(request(1ULL << 32 | RUN_VMPL) == 0x17);
		write_own_tables(call);
		must((request(FEATURES) & MSR_CODE) == 0x81);
		renew();
		zero(call);
		flush(call);
		spin(SPIN * call);
		*(volatile uint16_t *)&list[1] += SERVED;
	}
}

/* Asks CALLS times, with another call number each time. */
void known_guest(void)
{
	for (uint64_t call = 0; call < CALLS; call++) {
		uint32_t low = RUN_VMPL, high = 0, msr = MSR_GHCB;

		__asm__ volatile("wrmsr\n\tmov %3, %%rax\n\tmov %4, %%rcx\n\trep; vmmcall"
				 : "+a"(low), "+d"(high), "+c"(msr)
				 : "r"(call), "r"(gpa(list))
				 : "memory");
	}
}
