/* SPDX-License-Identifier: MIT */
/* Own GDT and IDT; a fault under a probe is recorded, any other ends the run. */
#include "stub.h"

#define VECTORS 32U
#define STUB_BYTES 16U
#define CS 0x10U
#define DS 0x18U
#define GATE_INTERRUPT 0x8e00U

struct frame {
	uint64_t saved[15];
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t low, cs, flags, middle;
	uint32_t high, reserved;
};

struct table {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern const uint8_t vector_stubs[];
uint64_t trap_resume, trap_stack;
struct trap trap;
void trap_handle(struct frame *f);

static struct gate idt[VECTORS];
static const uint64_t gdt[4] = { 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff };

static void load(void)
{
	const struct table gdtr = { sizeof(gdt) - 1, (uintptr_t)gdt };
	const struct table idtr = { sizeof(idt) - 1, (uintptr_t)idt };

	__asm__ volatile("lgdt %0\n\t"
			 "pushq %2\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movl %3, %%ds\n\t"
			 "movl %3, %%es\n\t"
			 "movl %3, %%ss\n\t"
			 "lidt %1"
			 :
			 : "m"(gdtr), "m"(idtr), "i"(CS), "r"(DS)
			 : "rax", "memory");
}

void trap_init(void)
{
	for (unsigned int i = 0; i < VECTORS; i++) {
		uintptr_t at = (uintptr_t)vector_stubs + i * STUB_BYTES;

		idt[i].low = (uint16_t)at;
		idt[i].cs = CS;
		idt[i].flags = GATE_INTERRUPT;
		idt[i].middle = (uint16_t)(at >> 16);
		idt[i].high = (uint32_t)(at >> 32);
	}
	load();
}

static uint64_t cr2(void)
{
	uint64_t value;

	__asm__ volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

void trap_handle(struct frame *f)
{
	if (trap_resume == 0) {
		say("# trap %lu, error %#lx, CR2 %#lx, RIP %#lx", f->vector, f->error, cr2(),
		    f->rip);
		check_bail("unexpected trap");
	}
	trap.vector = f->vector;
	trap.error = f->error;
	trap.cr2 = cr2();
	f->rip = trap_resume;
	f->rsp = trap_stack;
	trap_resume = 0;
}

bool trap_works(uint64_t gpa)
{
	uint64_t *at = page_private(gpa), old = probe_read(at);

	if (trap.vector != TRAP_NONE)
		return false;
	probe_write(at, ~old);
	if (trap.vector != TRAP_NONE || probe_read(at) != ~old)
		return false;
	probe_write(at, old);
	return true;
}

static bool was_not_validated(const void *at)
{
	return trap.vector == VECTOR_VC && trap.error == VC_NOT_VALIDATED &&
	       trap.cr2 == (uintptr_t)at;
}

bool trap_not_validated(uint64_t gpa)
{
	uint8_t *at = (uint8_t *)page_private(gpa) + 0x128;

	probe_read(at);
	if (!was_not_validated(at))
		return false;
	probe_write(at, 1);
	if (!was_not_validated(at))
		return false;
	probe_fetch(at);
	return was_not_validated(at);
}

bool trap_refused(void)
{
	return trap.vector == VECTOR_PF && (trap.error & PF_RMP) != 0;
}
