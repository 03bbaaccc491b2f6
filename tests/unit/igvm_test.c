/* SPDX-License-Identifier: MIT */
/* The IGVM reader: the sample of [boot-abi 6.3], and every way to be refused. */
#include "igvm_sample.h"

#include "snp/igvm.h"
#include "test.h"

#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One refusal: up to two fields of the sample changed. */
struct mutation {
	enum igvm_error error;
	struct {
		unsigned int at, bytes;
		uint64_t value;
	} set[2];
};

static const struct mutation mutations[] = {
	{ IGVM_BAD_MAGIC, { { 0, 4, 0x4D564748 } } },
	{ IGVM_BAD_VERSION, { { 4, 4, 3 } } },
	{ IGVM_BAD_VERSION, { { 4, 4, 0 } } },
	{ IGVM_BAD_ARCH, { { 4, 4, 2 } } }, /* then 24 is the architecture: 1 */
	{ IGVM_BAD_TOTAL, { { 16, 4, SAMPLE_BYTES - 1 } } },
	{ IGVM_BAD_SECTION, { { 8, 4, 16 } } },
	{ IGVM_BAD_SECTION, { { 8, 4, 28 } } },
	{ IGVM_BAD_SECTION, { { 8, 4, 0xfffffff8 } } },
	{ IGVM_BAD_SECTION, { { 12, 4, 365 } } },
	{ IGVM_BAD_SECTION, { { 12, 4, SAMPLE_BYTES - 24 } } },
	{ IGVM_BAD_SECTION, { { 12, 4, 0xfffffff8 } } },
	{ IGVM_TRUNCATED, { { 12, 4, 360 } } },
	{ IGVM_TRUNCATED, { { 12, 4, 336 + 8 } } },
	{ IGVM_BAD_TYPE, { { SAMPLE_PAGE_1000, 4, 0x306 } } },
	{ IGVM_BAD_TYPE, { { SAMPLE_PAGE_1000, 4, 0x80000302 } } },
	{ IGVM_BAD_TYPE, { { SAMPLE_POLICY, 4, 0 } } },
	{ IGVM_BAD_LENGTH, { { SAMPLE_PAGE_1000 + 4, 4, 16 } } },
	{ IGVM_BAD_LENGTH, { { SAMPLE_VMSA + 4, 4, 24 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_VMSA + 28, 4, 0x1000000 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_VMSA + 26, 2, 1 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_POLICY + 20, 4, 1 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_PAGE_1000 + 30, 2, 1 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_REQUIRED + 28, 4, 1 } } },
	{ IGVM_BAD_PADDING, { { SAMPLE_REQUIRED + 24, 4, 2 } } },
	{ IGVM_BAD_ORDER, { { SAMPLE_AREA, 4, 0x101 }, { SAMPLE_AREA + 8, 8, 0x20000 } } },
	{ IGVM_BAD_PLATFORM, { { SAMPLE_PLATFORM + 12, 1, 1 } } },
	{ IGVM_BAD_PLATFORM, { { SAMPLE_PLATFORM + 13, 1, 7 } } },
	{ IGVM_BAD_PLATFORM, { { SAMPLE_PLATFORM + 14, 2, 2 } } },
	{ IGVM_BAD_PLATFORM,
	  { { SAMPLE_PLATFORM + 13, 1, 0 }, { SAMPLE_PLATFORM + 16, 8, 0x1000 } } },
	{ IGVM_DUP_PLATFORM,
	  { { SAMPLE_POLICY, 4, 1 }, { SAMPLE_POLICY + 8, 8, 0x0001020000000002 } } },
	{ IGVM_DUP_PLATFORM,
	  { { SAMPLE_POLICY, 4, 1 }, { SAMPLE_POLICY + 8, 8, 0x0001050000000001 } } },
	{ IGVM_NO_SNP, { { SAMPLE_PLATFORM + 13, 1, 5 } } },
	{ IGVM_NO_SNP, { { 12, 4, 0 } } },
	{ IGVM_BAD_MASK, { { SAMPLE_PLATFORM + 8, 4, 3 } } },
	{ IGVM_BAD_MASK, { { SAMPLE_PLATFORM + 8, 4, 0 } } },
	{ IGVM_BAD_MASK, { { SAMPLE_POLICY + 16, 4, 2 } } },
	{ IGVM_BAD_MASK, { { SAMPLE_PAGE_1000 + 16, 4, 0 } } },
	{ IGVM_BAD_MASK, { { SAMPLE_PAGE_1000 + 16, 4, 0xffffffff } } },
	{ IGVM_BAD_MASK, { { SAMPLE_INSERT + 16, 4, 2 } } },
	{ IGVM_BAD_POLICY, { { SAMPLE_POLICY + 8, 8, 0x10000 } } },
	{ IGVM_UNALIGNED, { { SAMPLE_PAGE_1000 + 8, 8, 0x1008 } } },
	{ IGVM_UNALIGNED, { { SAMPLE_AREA + 8, 8, 0x2001 } } },
	{ IGVM_UNALIGNED, { { SAMPLE_REQUIRED + 8, 8, 0x100800 } } },
	{ IGVM_UNALIGNED, { { SAMPLE_REQUIRED + 20, 4, 0x10800 } } },
	{ IGVM_UNALIGNED, { { SAMPLE_INSERT + 8, 8, 0x5800 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_AREA + 8, 8, 0 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_AREA + 8, 8, 0x101000 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_REQUIRED + 20, 4, 0 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_REQUIRED + 8, 8, 0xffffffffffff0000 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_PAGE_1000 + 8, 8, 1ULL << 52 } } },
	{ IGVM_BAD_RANGE, { { SAMPLE_INSERT + 8, 8, (1ULL << 52) - 4096 } } },
	{ IGVM_BAD_OFFSET, { { SAMPLE_PAGE_2000 + 20, 4, SAMPLE_HEADERS_END - 8 } } },
	{ IGVM_BAD_OFFSET, { { SAMPLE_PAGE_2000 + 20, 4, SAMPLE_BYTES - 4095 } } },
	{ IGVM_BAD_OFFSET, { { SAMPLE_PAGE_2000 + 20, 4, 0xffffffff } } },
	{ IGVM_BAD_OFFSET, { { SAMPLE_VMSA + 20, 4, 0 } } },
	{ IGVM_BAD_PAGE, { { SAMPLE_PAGE_3000 + 28, 2, 4 } } },
	{ IGVM_BAD_PAGE, { { SAMPLE_PAGE_1000 + 24, 4, 1 } } },
	{ IGVM_BAD_PAGE, { { SAMPLE_PAGE_1000 + 24, 4, 4 } } },
	{ IGVM_NO_AREA, { { SAMPLE_VP_COUNT + 8, 4, 1 } } },
	{ IGVM_NO_AREA, { { SAMPLE_INSERT + 20, 4, 1 } } },
	{ IGVM_AREA_SMALL, { { SAMPLE_VP_COUNT + 12, 4, 0x1ffd } } },
	{ IGVM_AREA_SMALL, { { SAMPLE_ENVIRONMENT + 12, 4, 0xffffffff } } },
	{ IGVM_AREA_SMALL, { { SAMPLE_MEMORY_MAP + 12, 4, 0x2000 - 23 } } },
	{ IGVM_OVERLAP, { { SAMPLE_PAGE_1000 + 8, 8, 0x2000 } } },
	{ IGVM_OVERLAP, { { SAMPLE_PAGE_8000 + 8, 8, 0x2000 } } },
	{ IGVM_OVERLAP, { { SAMPLE_PAGE_8000 + 8, 8, 0x6000 } } },
	{ IGVM_OVERLAP, { { SAMPLE_PAGE_8000 + 8, 8, IGVM_VMSA_GPA } } },
	{ IGVM_BAD_VMSA, { { SAMPLE_VMSA + 8, 8, 0x9000 } } },
	{ IGVM_BAD_VMSA, { { SAMPLE_HEADERS_END + 4096 + 0x3B0, 8, 8 } } },
	{ IGVM_NO_VMSA, { { SAMPLE_VMSA + 24, 2, 1 } } },
};

