/* SPDX-License-Identifier: MIT */
/* Entries of the SMP image, and a read that may fault. */
	.text
	.code64
	.globl known_start, smp_try_read, smp_page_fault
known_start:
	lea smp_stack_end(%rip), %rsp
	call smp_main
1:	hlt
	jmp 1b

/* uint64_t smp_try_read(const void *at): all ones after a fault that the RMP makes */
smp_try_read:
	mov (%rdi), %rax
	ret
smp_page_fault:
	testl $0x80000000, (%rsp)
	jz 1f
	add $8, %rsp
	addq $3, (%rsp) /* the MOV */
	mov $-1, %rax
	iretq
1:	hlt
	jmp 1b

	.bss
	.balign 0x1000
	.skip 0x2000
smp_stack_end:

	.section .note.GNU-stack, "", @progbits
