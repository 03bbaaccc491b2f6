/* SPDX-License-Identifier: MIT */
/*
 * The APIC of the CPU that executes is the guest's own, and soft-SNP borrows
 * it to call other CPUs. What would reach soft-SNP on one of them, a guest
 * cannot send: INIT, SIPI, NMI, SMI; nor can it move its APIC or turn it off.
 */
#include "port.h"
#include "softsnp.h"

#define APIC 0xfee00000ULL
#define APIC_END 0xfef00000ULL
#define REGISTER(gpa) ((gpa) >> 4 & 0xff)
#define PRIORITY 0x80U
#define EOI 0xb0U
#define SPURIOUS 0xf0U
#define SPURIOUS_ENABLE 0x100U
#define SPURIOUS_VECTOR 0xffU
#define IN_SERVICE 0x100U
#define REQUESTED 0x200U
#define VECTORS 256U
#define VECTOR_WORDS 8U
#define WORD_STEP 0x10U
#define ICR_LOW 0x300U
#define ICR_HIGH 0x310U
#define ICR_DESTINATION 24U
#define REGISTERS_END 0x1000U
#define MODE(value) ((value) >> 8 & 7)
#define MODE_LOWEST 1U
#define BASE_X2APIC (1ULL << 10)
#define CPUID_X2APIC (1U << 21)

static volatile uint32_t *at(unsigned int offset)
{
	return (volatile uint32_t *)(uintptr_t)(APIC + offset);
}

/* The guest may be between its two halves of the ICR. */
void apic_send(unsigned int id, uint32_t command)
{
	uint32_t high;

	if ((host_rdmsr(MSR_APIC_BASE) & BASE_X2APIC) != 0) {
		host_wrmsr(MSR_X2APIC_ICR, (uint64_t)id << 32 | command);
		return;
	}
	high = *at(ICR_HIGH);
	*at(ICR_HIGH) = id << ICR_DESTINATION;
	*at(ICR_LOW) = command;
	*at(ICR_HIGH) = high;
}

static bool pending(unsigned int first)
{
	uint32_t any = 0;

	for (unsigned int i = 0; i < VECTOR_WORDS; i++)
		any |= *at(first + WORD_STEP * i);
	return any != 0;
}

/*
 * As INIT would: what was sent to the vCPU before is not there any more. Linux
 * tries for a second to get rid of an interrupt that nobody takes.
 */
void apic_forget(void)
{
	uint32_t spurious, priority;

	if ((host_rdmsr(MSR_APIC_BASE) & BASE_X2APIC) != 0)
		return;
	spurious = *at(SPURIOUS);
	priority = *at(PRIORITY);
	*at(SPURIOUS) = spurious | SPURIOUS_ENABLE | SPURIOUS_VECTOR;
	*at(PRIORITY) = 0;
	for (unsigned int i = 0; i < VECTORS && pending(IN_SERVICE); i++)
		*at(EOI) = 0;
	for (unsigned int i = 0; i < VECTORS && pending(REQUESTED); i++)
		svm_take_interrupts();
	*at(PRIORITY) = priority;
	*at(SPURIOUS) = spurious;
}

static bool harmless(uint64_t command)
{
	static bool said;

	if (MODE(command) <= MODE_LOWEST)
		return true;
	if (!said)
		say("the guest sends INIT, SIPI, NMI or SMI by its APIC: dropped");
	said = true;
	return false;
}

/* Register 0 and what is behind the registers sends an MSI in QEMU. */
bool apic_write_allowed(uint64_t gpa, unsigned int bytes, uint32_t value)
{
	uint64_t offset = gpa - APIC;

	if (gpa + bytes <= APIC || gpa >= APIC_END)
		return true;
	if (bytes != sizeof(value) || gpa % sizeof(value) != 0)
		return false;
	if (offset < REGISTERS_END && REGISTER(gpa) != 0 && REGISTER(gpa) != REGISTER(ICR_LOW))
		return true;
	return harmless(value);
}

static bool write_base(uint64_t value)
{
	uint64_t base = host_rdmsr(MSR_APIC_BASE);
	static bool said;
	uint32_t r[4];

	if (value == base)
		return true;
	host_cpuid(1, 0, r);
	if (value == (base | BASE_X2APIC) && (r[2] & CPUID_X2APIC) != 0) {
		host_wrmsr(MSR_APIC_BASE, value);
		return true;
	}
	if ((base & ~value) == BASE_X2APIC)
		return false;
	if (!said)
		say("the guest moves its APIC or turns it off (%#lx): ignored", value);
	said = true;
	return true;
}

bool apic_msr_write(uint32_t index, uint64_t value)
{
	if (index == MSR_APIC_BASE)
		return write_base(value);
	if ((host_rdmsr(MSR_APIC_BASE) & BASE_X2APIC) == 0)
		return false;
	if (harmless(value))
		host_wrmsr(MSR_X2APIC_ICR, value);
	return true;
}
