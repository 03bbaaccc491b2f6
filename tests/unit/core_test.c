/* SPDX-License-Identifier: MIT */
/* Decode of the core protocol: tables of what each call says, and that it is total. */
#include <svsm/call.h>

#include "test.h"

#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

declare_test(core_decode_table)
{
	static const struct {
		uint64_t rax, rcx;
		enum event ev;
		uint32_t result;
	} rows[] = {
		{ 0, 0, EV_REMAP, 0 },
		{ 0, 0x1000, EV_REMAP, 0 },
		{ 0, ~0xfffULL, EV_REMAP, 0 },
		{ 0, 0x1008, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 0, 1, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 1, 0x1008, EV_PVALIDATE, 0 },
		{ 1, ~7ULL, EV_PVALIDATE, 0 },
		{ 1, 0x1004, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 1, ~0ULL, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 2, 0x1000, EV_CREATE, 0 },
		{ 2, 0, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER }, /* 2 MiB aligned */
		{ 2, 0x200000, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 2, 0x1008, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 2, ~0xfffULL, EV_CREATE, 0 },
		{ 3, 0, EV_DELETE, 0 },
		{ 3, ~0xfffULL, EV_DELETE, 0 },
		{ 3, 0x1001, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 4, 0x1008, EV_DEPOSIT, 0 },
		{ 4, 0x1004, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 5, 0x1008, EV_WITHDRAW, 0 },
		{ 5, 0x1ff0, EV_WITHDRAW, 0 },
		{ 5, 0x1ff8, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER }, /* no room */
		{ 5, 0x1001, EV_REFUSED, SVSM_ERR_INVALID_PARAMETER },
		{ 6, 0, EV_QUERY, 0 },
		{ 6, ~0ULL, EV_QUERY, 0 },
		{ 7, 1, EV_VTOM, 0 },
		{ 8, 0, EV_REFUSED, SVSM_ERR_UNSUPPORTED_CALL },
		{ 0xffffffff, 0, EV_REFUSED, SVSM_ERR_UNSUPPORTED_CALL },
		{ 1ULL << 32, 0, EV_REFUSED, SVSM_ERR_UNSUPPORTED_PROTOCOL },
		{ 1ULL << 32 | 6, 0, EV_REFUSED, SVSM_ERR_UNSUPPORTED_PROTOCOL },
		{ 1ULL << 63 | 6, 0, EV_REFUSED, SVSM_ERR_UNSUPPORTED_PROTOCOL },
		{ ~0ULL, ~0ULL, EV_REFUSED, SVSM_ERR_UNSUPPORTED_PROTOCOL },
	};

	for (unsigned int i = 0; i < ROWS(rows); i++) {
		const struct call call = { .rax = rows[i].rax, .rcx = rows[i].rcx };
		struct request request = { 0 };

		check_eq(i << 8 | core_decode(&call, &request), i << 8 | rows[i].ev);
		check_eq(request.result, rows[i].result);
	}
}

declare_test(core_decode_vtom)
{
	static const struct {
		uint64_t rcx;
		uint32_t result;
	} rows[] = {
		{ 0x3, SVSM_ERR_INVALID_PARAMETER }, /* query: everything else is reserved */
		{ 0x1001, SVSM_ERR_INVALID_PARAMETER },
		{ 1ULL << 63 | 1, SVSM_ERR_INVALID_PARAMETER },
		{ 0, SVSM_ERR_INVALID_REQUEST },
		{ 0x1e, SVSM_ERR_INVALID_REQUEST }, /* enable, load all three */
		{ 0x100002, SVSM_ERR_INVALID_REQUEST },
		{ 0x20, SVSM_ERR_INVALID_PARAMETER }, /* bits 11:5 */
		{ 0x802, SVSM_ERR_INVALID_PARAMETER },
		{ 0x100000, SVSM_ERR_INVALID_PARAMETER }, /* disable with an address */
	};

	for (unsigned int i = 0; i < ROWS(rows); i++) {
		const struct call call = { .rax = SVSM_CORE_CONFIGURE_VTOM, .rcx = rows[i].rcx };
		struct request request = { 0 };

		check_eq(core_decode(&call, &request), EV_REFUSED);
		check_eq((uint64_t)i << 32 | request.result, (uint64_t)i << 32 | rows[i].result);
	}
}

