/* SPDX-License-Identifier: MIT */
/* Exception entries: one stub of 16 bytes a vector, then trap_handle(frame). */
#define HAS_ERROR 0x60227d00		/* 8, 10 to 14, 17, 21, 29, 30 */

	.text
	.globl	vector_stubs
	.balign	16
vector_stubs:
	vector = 0
	.rept	32
	.balign	16
	.if	((HAS_ERROR >> vector) & 1) == 0
	pushq	$0
	.endif
	pushq	$vector
	jmp	common
	vector = vector + 1
	.endr

	.balign	16
common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	andq	$-16, %rsp
	call	trap_handle
	movq	%rbx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp		/* vector, error */
	iretq
	.section .note.GNU-stack, "", @progbits
