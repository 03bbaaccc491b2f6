/* SPDX-License-Identifier: MIT */
/* Entries of the known image: VMPL0 from start32, VMPL1 from its VMSA. */
	.text
	.code64
	.globl known_start, known_guest_start
known_start:
	lea known_stack_end(%rip), %rsp
	call known_main
1:	hlt
	jmp 1b
known_guest_start:
	call known_guest
1:	cli
	hlt
	jmp 1b

	.bss
	.balign 0x1000
	.skip 0x1000
	.globl known_stack_end, known_guest_stack_end
known_stack_end:
	.skip 0x1000
known_guest_stack_end:

	.section .note.GNU-stack, "", @progbits