declare_test(core_decode_entry_table)
{
	static const struct {
		uint64_t raw;
		uint32_t result;
		struct entry e;
	} rows[] = {
		{ 0x1000, 0, { { 0x1000 }, SIZE_4K, false, false } },
		{ 0x1004, 0, { { 0x1000 }, SIZE_4K, true, false } },
		{ 0x1008, 0, { { 0x1000 }, SIZE_4K, false, true } },
		{ 0x20000d, 0, { { 0x200000 }, SIZE_2M, true, true } },
		{ ~0xff3ULL, 0, { { ~0xfffULL }, SIZE_4K, true, true } },
		{ 0x1002, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ 0x1003, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ 0x1010, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ 0x1800, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ 0x201001, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ 0x300001, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
		{ ~0ULL, SVSM_ERR_INVALID_PARAMETER, { { 0 }, 0, 0, 0 } },
	};

	for (unsigned int i = 0; i < ROWS(rows); i++) {
		struct entry e = { { 0 }, 0, 0, 0 };

		check_eq((uint64_t)i << 32 | core_decode_entry(rows[i].raw, &e),
			 (uint64_t)i << 32 | rows[i].result);
		if (rows[i].result != 0)
			continue;
		check_eq(e.page.raw, rows[i].e.page.raw);
		check_eq(e.size, rows[i].e.size);
		check_eq(e.validate, rows[i].e.validate);
		check_eq(e.ignore_cf, rows[i].e.ignore_cf);
	}
}

#define HEADER(count, next) ((uint64_t)(next) << 16 | (count))

declare_test(core_decode_header_table)
{
	static const struct {
		uint64_t raw, room;
		uint32_t result;
	} rows[] = {
		{ HEADER(1, 0), 4096, 0 },
		{ HEADER(511, 0), 4096, 0 },
		{ HEADER(511, 510), 4096, 0 },
		{ HEADER(510, 0), 4088, 0 },
		{ HEADER(1, 0), 16, 0 },
		{ HEADER(1, 0) | 0xdeadbeefULL << 32, 4096,
		  0 }, /* stale in Linux: see core_decode.c */
		{ HEADER(0, 0), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(1, 1), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(5, 6), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(0, 0xffff), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(512, 0), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(511, 0), 4088, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(0xffff, 0), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(0xffff, 0xfffe), 4096, SVSM_ERR_INVALID_PARAMETER },
		{ HEADER(1, 0), 8, SVSM_ERR_INVALID_PARAMETER },
	};

	for (unsigned int i = 0; i < ROWS(rows); i++) {
		uint16_t count, next;

		check_eq((uint64_t)i << 32 |
				 core_decode_header(rows[i].raw, rows[i].room, &count, &next),
			 (uint64_t)i << 32 | rows[i].result);
		check_eq(count, rows[i].raw & 0xffff);
		check_eq(next, rows[i].raw >> 16 & 0xffff);
	}
}

static uint64_t seed = 88172645463325252ULL;

static uint64_t random_word(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Any bytes: one of five events, a result exactly when refused, the input untouched. */
declare_test(core_decode_total)
{
	unsigned int refused = 0;

	for (unsigned int i = 0; i < 200000; i++) {
		struct call call = { random_word(), random_word(), random_word(),
				     random_word(), random_word(), random_word() };
		struct request request = { 0 };
		struct call before;
		enum event ev;

		if (i % 4 != 0)
			call.rax &= 7;
		if (i % 8 < 4)
			call.rcx &= 0x1fff;
		before = call;
		ev = core_decode(&call, &request);
		check(ev == EV_REFUSED || (ev >= EV_PVALIDATE && ev <= EV_DELETE));
		check_eq(ev == EV_REFUSED, request.result != SVSM_SUCCESS);
		check(memcmp(&call, &before, sizeof(call)) == 0);
		refused += ev == EV_REFUSED;
	}
	check(refused > 1000 && refused < 190000);
}
