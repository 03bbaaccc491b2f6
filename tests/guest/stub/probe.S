/* SPDX-License-Identifier: MIT */
/*
 * Instructions that may fault. A trap while trap_resume is set goes on there
 * with the stack pointer of trap_stack (trap.c).
 */
	.macro PROBE name
	.globl	\name
\name:
	movq	$TRAP_NONE, trap
	leaq	9f(%rip), %rax
	movq	%rax, trap_resume
	movq	%rsp, trap_stack
	.endm

	.macro PROBE_END
9:
	movq	$0, trap_resume
	ret
	.endm

	TRAP_NONE = 0xff

	.text
PROBE probe_rdmsr			/* index */
	movl	%edi, %ecx
	rdmsr
	shlq	$32, %rdx
	orq	%rdx, %rax
PROBE_END

PROBE probe_read			/* at */
	movq	(%rdi), %rax
PROBE_END

PROBE probe_write			/* at, value */
	movq	%rsi, (%rdi)
PROBE_END

PROBE probe_fetch			/* at: a RET if it is reached */
	call	*%rdi
PROBE_END

PROBE probe_cpuid			/* leaf */
	movl	%edi, %eax
	xorl	%ecx, %ecx
	movq	%rbx, %r8
	cpuid
	movq	%r8, %rbx
PROBE_END

PROBE probe_out				/* port, value */
	movl	%edi, %edx
	movl	%esi, %eax
	outb	%al, %dx
PROBE_END

PROBE probe_pvalidate			/* at, size, validate */
	movq	%rdi, %rax
	movq	%rsi, %rcx
	.byte	0xf2, 0x0f, 0x01, 0xff
PROBE_END

PROBE probe_rmpadjust			/* at, size, target */
	movq	%rdi, %rax
	movq	%rsi, %rcx
	.byte	0xf3, 0x0f, 0x01, 0xfe
PROBE_END

PROBE probe_rmpquery			/* at, vmpl, permissions */
	movq	%rdx, %r8
	movq	%rdi, %rax
	movq	%rsi, %rdx
	.byte	0xf3, 0x0f, 0x01, 0xfd
	shrq	$8, %rdx
	andl	$0xff, %edx
	movq	%rdx, (%r8)
PROBE_END
	.section .note.GNU-stack, "", @progbits
