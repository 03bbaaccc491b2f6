/* SPDX-License-Identifier: MIT */
/*
 * The other QEMU CPUs. One lock guards all that soft-SNP knows: it is held
 * from an exit to the next entry. A CPU in its guest is called out by an NMI.
 */
#include "port.h"
#include "softsnp.h"
#include <string.h>

#define TRAMPOLINE 0x8000U /* for a moment; what was there is put back */
#define STACK_PAGES 16U
#define STARTUPS 5U
#define POLLS 1000000U
#define PORT_DELAY 0x80U
#define CPUID_APIC_ID 24U

extern const uint8_t boot_trampoline[], boot_trampoline_end[];
extern uint64_t boot_stack_top;
extern void (*boot_enter)(void);

static bool locked, over;

static void pause(void)
{
	__asm__ volatile("pause");
}

void smp_lock(void)
{
	static const bool never;

	while (__atomic_exchange_n(&locked, true, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&locked, __ATOMIC_RELAXED)) {
			while (__atomic_load_n(&over, __ATOMIC_RELAXED))
				svm_sleep(&never);
			pause();
		}
}

void smp_unlock(void)
{
	__atomic_store_n(&locked, false, __ATOMIC_RELEASE);
}

struct cpu *smp_this(void)
{
	uint32_t r[4];

	host_cpuid(1, 0, r);
	return &machine.cpu[(r[1] >> CPUID_APIC_ID) % SNP_VCPUS];
}

/* ---- start --------------------------------------------------------------- */

static _Noreturn void enter(void)
{
	struct cpu *c = smp_this();

	trap_load();
	svm_enable(c);
	__atomic_store_n(&c->alive, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&c->wake, __ATOMIC_ACQUIRE))
		svm_sleep(&c->wake);
	smp_lock();
	svm_run(c);
}

static bool answers(const struct cpu *c)
{
	for (unsigned int i = 0; i < POLLS; i++) {
		if (__atomic_load_n(&c->alive, __ATOMIC_ACQUIRE))
			return true;
		(void)port_in8(PORT_DELAY);
	}
	return false;
}

static void start(struct cpu *c)
{
	boot_stack_top = (uint64_t)(uintptr_t)mem_pages(STACK_PAGES) + STACK_PAGES * SNP_PAGE;
	boot_enter = enter;
	apic_send(c->id, APIC_INIT);
	for (unsigned int i = 0; i < STARTUPS; i++) {
		apic_send(c->id, APIC_STARTUP | TRAMPOLINE / SNP_PAGE);
		if (answers(c))
			return;
	}
	report_bad_image("CPU %u does not start: QEMU needs -smp %u", c->id, machine.cpus);
}

void smp_start(void)
{
	static uint8_t kept[SNP_PAGE];
	uint8_t *low = mem_at(TRAMPOLINE);

	memcpy(kept, low, sizeof(kept));
	memcpy(low, boot_trampoline, (size_t)(boot_trampoline_end - boot_trampoline));
	for (unsigned int i = 1; i < machine.cpus; i++) {
		machine.cpu[i].id = i;
		svm_init(&machine.cpu[i]);
		start(&machine.cpu[i]);
	}
	memcpy(low, kept, sizeof(kept));
}

/* ---- calls to other CPUs, by the one that has the lock ------------------- */

static bool in_guest(const struct cpu *c)
{
	return __atomic_load_n(&c->in_guest, __ATOMIC_ACQUIRE);
}

void smp_wake(struct cpu *c)
{
	__atomic_store_n(&c->wake, true, __ATOMIC_RELEASE);
	apic_send(c->id, APIC_NMI);
}

/*
 * A CPU that waits in HLT has no use for its TLB: it exits before it executes
 * anything else. But it may still be on its way there, through the tables.
 */
static bool concerned(const struct cpu *c, unsigned int vmpls, bool tables)
{
	return in_guest(c) && (tables || !c->waiting) && (vmpls >> cpu_vmpl(c) & 1) != 0;
}

/* CPUs outside their guests need not be told: VMRUN flushes. */
void smp_shootdown(unsigned int vmpls, bool tables)
{
	bool called[SNP_VCPUS] = { false };

	for (unsigned int i = 0; i < machine.cpus; i++) {
		called[i] = concerned(&machine.cpu[i], vmpls, tables);
		if (!called[i])
			continue;
		machine.shootdowns++;
		apic_send(i, APIC_NMI);
	}
	for (unsigned int i = 0; i < machine.cpus; i++)
		while (called[i] && in_guest(&machine.cpu[i]))
			pause();
}

/* For ever: QEMU's threads are quiet when it exits. */
void smp_stop(void)
{
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < machine.cpus; i++)
		if (in_guest(&machine.cpu[i]))
			apic_send(i, APIC_NMI);
	for (unsigned int i = 0; i < machine.cpus; i++)
		for (unsigned int k = 0; k < POLLS && in_guest(&machine.cpu[i]); k++)
			pause();
}
