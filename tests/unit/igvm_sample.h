/* SPDX-License-Identifier: MIT */
/* The sample file of [boot-abi 6.3] and the VMSA of [boot-abi 3.2]. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_BYTES 8584U
#define SAMPLE_HEADERS_END 392U

/* Where its variable headers begin. */
enum {
	SAMPLE_PLATFORM = 24,
	SAMPLE_POLICY = 48,
	SAMPLE_REQUIRED = 72,
	SAMPLE_AREA = 104,
	SAMPLE_VP_COUNT = 128,
	SAMPLE_ENVIRONMENT = 144,
	SAMPLE_MEMORY_MAP = 160,
	SAMPLE_INSERT = 176,
	SAMPLE_PAGE_1000 = 200,
	SAMPLE_PAGE_2000 = 232,
	SAMPLE_PAGE_3000 = 264,
	SAMPLE_PAGE_4000 = 296,
	SAMPLE_PAGE_8000 = 328,
	SAMPLE_VMSA = 360,
};

uint8_t *sample_file(size_t *bytes); /* malloc'd */
void sample_vmsa(uint8_t page[4096]);
void sample_put(uint8_t *p, uint64_t x, unsigned int bytes);
/* Makes the checksum right again (versions 1 and 2). */
void sample_fix_crc(uint8_t *file, size_t bytes);