/* A second copy of a header of the sample, put in at `to`, `times` over. */
struct insertion {
	enum igvm_error error;
	unsigned int from, bytes, to, times;
	unsigned int index_at; /* of the copy: counted up from 1; 0: left alone */
	size_t offset;	       /* where it must be noticed */
};

static const struct insertion insertions[] = {
	{ IGVM_DUP_POLICY, SAMPLE_POLICY, 24, SAMPLE_REQUIRED, 1, 0, SAMPLE_REQUIRED },
	{ IGVM_DUP_AREA, SAMPLE_AREA, 24, SAMPLE_VP_COUNT, 1, 0, SAMPLE_VP_COUNT },
	{ IGVM_MANY_AREAS, SAMPLE_AREA, 24, SAMPLE_VP_COUNT, IGVM_AREAS, 16,
	  SAMPLE_VP_COUNT + 24 * (IGVM_AREAS - 1) },
	{ IGVM_AREA_USED, SAMPLE_INSERT, 24, SAMPLE_INSERT, 1, 0, SAMPLE_INSERT + 24 },
	{ IGVM_AREA_USED, SAMPLE_INSERT, 24, SAMPLE_VP_COUNT, 1, 0, SAMPLE_VP_COUNT + 24 },
	{ IGVM_DUP_VMSA, SAMPLE_VMSA, 32, SAMPLE_HEADERS_END, 1, 0, SAMPLE_HEADERS_END },
	{ IGVM_BAD_ORDER, SAMPLE_POLICY, 24, SAMPLE_AREA, 1, 0, SAMPLE_AREA },
};

