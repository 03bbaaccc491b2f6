/* SPDX-License-Identifier: MIT */
/* The payload's two entries: 32-bit, refused, and 64-bit at +0x200 [boot-abi 7.2]. */
#define STACK_BYTES 0x8000

	.section .head, "ax"
	.code32
entry32:
	cli
	hlt
	jmp	entry32

	.org	0x200
	.code64
	.globl	entry64
entry64:
	/* Not relocatable: anywhere else, stop before anything is touched. */
	leaq	entry64(%rip), %rax
	cmpq	$entry64, %rax
	jne	entry_wrong
	movq	$stack_end, %rsp
	pushfq
	popq	entry_rflags
	cli
	cld
	movq	%rsi, entry_rsi
	movl	%cs, %eax
	movq	%rax, entry_cs
	movl	%ds, %eax
	movq	%rax, entry_ds
	movl	%ss, %eax
	movq	%rax, entry_ss
	movq	%cr3, %rax
	movq	%rax, entry_cr3
	call	stub_main
entry_wrong:
	hlt
	jmp	entry_wrong

	.globl	machine_off
machine_off:
	cli
	hlt
	jmp	machine_off

	.section .data, "aw"
	.balign	8
	.globl	entry_rsi, entry_rflags, entry_cr3, entry_cs, entry_ds, entry_ss
entry_rsi:	.quad 0
entry_rflags:	.quad 0
entry_cr3:	.quad 0
entry_cs:	.quad 0
entry_ds:	.quad 0
entry_ss:	.quad 0

	.section .bss, "aw", @nobits
	.balign	4096
	.skip	STACK_BYTES
stack_end:
	.section .note.GNU-stack, "", @progbits
