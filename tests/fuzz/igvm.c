/* SPDX-License-Identifier: MIT */
/* The readers of files: an IGVM file whose checksum is made right, and a bzImage. */
#include "fuzz.h"

#include <launch/bzimage.h>
#include <snp/igvm.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static uint32_t word(const uint8_t *file, size_t at)
{
	uint32_t value;

	memcpy(&value, file + at, sizeof(value));
	return value;
}

/* Or the fuzzer would not come past it. */
static void make_right(uint8_t *file, size_t bytes)
{
	uint32_t total = (uint32_t)bytes, crc, fixed = word(file, 4) == 2 ? 32 : 24;
	static const uint8_t zero[4];

	memcpy(file + 16, &total, sizeof(total));
	if (bytes < fixed || word(file, 8) > bytes || word(file, 12) > bytes - word(file, 8))
		return;
	crc = igvm_crc32(0, file, 20);
	crc = igvm_crc32(crc, zero, 4);
	crc = igvm_crc32(crc, file + 24, fixed - 24);
	crc = igvm_crc32(crc, file + word(file, 8), word(file, 12));
	memcpy(file + 20, &crc, sizeof(crc));
}

static void igvm(uint8_t *file, size_t bytes)
{
	struct igvm f;
	struct igvm_order order;
	struct igvm_page page;
	struct igvm_result r;
	volatile uint8_t sum = 0;

	if (bytes >= 24)
		make_right(file, bytes);
	r = igvm_open(&f, file, bytes);
	demand(r.error < IGVM_ERRORS && r.offset <= bytes);
	if (r.error != IGVM_OK)
		return;
	demand(igvm_vmsa(&f, 0) != NULL);
	igvm_order_start(&order, &f);
	for (unsigned int n = 0; n < 10000 && igvm_order_next(&order, &page); n++) {
		demand(page.gpa % IGVM_PAGE == 0);
		if (page.data != NULL)
			sum = (uint8_t)(sum + page.data[0] + page.data[IGVM_PAGE - 1]);
	}
}

static void bzimage(const uint8_t *file, size_t bytes)
{
	const struct bzimage_boot boot = { 0 };
	static uint8_t page[BOOT_PARAMS_BYTES];
	struct bzimage k;
	volatile uint8_t last;

	if (bzimage_parse(&k, file, bytes) != BZIMAGE_OK)
		return;
	demand(k.payload_bytes > BZIMAGE_ENTRY_64);
	last = k.payload[k.payload_bytes - 1];
	(void)last;
	bzimage_boot_params(&k, &boot, page);
}

#define PAGES 2U /* of data, the second a save area that is accepted */

/* The headers are the input, the pages behind them are always there. */
static void with_pages(const uint8_t *bytes, size_t count)
{
	size_t start = (count + IGVM_PAGE - 1) / IGVM_PAGE * IGVM_PAGE;
	uint8_t *file = calloc(1, start + PAGES * IGVM_PAGE);

	memcpy(file, bytes, count);
	file[start + IGVM_PAGE + 0x3b0] = 1;
	igvm(file, start + PAGES * IGVM_PAGE);
	free(file);
}

/* A copy of just its size: a byte too far is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	uint8_t *file;

	if (count == 0)
		return 0;
	file = malloc(count);
	memcpy(file, bytes, count);
	bzimage(file, count);
	igvm(file, count);
	free(file);
	with_pages(bytes, count);
	return 0;
}
