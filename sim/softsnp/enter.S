/* SPDX-License-Identifier: MIT */
/*
 * uint64_t svm_enter(struct vmcb *v, uint64_t *gpr, uint64_t *ticks)
 * Runs the guest until its next exit; RAX and RSP are in the VMCB. Returns
 * the exit code; adds the TSC ticks from before VMRUN to after it to *ticks.
 * The x87 and SSE registers stay the guest's: nothing here uses them.
 * GIF is 0 in the host from the first exit on, IF always.
 */
	.text
	.code64
	.globl svm_enter
svm_enter:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdx
	push %rsi
	push %rdi
	rdtsc
	shl $32, %rdx
	or %rdx, %rax
	push %rax
	mov 8(%rsi), %rcx
	mov 16(%rsi), %rdx
	mov 24(%rsi), %rbx
	mov 40(%rsi), %rbp
	mov 56(%rsi), %rdi
	mov 64(%rsi), %r8
	mov 72(%rsi), %r9
	mov 80(%rsi), %r10
	mov 88(%rsi), %r11
	mov 96(%rsi), %r12
	mov 104(%rsi), %r13
	mov 112(%rsi), %r14
	mov 120(%rsi), %r15
	mov 48(%rsi), %rsi
	mov 8(%rsp), %rax
	clgi
	vmload %rax
	vmrun %rax
	vmsave %rax
	mov 16(%rsp), %rax
	mov %rcx, 8(%rax)
	mov %rdx, 16(%rax)
	mov %rbx, 24(%rax)
	mov %rbp, 40(%rax)
	mov %rsi, 48(%rax)
	mov %rdi, 56(%rax)
	mov %r8, 64(%rax)
	mov %r9, 72(%rax)
	mov %r10, 80(%rax)
	mov %r11, 88(%rax)
	mov %r12, 96(%rax)
	mov %r13, 104(%rax)
	mov %r14, 112(%rax)
	mov %r15, 120(%rax)
	rdtsc
	shl $32, %rdx
	or %rdx, %rax
	pop %rcx
	sub %rcx, %rax
	pop %rdi
	pop %rsi
	pop %rdx
	add %rax, (%rdx)
	mov 0x70(%rdi), %rax
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	cld
	ret

/*
 * void svm_sleep(const bool *wake)
 * Takes a pending NMI; else, unless *wake is set, waits for one. An NMI
 * between the look and the HLT must not be slept over: it skips the HLT.
 */
	.globl svm_sleep, svm_nmi
svm_sleep:
	stgi
1:	cmpb $0, (%rdi)
	jne 2f
	hlt
2:	clgi
	ret
svm_nmi:
	cmpq $1b, (%rsp)
	jb 3f
	cmpq $2b, (%rsp)
	jae 3f
	movq $2b, (%rsp)
3:	iretq

/* void svm_take_interrupts(void): one or more of those that are pending, for nothing */
	.globl svm_take_interrupts, svm_interrupt
svm_take_interrupts:
	stgi
	sti
	nop
	nop
	cli
	clgi
	ret
svm_interrupt:
	push %rax
	mov $0xfee000b0, %eax /* EOI */
	movl $0, (%rax)
	pop %rax
	iretq

	.section .note.GNU-stack, "", @progbits
