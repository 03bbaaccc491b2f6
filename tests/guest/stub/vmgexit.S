/* SPDX-License-Identifier: MIT */
/* call_exit(struct regs *in, struct regs *out): VMGEXIT with every register given. */
	.macro LOAD from
	movq	0x00(\from), %rax
	movq	0x08(\from), %rbx
	movq	0x10(\from), %rcx
	movq	0x18(\from), %rdx
	movq	0x20(\from), %rsi
	movq	0x30(\from), %rbp
	movq	0x38(\from), %r8
	movq	0x40(\from), %r9
	movq	0x48(\from), %r10
	movq	0x50(\from), %r11
	movq	0x58(\from), %r12
	movq	0x60(\from), %r13
	movq	0x68(\from), %r14
	movq	0x70(\from), %r15
	movq	0x28(\from), %rdi
	.endm

	.text
	.globl	call_exit
call_exit:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rsi
	pushq	0x78(%rdi)
	popfq
	LOAD	%rdi
	rep
	vmmcall
	pushfq
	pushq	%rdi
	movq	0x10(%rsp), %rdi	/* out */
	movq	%rax, 0x00(%rdi)
	movq	%rbx, 0x08(%rdi)
	movq	%rcx, 0x10(%rdi)
	movq	%rdx, 0x18(%rdi)
	movq	%rsi, 0x20(%rdi)
	movq	%rbp, 0x30(%rdi)
	movq	%r8, 0x38(%rdi)
	movq	%r9, 0x40(%rdi)
	movq	%r10, 0x48(%rdi)
	movq	%r11, 0x50(%rdi)
	movq	%r12, 0x58(%rdi)
	movq	%r13, 0x60(%rdi)
	movq	%r14, 0x68(%rdi)
	movq	%r15, 0x70(%rdi)
	popq	0x28(%rdi)
	popq	0x78(%rdi)
	addq	$8, %rsp
	cld
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.section .note.GNU-stack, "", @progbits
