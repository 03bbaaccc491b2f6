/* SPDX-License-Identifier: MIT */
/* The bzImage parser [boot-abi 7.2]: a header of our own, then every field wrong. */
#include "launch/bzimage.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define SETUP_SECTS 2U
#define PAYLOAD ((SETUP_SECTS + 1) * 512)
#define FILE_BYTES (PAYLOAD + 0x200 + 100)

static void put(uint8_t *p, uint64_t x, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(x >> (8 * i));
}

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t x = 0;

	while (bytes-- > 0)
		x = x << 8 | p[bytes];
	return x;
}

static void make(uint8_t file[FILE_BYTES])
{
	memset(file, 0x5a, FILE_BYTES);
	file[0x1F1] = SETUP_SECTS;
	put(file + 0x1FE, 0xAA55, 2);
	put(file + 0x200, 0x6AEB, 2);
	memcpy(file + 0x202, "HdrS", 4);
	put(file + 0x206, 0x20F, 2);
	file[0x211] = 0x80;
	put(file + 0x22C, 0x7fffffff, 4);
	put(file + 0x236, 0x1, 2);
	put(file + 0x238, 2047, 4);
	put(file + 0x250, 0, 8);
	put(file + 0x258, 0x1000000, 8);
	put(file + 0x260, 0x3000000, 4);
}

declare_test(bzimage_good)
{
	uint8_t file[FILE_BYTES];
	struct bzimage k;

	make(file);
	check_eq(bzimage_parse(&k, file, sizeof(file)), BZIMAGE_OK);
	check(k.payload == file + PAYLOAD);
	check_eq(k.payload_bytes, 0x200 + 100);
	check_eq(k.load, 0x1000000);
	check_eq(k.init_size, 0x3000000);
	check_eq(k.cmdline_max, 2047);
	check_eq(k.initrd_max, 0x7fffffff);
	file[0x236] = 3;
	check_eq(bzimage_parse(&k, file, sizeof(file)), BZIMAGE_OK);
	check_eq(k.initrd_max, UINT64_MAX);
}

declare_test(bzimage_bad_fields)
{
	static const struct {
		enum bzimage_error error;
		unsigned int at, bytes;
		uint64_t value;
	} bad[] = {
		{ BZIMAGE_NO_MAGIC, 0x202, 1, 'h' },
		{ BZIMAGE_NO_MAGIC, 0x1FE, 2, 0x55AA },
		{ BZIMAGE_OLD, 0x206, 2, 0x20B },
		{ BZIMAGE_OLD, 0x206, 2, 0 },
		{ BZIMAGE_NOT_64BIT, 0x236, 2, 0x3E },
		{ BZIMAGE_TRUNCATED, 0x1F1, 1, 0 }, /* means 4 */
		{ BZIMAGE_TRUNCATED, 0x1F1, 1, 255 },
		{ BZIMAGE_BAD_HEADER, 0x201, 1, 0x61 },
		{ BZIMAGE_BAD_HEADER, 0x201, 1, 0xff },
		{ BZIMAGE_BAD_HEADER, 0x258, 8, 0 },
		{ BZIMAGE_BAD_HEADER, 0x258, 8, 0x1000200 },
		{ BZIMAGE_BAD_HEADER, 0x258, 8, 1ULL << 52 },
		{ BZIMAGE_BAD_HEADER, 0x260, 4, 0 },
	};
	uint8_t file[FILE_BYTES];
	struct bzimage k;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		make(file);
		put(file + bad[i].at, bad[i].value, bad[i].bytes);
		check_eq(bzimage_parse(&k, file, sizeof(file)), bad[i].error);
	}
}

/* Exact copies: the address sanitizer sees every byte too far. */
declare_test(bzimage_every_truncation)
{
	uint8_t file[FILE_BYTES];
	struct bzimage k;

	make(file);
	for (size_t n = 0; n <= PAYLOAD + BZIMAGE_ENTRY_64; n++) {
		uint8_t *copy = malloc(n == 0 ? 1 : n);

		memcpy(copy, file, n);
		check_eq(bzimage_parse(&k, copy, n),
			 n < 0x206 ? BZIMAGE_NO_MAGIC : BZIMAGE_TRUNCATED);
		free(copy);
	}
	check_eq(bzimage_parse(&k, file, PAYLOAD + BZIMAGE_ENTRY_64 + 1), BZIMAGE_OK);
}

declare_test(bzimage_boot_params_page)
{
	struct bzimage_boot boot = { .initrd = 0x2100000000,
				     .initrd_bytes = 0x4300000005,
				     .cmdline = 0x81000 };
	uint8_t file[FILE_BYTES], page[BOOT_PARAMS_BYTES];
	struct bzimage k;

	make(file);
	check_eq(bzimage_parse(&k, file, sizeof(file)), BZIMAGE_OK);
	memset(page, 0xff, sizeof(page));
	bzimage_boot_params(&k, &boot, page);
	for (unsigned int i = 0; i < sizeof(page); i++) {
		bool header = i >= 0x1F1 && i < 0x202 + 0x6A;
		bool extension = i >= 0xC0 && i < 0xCC;

		if (!header && !extension) /* the sentinel at 0x1ef among them */
			check_eq(page[i], 0);
	}
	check_eq(get(page + 0x202, 4), 0x53726448);
	check_eq(page[0x210], 0xFF);
	check_eq(page[0x211], 0x81);
	check_eq(get(page + 0x218, 4), 0);
	check_eq(get(page + 0xC0, 4), 0x21);
	check_eq(get(page + 0x21C, 4), 5);
	check_eq(get(page + 0xC4, 4), 0x43);
	check_eq(get(page + 0x228, 4), 0x81000);
	check_eq(get(page + 0xC8, 4), 0);
	check_eq(get(page + 0x258, 8), 0x1000000);
}