static enum igvm_error mutate(const struct mutation *m)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);
	struct igvm f;
	struct igvm_result r;

	for (unsigned int i = 0; i < 2; i++)
		sample_put(file + m->set[i].at, m->set[i].value, m->set[i].bytes);
	sample_fix_crc(file, bytes);
	r = igvm_open(&f, file, bytes);
	check(r.offset <= bytes);
	free(file);
	return r.error;
}

static enum igvm_error insert(const struct insertion *x)
{
	size_t bytes, more = (size_t)x->bytes * x->times;
	uint8_t *sample = sample_file(&bytes), *file = calloc(1, bytes + more);
	struct igvm f;
	struct igvm_result r;

	/* The page data moves up. */
	sample_put(sample + SAMPLE_PAGE_2000 + 20, SAMPLE_HEADERS_END + more, 4);
	sample_put(sample + SAMPLE_VMSA + 20, SAMPLE_HEADERS_END + 4096 + more, 4);
	memcpy(file, sample, x->to);
	for (unsigned int i = 0; i < x->times; i++) {
		memcpy(file + x->to + i * x->bytes, sample + x->from, x->bytes);
		if (x->index_at != 0)
			sample_put(file + x->to + i * x->bytes + x->index_at, i + 1, 4);
	}
	memcpy(file + x->to + more, sample + x->to, bytes - x->to);
	sample_put(file + 12, SAMPLE_HEADERS_END - 24 + more, 4);
	sample_put(file + 16, bytes + more, 4);
	sample_fix_crc(file, bytes + more);
	r = igvm_open(&f, file, bytes + more);
	check_eq(r.offset, x->offset);
	free(sample);
	free(file);
	return r.error;
}

declare_test(igvm_refuses_every_error)
{
	bool seen[IGVM_ERRORS] = { [IGVM_OK] = true };

	for (size_t i = 0; i < sizeof(mutations) / sizeof(mutations[0]); i++) {
		enum igvm_error got = mutate(&mutations[i]);

		if (got != mutations[i].error)
			printf("# mutation %zu: %s\n", i, igvm_words(got));
		check_eq(got, mutations[i].error);
		seen[got] = true;
	}
	for (size_t i = 0; i < sizeof(insertions) / sizeof(insertions[0]); i++) {
		check_eq(insert(&insertions[i]), insertions[i].error);
		seen[insertions[i].error] = true;
	}
	seen[IGVM_BAD_CRC] = seen[IGVM_TOO_SHORT] = true; /* the tests below */
	for (unsigned int e = 0; e < IGVM_ERRORS; e++) {
		if (!seen[e])
			printf("# not reached: %s\n", igvm_words((enum igvm_error)e));
		check(seen[e]);
	}
}

/* Opens an exact copy, so that the address sanitizer sees every byte too far. */
static enum igvm_error open_copy(const uint8_t *file, size_t bytes, bool fix)
{
	uint8_t *copy = malloc(bytes == 0 ? 1 : bytes);
	struct igvm f;
	enum igvm_error error;

	memcpy(copy, file, bytes);
	if (fix && bytes >= 20)
		sample_put(copy + 16, bytes, 4);
	if (fix)
		sample_fix_crc(copy, bytes);
	error = igvm_open(&f, copy, bytes).error;
	free(copy);
	return error;
}

