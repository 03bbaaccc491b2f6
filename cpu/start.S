/* SPDX-License-Identifier: MIT */
/* 64-bit entry: %edi is the C-bit's position. Early tables, no stack, no IDT. */
#include "selectors.h"

	.section .text.entry, "ax"
	.code64
	.globl	start
start:
	movq	$boot_stack_end, %rsp
	xorl	%ebp, %ebp
	lgdt	gdt_pointer
	pushq	$SELECTOR_CODE
	pushq	$1f
	lretq
1:	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	call	init_cpu
	call	sm_main
	ud2

	.section .rodata, "a"
gdt_pointer:
	.word	GDT_BYTES - 1
	.quad	traps_gdt

	.section .note.GNU-stack, "", @progbits
