/* SPDX-License-Identifier: MIT */
/* Exceptions of soft-SNP itself: all but an NMI are bugs, shown and final. */
#include "port.h"
#include "softsnp.h"

#define EXCEPTIONS 32U
#define VECTORS 256U
#define GATE_INTERRUPT 0x8eULL
#define STUB_BYTES 16U

extern const uint8_t trap_stubs[], svm_nmi[], svm_interrupt[];
_Noreturn void trap_report(uint64_t vector, uint64_t error, const uint64_t *frame);

static uint64_t gates[2 * VECTORS];

void trap_load(void)
{
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} idtr = { sizeof(gates) - 1, (uint64_t)(uintptr_t)gates };

	__asm__ volatile("lidt %0" : : "m"(idtr));
}

static const uint8_t *handler(unsigned int vector)
{
	if (vector >= EXCEPTIONS)
		return svm_interrupt;
	return vector == VECTOR_NMI ? svm_nmi : trap_stubs + (size_t)STUB_BYTES * vector;
}

void trap_init(void)
{
	for (unsigned int i = 0; i < VECTORS; i++) {
		uint64_t stub = (uint64_t)(uintptr_t)handler(i);

		gates[2 * i] = (stub & 0xffff) | 8ULL << 16 | GATE_INTERRUPT << 40 |
			       (stub >> 16 & 0xffff) << 48;
		gates[2 * i + 1] = stub >> 32;
	}
	trap_load();
}

_Noreturn void trap_report(uint64_t vector, uint64_t error, const uint64_t *frame)
{
	uint64_t cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	report_fatal(smp_this(), "exception %u in soft-SNP itself: error %#lx rip %#lx cr2 %#lx",
		     (unsigned int)vector, error, frame[0], cr2);
}
