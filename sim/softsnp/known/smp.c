/* SPDX-License-Identifier: MIT */
/*
 * An image that tells whether soft-SNP runs several vCPUs as it says. Its
 * VMPL0 starts the others, at VMPL0 and at VMPL1, takes a page away from them
 * while they read it, replaces, stops and wakes them. What the others do is in
 * smp_ap.c. TAP lines on the console; ends with power-off.
 */
#include "smp.h"

#define NAE_IOIO 0x7bULL
#define NAE_MMIO_WRITE 0x80000002ULL
#define NAE_APIC_IDS 0x80000017ULL
#define CONSOLE_OUT8 (0x3f8ULL << 16 | 0x10)
#define APIC_ICR 0xfee00300ULL
#define ICR_INIT 0x4500U
#define CREATE 1U
#define DESTROY 2U
#define FAIL_INUSE 3U
#define ROUNDS 50U
#define PATIENCE 30000000U
#define A_WHILE 20000U

void smp_main(unsigned int cbit);

struct smp smp;
uint8_t smp_target[PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t ghcb[VCPUS][PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t vmsa0[VCPUS][PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t vmsa1[VCPUS][2][PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t list[PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t ap_stack[VCPUS][PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint8_t guest_stack[VCPUS][PAGE_BYTES] __attribute__((aligned(0x1000)));
static uint64_t guest_table[3][512] __attribute__((aligned(0x1000)));
static uint64_t idt[2 * 32] __attribute__((aligned(16)));
static uint64_t gdt[] = { 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890000000067, 0 };
static uint64_t svsm_gpa, cmask, own_cr3;

static uint64_t gpa(const void *at)
{
	return (uint64_t)(uintptr_t)at - IMAGE_VA + svsm_gpa;
}

static uint8_t *shared(const void *at)
{
	return (uint8_t *)(uintptr_t)(SHARED_VIEW + (gpa(at) - svsm_gpa));
}

uint64_t smp_event(unsigned int cpu, uint64_t code, uint64_t info1, uint64_t info2, uint64_t *rax)
{
	uint8_t *page = shared(ghcb[cpu]);

	put(page, GHCB_EXITCODE, code);
	put(page, GHCB_EXITINFO1, info1);
	put(page, GHCB_EXITINFO2, info2);
	put(page, GHCB_SCRATCH, gpa(ghcb[cpu]) + GHCB_BUFFER);
	put(page, VMSA_RAX, *rax);
	memset(page + GHCB_VALID, 0, 16);
	page[GHCB_VALID + 7] = 0x80;  /* RAX */
	page[GHCB_VALID + 14] = 0x3c; /* SW_EXITCODE, SW_EXITINFO1, SW_EXITINFO2, SW_SCRATCH */
	page[GHCB_VERSION] = 2;
	(void)request(gpa(ghcb[cpu]));
	*rax = get(page, VMSA_RAX);
	return get(page, GHCB_EXITINFO1) | get(page, GHCB_EXITINFO2);
}

void smp_register(unsigned int cpu)
{
	must((request(gpa(ghcb[cpu]) | REGISTER_GHCB) & MSR_CODE) == 0x13);
}

static void print(const char *words)
{
	for (; *words != 0; words++) {
		uint64_t rax = (uint8_t)*words;

		(void)smp_event(0, NAE_IOIO, CONSOLE_OUT8, 0, &rax);
	}
}

static void check(const char *name, int ok)
{
	static unsigned int number;
	char digits[] = { (char)('0' + ++number / 10), (char)('0' + number % 10), 0 };

	print(ok ? "ok " : "not ok ");
	print(digits);
	print(" - soft-SNP's vCPUs: ");
	print(name);
	print("\n");
}

#define WAIT(condition)                                                                            \
	for (unsigned int turns = 0; !(condition) && turns < PATIENCE; turns++)                    \
	pause()

static int ap_creation(unsigned int cpu, unsigned int vmpl, unsigned int what, const void *vmsa)
{
	uint64_t rax = SEV_SNP_ACTIVE;

	return smp_event(0, NAE_AP_CREATION, (uint64_t)cpu << 32 | vmpl << 16 | what,
			 vmsa != NULL ? gpa(vmsa) : 0, &rax) == 0;
}

static void put_tables(uint8_t *vmsa)
{
	put(vmsa, VMSA_GDTR, (sizeof(gdt) - 1) << 32);
	put(vmsa, VMSA_GDTR + 8, (uint64_t)(uintptr_t)gdt);
	put(vmsa, VMSA_IDTR, (sizeof(idt) - 1) << 32);
	put(vmsa, VMSA_IDTR + 8, (uint64_t)(uintptr_t)idt);
}

/* Runs f(cpu) at VMPL1 of another vCPU, from one of its two VMSAs. */
static int start_guest(unsigned int cpu, void (*f)(uint64_t cpu))
{
	static unsigned int next[VCPUS];
	uint8_t *vmsa = vmsa1[cpu][next[cpu]++ % 2];

	must(rmpadjust(vmsa, RIGHTS_NONE) == 0); /* no VMSA any more */
	put_state(vmsa, 1, gpa(guest_table[0]) | cmask, (void *)(uintptr_t)f,
		  guest_stack[cpu] + PAGE_BYTES - 8);
	put_tables(vmsa);
	put(vmsa, VMSA_RDI, cpu);
	must(rmpadjust(vmsa, MAKE_VMSA) == 0);
	return ap_creation(cpu, 1, CREATE, vmsa);
}

static void make_tables(void)
{
	uint64_t handler = (uint64_t)(uintptr_t)smp_page_fault;

	guest_table[0][511] = gpa(guest_table[1]) | TABLE | cmask;
	guest_table[1][510] = gpa(guest_table[2]) | TABLE | cmask;
	guest_table[2][0] = svsm_gpa | LEAF | cmask;
	idt[28] = (handler & 0xffff) | 8ULL << 16 | 0x8eULL << 40 | (handler >> 16 & 0xffff) << 48;
	idt[29] = handler >> 32;
	for (const uint8_t *page = (uint8_t *)IMAGE_VA; page < known_end; page += PAGE_BYTES)
		must(rmpadjust(page, RIGHTS_ALL) == 0);
	memset(smp_target, SMP_PATTERN & 0xff, PAGE_BYTES);
	must(rmpadjust(smp_target, RIGHTS_READ) == 0);
	for (unsigned int cpu = 0; cpu < VCPUS; cpu++) {
		must(pvalidate(ghcb[cpu], 0) == 0);
		must(request(gpa(ghcb[cpu]) | PSC_SHARED) == 0x15);
		memset(shared(ghcb[cpu]), 0, PAGE_BYTES);
	}
	must(pvalidate(list, 0) == 0);
	must(request(gpa(list) | PSC_SHARED) == 0x15);
	smp_register(0);
}

static void check_list(void)
{
	uint64_t rax = 1, ids[3];
	int ok = smp_event(0, NAE_APIC_IDS, gpa(list), 0, &rax) == 0 && rax == 1;

	memcpy(ids, shared(list), sizeof(ids));
	check("the list of APIC ids",
	      ok && ids[0] == VCPUS && ids[1] == (1 | 2ULL << 32) && (uint32_t)ids[2] == 3);
}

static void check_start(void)
{
	int refused = 0, state = 1;

	for (unsigned int cpu = 1; cpu < VCPUS; cpu++) {
		uint8_t *vmsa = vmsa0[cpu];

		put_state(vmsa, 0, own_cr3 | cmask, (void *)(uintptr_t)smp_ap,
			  ap_stack[cpu] + PAGE_BYTES - 8);
		put_tables(vmsa);
		put(vmsa, VMSA_TR, 0x18 | 0x8bULL << 16 | 0x67ULL << 32);
		put(vmsa, VMSA_GS + 8, SMP_GS + cpu);
		put(vmsa, VMSA_RDI, cpu);
		must(rmpadjust(vmsa, MAKE_VMSA) == 0);
		refused |= !ap_creation(cpu, 0, CREATE, vmsa);
	}
	check("AP_CREATION at VMPL0", !refused);
	for (unsigned int cpu = 1; cpu < VCPUS; cpu++) {
		WAIT(smp.cpu[cpu].up);
		state &= smp.cpu[cpu].up && smp.cpu[cpu].gs == SMP_GS + cpu &&
			 smp.cpu[cpu].tr == 0x18 && smp.cpu[cpu].apic_id == cpu &&
			 smp.cpu[cpu].gdt == (uint64_t)(uintptr_t)gdt &&
			 smp.cpu[cpu].idt == (uint64_t)(uintptr_t)idt;
	}
	check("they run, with what their VMSAs hold, each on its APIC id", state);
}

/* The page is taken away while two vCPUs read it, without an exit in between. */
static void check_shootdown(void)
{
	int read, stale = 0, round;

	must(start_guest(1, smp_reader) && start_guest(2, smp_reader));
	WAIT(smp.cpu[1].reads > 1000 && smp.cpu[2].reads > 1000);
	read = smp.cpu[1].reads > 1000 && smp.cpu[2].reads > 1000;
	check("two run at VMPL1 while VMPL0 runs here", read);
	for (round = 1; round <= (int)ROUNDS && !stale; round++) {
		uint32_t before[] = { smp.cpu[1].reads, smp.cpu[2].reads };

		WAIT(smp.cpu[1].reads > before[0] && smp.cpu[2].reads > before[1]);
		must(rmpadjust(smp_target, RIGHTS_NONE) == 0);
		smp.sequence++;
		WAIT((smp.cpu[1].faults >= (uint32_t)round &&
		      smp.cpu[2].faults >= (uint32_t)round) ||
		     smp.cpu[1].stale + smp.cpu[2].stale != 0);
		stale = smp.cpu[1].stale + smp.cpu[2].stale != 0 ||
			smp.cpu[1].faults < (uint32_t)round || smp.cpu[2].faults < (uint32_t)round;
		must(rmpadjust(smp_target, RIGHTS_READ) == 0);
		smp.sequence++;
	}
	check("a right that RMPADJUST takes is gone on every vCPU when it returns", !stale);
}

/* A vCPU may wait long for its turn on the host: that it runs is waited for. */
static int moves(volatile uint32_t *number)
{
	uint32_t before = *number;

	WAIT(*number != before);
	return *number != before;
}

static int stands(volatile uint32_t *number)
{
	uint32_t before = *number;

	for (unsigned int i = 0; i < A_WHILE; i++)
		pause();
	return *number == before;
}

static void check_replaced(void)
{
	uint32_t back = smp.cpu[1].back;

	check("a VMSA that runs is in use", rmpadjust(vmsa1[2][0], RIGHTS_NONE) == FAIL_INUSE);
	must(start_guest(1, smp_caller));
	WAIT(smp.cpu[1].back != back);
	check("AP_CREATION replaces what runs at VMPL1, RUN_VMPL resumes behind the reset hold",
	      smp.cpu[1].back == back + 1 && stands(&smp.cpu[1].reads));
	check("reset hold answers 0, by page and by MSR", !smp.wrong_answer);
}

static void check_destroyed(void)
{
	int ran = moves(&smp.cpu[2].reads);

	must(ap_creation(2, 1, DESTROY, NULL));
	WAIT(rmpadjust(vmsa1[2][0], MAKE_VMSA) != FAIL_INUSE); /* out for the first time */
	check("destroy stops what runs", ran && stands(&smp.cpu[2].reads));
}

/* VMPL0 of vCPU 3 stays where it is until it is told to go. */
static void check_deferred(void)
{
	int waited;

	smp.linger = 1;
	must(start_guest(3, smp_caller));
	WAIT(smp.lingers);
	must(start_guest(3, smp_reader));
	waited = smp.lingers && stands(&smp.cpu[3].reads) && smp.cpu[3].reads == 0;
	smp.linger = 0;
	WAIT(smp.cpu[3].reads > 0);
	check("a VMSA created while VMPL0 executes waits for it", waited && smp.cpu[3].reads > 0);
}

static void check_halt(void)
{
	uint32_t back = smp.cpu[2].back;
	int halted;

	must(start_guest(2, smp_halter));
	WAIT(smp.cpu[2].halts);
	halted = smp.cpu[2].halts && stands(&smp.cpu[2].back);
	must(start_guest(2, smp_caller));
	WAIT(smp.cpu[2].back != back);
	check("HLT with interrupts off is sleep, AP_CREATION ends it",
	      halted && smp.cpu[2].back == back + 1);
}

static void check_init(void)
{
	uint64_t rax = 0;

	put(shared(ghcb[0]), GHCB_BUFFER, 3ULL << 24);
	must(smp_event(0, NAE_MMIO_WRITE, APIC_ICR + 0x10, 4, &rax) == 0);
	put(shared(ghcb[0]), GHCB_BUFFER, ICR_INIT);
	must(smp_event(0, NAE_MMIO_WRITE, APIC_ICR, 4, &rax) == 0);
	check("an INIT from the APIC does nothing", moves(&smp.cpu[3].reads));
}

void smp_main(unsigned int cbit)
{
	const struct svsm_config *config = (const struct svsm_config *)(uintptr_t)LAUNCH_CONFIG;
	uint64_t *low_2m = (uint64_t *)(uintptr_t)(LAUNCH_TABLES + 0x2000);

	svsm_gpa = config->svsm_gpa;
	cmask = 1ULL << cbit;
	__asm__ volatile("mov %%cr3, %0" : "=r"(own_cr3));
	low_2m[1] = svsm_gpa | LEAF;
	make_tables();
	check_list();
	check_start();
	check_shootdown();
	check_replaced();
	check_destroyed();
	check_deferred();
	check_halt();
	check_init();
	must(ap_creation(3, 1, DESTROY, NULL));
	must(start_guest(0, smp_halter));
	for (;;)
		(void)request(1ULL << 32 | RUN_VMPL);
}
