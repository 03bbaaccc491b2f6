/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 1 to long mode: the first 4 GiB mapped one to one, 5 levels when
 * the CPU has them, since nested tables have as many levels as the host's
 * and a C-bit at 51 needs five. SVM on. The other CPUs come from real mode,
 * by a copy of boot_trampoline, and take over what the first one found.
 */
#define MAGIC 0x1badb002
#define FLAGS 3 /* modules page aligned, memory map */
#define CR4_BITS 0x620 /* PAE OSFXSR OSXMMEXCPT */
#define CR4_LA57 0x1000
#define MSR_EFER 0xc0000080
#define EFER_BITS 0x1900 /* SVME NXE LME */
#define CR0_BITS 0x80010033 /* PG WP NE ET MP PE */

	.section .multiboot, "a"
	.align 4
	.long MAGIC, FLAGS, -(MAGIC + FLAGS)

	.text
	.code32
	.globl boot_start
boot_start:
	cld
	mov %eax, boot_magic
	mov %ebx, boot_info
	mov $boot_stack_end, %esp

	mov $boot_pd, %edi
	mov $0x83, %eax /* present, writable, 2M */
1:	mov %eax, (%edi)
	movl $0, 4(%edi)
	add $8, %edi
	add $0x200000, %eax
	jnc 1b
	mov $boot_pd + 3, %eax
	mov $boot_pdpt, %edi
	mov $4, %ecx
1:	mov %eax, (%edi)
	add $8, %edi
	add $0x1000, %eax
	loop 1b
	movl $boot_pdpt + 3, boot_pml4
	movl $boot_pml4 + 3, boot_pml5

	xor %eax, %eax
	cpuid
	mov %eax, %esi
	mov $CR4_BITS, %ebp
	mov $boot_pml4, %edi
	cmp $7, %esi
	jb 2f
	mov $7, %eax
	xor %ecx, %ecx
	cpuid
	bt $16, %ecx
	jnc 2f
	or $CR4_LA57, %ebp
	mov $boot_pml5, %edi
2:	mov %ebp, boot_cr4
	mov %edi, boot_cr3
	mov $0x80000001, %eax
	cpuid
	bt $2, %ecx
	jnc boot_long /* no SVM: main() says so */
	movl $EFER_BITS, boot_efer

boot_long:
	mov boot_cr4, %eax
	mov %eax, %cr4
	mov boot_cr3, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or boot_efer, %eax
	wrmsr
	mov $CR0_BITS, %eax
	mov %eax, %cr0
	lgdt boot_gdtr
	ljmp $8, $boot_64

	.code64
boot_64:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	xor %eax, %eax
	mov %eax, %fs
	mov %eax, %gs
	mov boot_stack_top, %rsp
	mov boot_magic, %edi
	mov boot_info, %esi
	call *boot_enter
1:	hlt
	jmp 1b

/* Runs at the start of a page below 1 MiB, whose number is in CS. */
	.code16
	.globl boot_trampoline, boot_trampoline_end
boot_trampoline:
	cli
	cld
	lgdtl %cs:(trampoline_gdtr - boot_trampoline)
	mov %cr0, %eax
	or $1, %eax
	mov %eax, %cr0
	ljmpl $0x18, $trampoline_32
trampoline_gdtr:
	.word boot_gdtr - boot_gdt - 1
	.long boot_gdt
boot_trampoline_end:

	.code32
trampoline_32:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	jmp boot_long

	.code64
/* Host exceptions: all end in trap_report(vector, error, frame). */
	.altmacro
	.macro stub number
	.balign 16
	.if (\number == 8) || ((\number >= 10) && (\number <= 14)) || (\number == 17)
	.else
	push $0
	.endif
	push $\number
	jmp trap_common
	.endm
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set i, 0
	.rept 32
	stub %i
	.set i, i + 1
	.endr
trap_common:
	pop %rdi
	pop %rsi
	mov %rsp, %rdx
	and $-16, %rsp
	cld
	call trap_report

	.data
	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff /* 08: 64-bit code */
	.quad 0x00cf93000000ffff /* 10: data */
	.quad 0x00cf9b000000ffff /* 18: 32-bit code */
boot_gdtr:
	.word . - boot_gdt - 1
	.quad boot_gdt
boot_magic:
	.long 0
boot_info:
	.long 0
boot_efer:
	.long 0x900
boot_cr3:
	.long 0
boot_cr4:
	.long 0
	.balign 8
	.globl boot_stack_top, boot_enter
boot_stack_top:
	.quad boot_stack_end
boot_enter:
	.quad main

	.bss
	.balign 0x1000
	.globl boot_pdpt
boot_pml5:
	.skip 0x1000
boot_pml4:
	.skip 0x1000
boot_pdpt:
	.skip 0x1000
boot_pd:
	.skip 0x4000
boot_stack:
	.skip 0x10000
boot_stack_end:

	.section .note.GNU-stack, "", @progbits
