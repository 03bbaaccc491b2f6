/* SPDX-License-Identifier: MIT */
/*
 * What a trap at VMPL0 means. A fault of an instruction in the table goes on
 * at its fix-up; #HV is acknowledged and ignored; everything else ends the VM.
 * The hypervisor chooses the error code of a #VC it causes: it is compared
 * with 0x404 and otherwise only shown. [snp-arch 3.3, 4; ghcb 8]
 */
#include "traps.h"

#include <svsm/hw.h>
#include <svsm/log.h>

#define VECTOR_DF 8U
#define VECTOR_GP 13U
#define VECTOR_PF 14U
#define VECTOR_HV 28U
#define VECTOR_VC 29U

#define VC_NOT_VALIDATED 0x404ULL

/* As entry.S pushes it. */
struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

struct fixup {
	uint64_t from, to;
};

extern const struct fixup extable_start[], extable_end[];

void trap_handle(struct trap_frame *frame);

static bool fix_up(struct trap_frame *frame)
{
	for (const struct fixup *f = extable_start; f < extable_end; f++) {
		if (f->from == frame->rip) {
			frame->rip = f->to;
			return true;
		}
	}
	return false;
}

static uint64_t fault_address(void)
{
	uint64_t cr2;

	__asm__ volatile("movq %%cr2, %0" : "=r"(cr2));
	return cr2;
}

static _Noreturn void stop(const struct trap_frame *frame, enum reason reason, uint64_t detail)
{
	log_break();
	log_line("vector %llu at 0x%llx, error 0x%llx", (unsigned long long)frame->vector,
		 (unsigned long long)frame->rip, (unsigned long long)frame->error);
	hw_stop(reason, detail);
}

void trap_handle(struct trap_frame *frame)
{
	switch (frame->vector) {
	case VECTOR_HV:
		return;
	case VECTOR_VC:
		if (frame->error != VC_NOT_VALIDATED)
			stop(frame, REASON_VC, frame->error);
		if (!fix_up(frame))
			stop(frame, REASON_UNVALIDATED, fault_address());
		return;
	case VECTOR_PF:
		if (!fix_up(frame))
			stop(frame, REASON_PF, fault_address());
		return;
	case VECTOR_GP:
		if (!fix_up(frame))
			stop(frame, REASON_GP, frame->error);
		return;
	case VECTOR_DF:
		stop(frame, REASON_DF, fault_address());
	default:
		stop(frame, REASON_TRAP, frame->vector);
	}
}
