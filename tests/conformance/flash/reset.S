/* SPDX-License-Identifier: MIT */
/*
 * The suite as an SVSM starts firmware: an image that ends at 4 GiB, with
 * OVMF's table of GUIDs and SEV metadata in its last page [boot-abi 4], and a
 * reset vector. It makes page tables, copies the payload to where it is
 * linked, and enters it as the Linux boot protocol has it [boot-abi 7.2].
 * Memory is read and written with paging off first: every access is private then.
 */
#define MEMFD 0x800000 /* as in OVMF, for SVSMs that know its addresses */
#define TABLES MEMFD
#define SECRETS (MEMFD + 0xd000)
#define CPUID (MEMFD + 0xe000)
#define CALLING_AREA (MEMFD + 0xf000)
#define RAM_END 0x4000000 /* of what is there from the start */
#define PAYLOAD_AT 0x1000000
#define PAYLOAD_ENTRY (PAYLOAD_AT + 0x200)

#define CPUID_SEV 0x8000001f
#define CPUID_ENTRIES 16 /* each of 48 bytes [boot-abi 2] */
#define CPUID_MAX 64
#define TABLE 0x63 /* present, writable, accessed, dirty */
#define LEAF_2M 0xe3
#define CR0_PG_PE 0x80000001
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define COM1 0x3f8
#define IMAGE 0xfff80000 /* 512 KiB: flash.lds */

#define SEC_MEM 1
#define SEC_SECRETS 2
#define SEC_CPUID 3
#define SEC_CAA 4
#define E820_RAM 1
#define GUIDS 62 /* bytes of the table */

	.section .data.payload, "a"
payload:
	.incbin	PAYLOAD
payload_end:

	/* boot_params: e820, setup_data, command line [boot-abi 7.2] */
	.balign	4096
params:
	.org	params + 0x1e8
	.byte	(e820_end - e820) / 20
	.org	params + 0x228
	.long	options
	.org	params + 0x250
	.long	node, 0
	.org	params + 0x2d0
e820:
	.quad	0, 0xa0000
	.long	E820_RAM
	.quad	0x100000, RAM_END - 0x100000
	.long	E820_RAM
	.quad	IMAGE, 0x100000000 - IMAGE /* this image: launched, the guest's */
	.long	E820_RAM
e820_end:
	.org	params + 4096
node:	.quad	0			/* next */
	.long	7, 4			/* the CC blob's address */
	.long	blob
	.balign	8
blob:	.long	0x45444d41
	.word	0, 0
	.quad	SECRETS
	.long	4096, 0
	.quad	CPUID
	.long	4096, 0
options:
	.asciz	OPTIONS

	.section .text, "ax"
	.code32
start32:
	movw	$0x18, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	cld
	/* The C-bit: Fn8000_001F EBX[5:0]. */
	movl	$CPUID, %esi
	movl	(%esi), %ecx
	addl	$CPUID_ENTRIES, %esi
	cmpl	$CPUID_MAX, %ecx
	ja	no_snp
1:	testl	%ecx, %ecx
	jz	no_snp
	cmpl	$CPUID_SEV, (%esi)
	je	2f
	addl	$48, %esi
	decl	%ecx
	jmp	1b
2:	movl	28(%esi), %ecx
	andl	$0x3f, %ecx
	subl	$32, %ecx
	jb	no_snp
	movl	$1, %ebp
	shll	%cl, %ebp		/* in the high half of an entry */

	/* 4 GiB, identity, private, by 2 MiB: one PML4, one PDPT, four directories. */
	movl	$TABLES, %edi
	xorl	%eax, %eax
	movl	$(6 * 1024), %ecx
	rep stosl
	movl	$(TABLES + 0x1000 + TABLE), TABLES
	movl	%ebp, TABLES + 4
	movl	$(TABLES + 0x2000 + TABLE), %eax
	movl	$(TABLES + 0x1000), %edi
	movl	$4, %ecx
3:	movl	%eax, (%edi)
	movl	%ebp, 4(%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	3b
	movl	$LEAF_2M, %eax
	movl	$(TABLES + 0x2000), %edi
	movl	$2048, %ecx
4:	movl	%eax, (%edi)
	movl	%ebp, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	4b

	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$TABLES, %eax		/* tables are read as private, whatever CR3 says */
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_PE, %eax
	movl	%eax, %cr0
	ljmpl	$0x10, $start64

no_snp:
	movl	$said, %esi
5:	lodsb
	testb	%al, %al
	jz	halt
	movb	%al, %bl
	movw	$(COM1 + 5), %dx
6:	inb	%dx, %al
	testb	$0x20, %al
	jz	6b
	movb	%bl, %al
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	5b
halt:	cli
	hlt
	jmp	halt
said:	.asciz	"SVSM conformance suite: no CPUID page, not an SNP guest\r\n"

	.code64
start64:
	movl	$payload, %esi
	movl	$PAYLOAD_AT, %edi
	movl	$(payload_end - payload), %ecx
	rep movsb
	movl	$params, %esi
	movl	$PAYLOAD_ENTRY, %eax
	jmp	*%rax

	.section .last, "ax"		/* the last page */
last:
	.balign	8
gdt:	.quad	0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	gdt

	.code16
start16:
	cli
	lgdtl	%cs:(gdt_pointer - last + 0xf000)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x8, $start32
	/* Where a hypervisor may put other CPUs; the suite makes them by CREATE_VCPU. */
halt16:	cli
	hlt
	jmp	halt16

	.balign	4
metadata:
	.ascii	"ASEV"
	.long	metadata_end - metadata, 1, (metadata_end - sections) / 12
sections:
	.long	0, 0xa0000, SEC_MEM
	.long	0x100000, MEMFD - 0x100000, SEC_MEM
	.long	MEMFD, SECRETS - MEMFD, SEC_MEM
	.long	SECRETS, 0x1000, SEC_SECRETS
	.long	CPUID, 0x1000, SEC_CPUID
	.long	CALLING_AREA, 0x1000, SEC_CAA
	.long	CALLING_AREA + 0x1000, RAM_END - CALLING_AREA - 0x1000, SEC_MEM
metadata_end:

	.org	4096 - 32 - GUIDS
	.long	0xffff0000 + halt16 - last + 0xf000
	.word	4 + 18
	.long	0x00f771de		/* 00f771de-1a7e-4fcb-890e-68c77e2fb44e */
	.word	0x1a7e, 0x4fcb
	.byte	0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e
	.long	4096 - (metadata - last)
	.word	4 + 18
	.long	0xdc886566		/* dc886566-984a-4798-a75e-5585a7bf67cc */
	.word	0x984a, 0x4798
	.byte	0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc
	.word	GUIDS
	.long	0x96b582de		/* 96b582de-1fb2-45f7-baea-a366c55a082d */
	.word	0x1fb2, 0x45f7
	.byte	0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d

	.org	4096 - 16
	jmp	start16
	.org	4096
	.section .note.GNU-stack, "", @progbits
