/* SPDX-License-Identifier: MIT */
/*
 * The first sectors of a bzImage: the setup header [boot-abi 7.2], and
 * real-mode code that says what this is to a loader that runs it.
 */
#define SETUP_SECTS 4
#define COM1 0x3f8
#define COM1_STATUS 0x3fd
#define TRANSMIT_EMPTY 0x20
#ifndef PAYLOAD
#define PAYLOAD "Turnstile stub guest"
#endif

	.section .setup, "ax"
	.code16
setup:
	.org	0x1f1
	.byte	SETUP_SECTS
	.word	0			/* root_flags */
	.long	stub_paragraphs		/* syssize */
	.word	0, 0xffff, 0		/* ram_size, vid_mode, root_dev */
	.word	0xaa55			/* boot_flag */
	.org	0x200
entry16:
	.byte	0xeb, real_mode - 1f	/* jmp: its second byte is the header's length */
1:
	.ascii	"HdrS"
	.word	0x020f			/* version */
	.long	0			/* realmode_swtch */
	.word	0, version - 0x200	/* start_sys_seg, kernel_version */
	.byte	0, 1			/* type_of_loader, loadflags: LOADED_HIGH */
	.word	0			/* setup_move_size */
	.long	0x100000		/* code32_start */
	.long	0, 0			/* ramdisk_image, ramdisk_size */
	.long	0			/* bootsect_kludge */
	.word	0			/* heap_end_ptr */
	.byte	0, 0			/* ext_loader_ver, ext_loader_type */
	.long	0			/* cmd_line_ptr */
	.long	0x7fffffff		/* initrd_addr_max */
	.long	0x200000		/* kernel_alignment */
	.byte	0, 21			/* relocatable_kernel, min_alignment */
	.word	0x0001			/* xloadflags: 64-bit entry */
	.long	2047			/* cmdline_size */
	.long	0			/* hardware_subarch */
	.quad	0			/* hardware_subarch_data */
	.long	0, 0			/* payload_offset, payload_length */
	.quad	0			/* setup_data */
	.quad	stub_base		/* pref_address */
	.long	stub_init_size
	.long	0, 0			/* handover_offset, kernel_info_offset */

real_mode:
	cli
	movw	$(words - entry16), %si
	cld
next_byte:
	movw	$COM1_STATUS, %dx
wait:
	inb	%dx, %al
	testb	$TRANSMIT_EMPTY, %al
	jz	wait
	lodsb	%cs:(%si), %al
	testb	%al, %al
	jz	halt
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	next_byte
halt:
	hlt
	jmp	halt
version:
	.asciz	PAYLOAD
words:
	.ascii	PAYLOAD
	.asciz	": not an SNP guest\r\n"
	.org	(SETUP_SECTS + 1) * 512
	.section .note.GNU-stack, "", @progbits