declare_test(igvm_refuses_every_truncation)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);

	for (size_t n = 0; n < bytes; n++) {
		check_eq(open_copy(file, n, false), n < 24 ? IGVM_TOO_SHORT : IGVM_BAD_TOTAL);
		check(open_copy(file, n, true) != IGVM_OK);
	}
	check_eq(open_copy(file, bytes, true), IGVM_OK);
	file[4] = 2;
	for (size_t n = 24; n < 32; n++)
		check_eq(open_copy(file, n, false), IGVM_TOO_SHORT);
	free(file);
}

declare_test(igvm_checksum_covers_every_header_bit)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);

	for (size_t bit = 20 * 8; bit < SAMPLE_HEADERS_END * 8; bit++) {
		file[bit / 8] ^= (uint8_t)(1U << bit % 8);
		check_eq(open_copy(file, bytes, false), IGVM_BAD_CRC);
		file[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	free(file);
}

/* Whatever one byte says: refused, or every page given out lies in the file. */
declare_test(igvm_survives_any_header_byte)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < SAMPLE_HEADERS_END * 256U; i++) {
		uint8_t was = file[i / 256];
		struct igvm f;

		file[i / 256] = (uint8_t)i;
		sample_fix_crc(file, bytes);
		if (igvm_open(&f, file, bytes).error == IGVM_OK) {
			struct igvm_order o;
			struct igvm_page p;

			igvm_order_start(&o, &f);
			while (igvm_order_next(&o, &p)) {
				if (p.data != NULL)
					sum = (uint8_t)(sum + p.data[0] + p.data[4095]);
			}
		}
		file[i / 256] = was;
	}
	free(file);
}

declare_test(igvm_sample_bytes)
{
	static const char want[] =
		"881bcc5c052c3fcd66a1cb9189614230c1c375a6a5758cb34a25670dc513c81b";
	size_t bytes;
	uint8_t *file = sample_file(&bytes), hash[32];
	char hex[65];
	uint32_t crc;

	check_eq(bytes, SAMPLE_BYTES);
	memcpy(&crc, file + 20, 4);
	check_eq(crc, 0x503DACAB);
	check_eq(mbedtls_sha256(file, bytes, hash, 0), 0);
	for (unsigned int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	check(strcmp(hex, want) == 0);
	free(file);
}

/* The same headers as version 2: 8 bytes more in front, every offset moved. */
declare_test(igvm_sample_version_2)
{
	size_t bytes;
	uint8_t *one = sample_file(&bytes), *two = calloc(1, bytes + 8);
	struct igvm f;

	memcpy(two, one, 24);
	memcpy(two + 32, one + 24, bytes - 24);
	sample_put(two + 4, 2, 4);
	sample_put(two + 8, 32, 4);
	sample_put(two + 16, bytes + 8, 4);
	sample_put(two + 20, 0x9D395B00, 4);
	sample_put(two + 28, 4096, 4);
	sample_put(two + 8 + SAMPLE_PAGE_2000 + 20, SAMPLE_HEADERS_END + 8, 4);
	sample_put(two + 8 + SAMPLE_VMSA + 20, SAMPLE_HEADERS_END + 8 + 4096, 4);
	check_eq(igvm_open(&f, two, bytes + 8).error, IGVM_OK);
	check_eq(f.version, 2);
	free(one);
	free(two);
}

declare_test(igvm_sample_contents)
{
	size_t bytes, at = 0;
	uint8_t *file = sample_file(&bytes), vmsa[4096];
	struct igvm_header h;
	struct igvm f;

	check_eq(igvm_open(&f, file, bytes).error, IGVM_OK);
	check_eq(f.policy, 0x30000);
	sample_vmsa(vmsa);
	check(memcmp(igvm_vmsa(&f, 0), vmsa, 4096) == 0);
	check(igvm_vmsa(&f, 1) == NULL);
	check(igvm_next_parameter(&f, &at, 0, &h));
	check_eq(h.type, IGVM_VP_COUNT);
	check_eq(h.at, 0x1000);
	check(igvm_next_parameter(&f, &at, 0, &h));
	check_eq(h.type, IGVM_ENVIRONMENT_INFO);
	check(igvm_next_parameter(&f, &at, 0, &h));
	check_eq(h.type, IGVM_MEMORY_MAP);
	check(!igvm_next_parameter(&f, &at, 0, &h));
	at = 0;
	check(!igvm_next_parameter(&f, &at, 1, &h));
	free(file);
}
