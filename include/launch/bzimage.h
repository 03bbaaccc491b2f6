/* SPDX-License-Identifier: MIT */
/* The setup header of a Linux bzImage [boot-abi 7.2]. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_PARAMS_BYTES 4096U
#define BZIMAGE_ENTRY_64 0x200U /* of the payload */

enum bzimage_error {
	BZIMAGE_OK,
	BZIMAGE_NO_MAGIC,
	BZIMAGE_OLD,	   /* boot protocol before 2.12 */
	BZIMAGE_NOT_64BIT, /* no 64-bit entry */
	BZIMAGE_TRUNCATED, /* ends before its payload */
	BZIMAGE_BAD_HEADER,
};

struct bzimage {
	const uint8_t *header; /* what boot_params gets, from 0x1f1 on */
	size_t header_bytes;
	const uint8_t *payload;
	size_t payload_bytes;
	uint64_t load; /* preferred address, 4 KiB aligned */
	uint64_t init_size;
	uint64_t initrd_max;  /* highest address of an initrd byte */
	uint32_t cmdline_max; /* without its NUL */
};

enum bzimage_error bzimage_parse(struct bzimage *k, const void *file, size_t bytes);
const char *bzimage_words(enum bzimage_error error);

/* What a boot loader fills in. Zero initrd_bytes: none. */
struct bzimage_boot {
	uint64_t initrd, initrd_bytes;
	uint64_t cmdline;
};

void bzimage_boot_params(const struct bzimage *k, const struct bzimage_boot *boot,
			 uint8_t page[BOOT_PARAMS_BYTES]);
