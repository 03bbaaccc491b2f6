/* SPDX-License-Identifier: MIT */
/* What the other vCPUs of the SMP image do. */
#include "smp.h"

#define MSR_GS_BASE 0xc0000101U
#define CPUID_EBX 0x40000004ULL /* request: leaf in 63:32, register in 31:30 */
#define RESET_HOLD 0x6U
#define NAE_RESET_HOLD 0x80000004ULL

struct __attribute__((packed)) table {
	uint16_t limit;
	uint64_t base;
};

static void look_around(uint64_t cpu)
{
	struct table gdt, idt;
	uint32_t low, high;
	uint16_t tr;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_GS_BASE));
	__asm__ volatile("str %0; sgdt %1; sidt %2" : "=r"(tr), "=m"(gdt), "=m"(idt));
	smp.cpu[cpu].gs = low | (uint64_t)high << 32;
	smp.cpu[cpu].tr = tr;
	smp.cpu[cpu].gdt = gdt.base;
	smp.cpu[cpu].idt = idt.base;
	smp.cpu[cpu].apic_id = request(1ULL << 32 | CPUID_EBX) >> 56;
}

/* By page on vCPU 2, by MSR on the others. */
static void reset_hold(uint64_t cpu)
{
	uint64_t rax = 0;

	if (cpu == 2 ? smp_event(2, NAE_RESET_HOLD, 0, 0, &rax) != 0 : request(RESET_HOLD) != 7)
		smp.wrong_answer = 1;
}

void smp_ap(uint64_t cpu)
{
	look_around(cpu);
	if (cpu == 2)
		smp_register(2);
	smp.cpu[cpu].up = 1;
	for (;;) {
		reset_hold(cpu);
		smp.cpu[cpu].back++;
		while (cpu == 3 && smp.linger) {
			smp.lingers = 1;
			pause();
		}
	}
}

/* A read that succeeds while nobody may read is by a mapping that is stale. */
void smp_reader(uint64_t cpu)
{
	for (;;) {
		uint32_t before = smp.sequence;
		uint64_t value = smp_try_read(smp_target);

		if (value == SMP_FAULT) {
			smp.cpu[cpu].faults++;
			while (smp.sequence < (before | 1) + 1)
				pause();
			continue;
		}
		if (value != SMP_PATTERN || ((before & 1) != 0 && smp.sequence == before))
			smp.cpu[cpu].stale++;
		smp.cpu[cpu].reads++;
	}
}

void smp_caller(uint64_t cpu)
{
	(void)cpu;
	for (;;)
		(void)request(RUN_VMPL);
}

void smp_halter(uint64_t cpu)
{
	smp.cpu[cpu].halts++;
	for (;;)
		__asm__ volatile("cli; hlt");
}
