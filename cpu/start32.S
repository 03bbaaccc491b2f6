/* SPDX-License-Identifier: MIT */
/*
 * The first instructions: 32-bit protected mode without paging, where every
 * access is private. Finds the C-bit, makes the early tables, enters the
 * image. Linked flat at LAUNCH_START32; the numbers are those of config.h.
 * %ebx: C-bit position; %ebp: its mask in the high half of a table entry.
 */
#define LAUNCH_TABLES 0x11000
#define LAUNCH_CPUID 0x18000
#define LAUNCH_CONFIG 0x1a000
#define CONFIG_MAGIC_LOW 0x54535654
#define CONFIG_MAGIC_HIGH 0x31474643
#define CONFIG_SVSM_GPA (LAUNCH_CONFIG + 0x10)
#define CONFIG_IMAGE_BYTES (LAUNCH_CONFIG + 0x20)
#define CONFIG_ENTRY (LAUNCH_CONFIG + 0x28)

#define ROOT LAUNCH_TABLES
#define LOW_1G (LAUNCH_TABLES + 0x1000)
#define LOW_2M (LAUNCH_TABLES + 0x2000)
#define IMAGE_1G (LAUNCH_TABLES + 0x3000)
#define IMAGE_2M (LAUNCH_TABLES + 0x4000)
#define TABLE 0x63 /* present, writable, accessed, dirty */
#define LEAF_2M 0xe3

#define MSR_EFER 0xc0000080
#define MSR_GHCB 0xc0010130
#define EFER_LME_NXE 0x900
#define CR0_START 0x80010033 /* PG WP NE ET MP PE */
#define CR4_PAE 0x20

/* reason.h; the set is 14 [ghcb 4] */
#define TERMINATE 0xe100
#define REASON_C_BIT 3
#define REASON_CONFIG 14

	.macro entry table, slot, low
	movl	$(\low), \table + 8 * \slot
	movl	%ebp, \table + 8 * \slot + 4
	.endm

	.section .text, "ax"
	.code32
	.globl	start32
start32:
	cld
	cmpl	$CONFIG_MAGIC_LOW, LAUNCH_CONFIG
	jne	bad_config
	cmpl	$CONFIG_MAGIC_HIGH, LAUNCH_CONFIG + 4
	jne	bad_config

	/* CPUID page: Fn8000_001F EBX[5:0] [boot-abi 2] */
	movl	$LAUNCH_CPUID, %esi
	movl	(%esi), %ecx
	cmpl	$64, %ecx
	ja	bad_c_bit
	addl	$16, %esi
1:	testl	%ecx, %ecx
	jz	bad_c_bit
	cmpl	$0x8000001f, (%esi)
	je	2f
	addl	$48, %esi
	decl	%ecx
	jmp	1b
2:	movl	28(%esi), %ebx
	andl	$0x3f, %ebx

	/* the hypervisor's word for it, offered or asked for [ghcb 1, 3] */
	movl	$MSR_GHCB, %ecx
	rdmsr
	movl	%eax, %edx
	andl	$0xfff, %edx
	cmpl	$1, %edx
	je	3f
	movl	$2, %eax
	xorl	%edx, %edx
	wrmsr
	rep
	vmmcall
	rdmsr
	movl	%eax, %edx
	andl	$0xfff, %edx
	cmpl	$1, %edx
	jne	bad_c_bit
3:	shrl	$24, %eax
	cmpl	%eax, %ebx
	jne	bad_c_bit
	cmpl	$32, %ebx
	jb	bad_c_bit
	cmpl	$51, %ebx
	ja	bad_c_bit
	leal	-32(%ebx), %ecx
	movl	$1, %ebp
	shll	%cl, %ebp

	/* 0 and the window: the first 2 MiB; IMAGE_VA: the image */
	entry	ROOT, 0, LOW_1G + TABLE
	entry	ROOT, 256, LOW_1G + TABLE
	entry	ROOT, 511, IMAGE_1G + TABLE
	entry	LOW_1G, 0, LOW_2M + TABLE
	entry	LOW_2M, 0, LEAF_2M
	entry	IMAGE_1G, 510, IMAGE_2M + TABLE
	cmpl	$0, CONFIG_IMAGE_BYTES + 4
	jne	bad_config
	movl	CONFIG_IMAGE_BYTES, %ecx
	decl	%ecx
	shrl	$21, %ecx
	incl	%ecx
	cmpl	$512, %ecx
	ja	bad_config
	movl	CONFIG_SVSM_GPA, %eax
	movl	CONFIG_SVSM_GPA + 4, %edx
	orl	$LEAF_2M, %eax
	orl	%ebp, %edx
	movl	$IMAGE_2M, %edi
4:	movl	%eax, (%edi)
	movl	%edx, 4(%edi)
	addl	$0x200000, %eax
	adcl	$0, %edx
	addl	$8, %edi
	decl	%ecx
	jnz	4b

	/* table walks are private whatever CR3 says [snp-arch 3] */
	movl	$ROOT, %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME_NXE, %eax
	wrmsr
	lgdt	gdt_pointer
	movl	$CR0_START, %eax
	movl	%eax, %cr0
	ljmp	$0x8, $start64

bad_config:
	movl	$(REASON_CONFIG << 16 | TERMINATE), %eax
	jmp	terminate
bad_c_bit:
	movl	$(REASON_C_BIT << 16 | TERMINATE), %eax
terminate:
	xorl	%edx, %edx
	movl	$MSR_GHCB, %ecx
	wrmsr
	rep
	vmmcall
	jmp	terminate

	.code64
start64:
	movl	%ebx, %edi
	movq	CONFIG_ENTRY, %rax
	jmp	*%rax

	.balign	8
gdt:
	.quad	0
	.quad	0x00af9b000000ffff /* 64-bit code */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.section .note.GNU-stack, "", @progbits
