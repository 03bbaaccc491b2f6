/* SPDX-License-Identifier: MIT */
/*
 * A guest that ends badly, as -DEND= says: terminate, reset or hang. Linked
 * with the stub guest's setup header.
 */
#define MSR_GHCB 0xc0010130
#define TERMINATE_LINUX_PVALIDATE 0x00021100 /* MSR protocol: set 1, code 2 */

	.section .head, "ax"
	.org	0x200
	.globl	entry64
entry64:
	jmp	END

terminate:
	movl	$MSR_GHCB, %ecx
	movl	$TERMINATE_LINUX_PVALIDATE, %eax
	xorl	%edx, %edx
	wrmsr
	rep
	vmmcall
	jmp	hang

reset:	/* no IDT: a triple fault */
	lidt	no_idt(%rip)
	ud2

hang:
	jmp	hang

no_idt:
	.word	0
	.quad	0
	.section .note.GNU-stack, "", @progbits
