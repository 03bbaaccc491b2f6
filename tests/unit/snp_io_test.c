/* SPDX-License-Identifier: MIT */
/* IOIO and MMIO events, and the scratch area [ghcb 5.2, 5.3, 7]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

#define PORT(port) ((uint64_t)(port) << 16)
#define IN 0x1U
#define STRING 0x4U
#define REP 0x8U
#define SIZE8 0x10U
#define SIZE16 0x20U
#define SIZE32 0x40U

static struct snp *m;
static uint8_t *ghcb;

static void start(uint64_t code, uint64_t info1, uint64_t info2)
{
	m = rig_new();
	ghcb = rig_ghcb(m);
	rig_request(ghcb, code, info1, info2);
}

static void scratch(uint64_t gpa)
{
	rig_field(ghcb, GHCB_SCRATCH, gpa);
}

static void run(uint64_t out1, uint64_t out2)
{
	check_eq(snp_vmgexit(m, 0), SNP_RESUME);
	check_eq(rig_get(ghcb + GHCB_INFO1, 8), out1);
	check_eq(rig_get(ghcb + GHCB_INFO2, 8), out2);
}

declare_test(snp_io_out)
{
	static const struct {
		unsigned int size, bytes;
		uint32_t value;
	} rows[] = { { SIZE8, 1, 0x88 }, { SIZE16, 2, 0x7788 }, { SIZE32, 4, 0x55667788 } };

	for (unsigned int i = 0; i < 3; i++) {
		start(0x7b, PORT(0x3f8) | rows[i].size, 0);
		rig_field(ghcb, GHCB_RAX, 0x1122334455667788ULL);
		run(0, 0);
		check_eq(rig_log.port, 0x3f8);
		check_eq(rig_log.port_bytes, rows[i].bytes);
		check_eq(rig_log.port_value[0], rows[i].value);
		check_eq(m->count.nae_ioio, 1);
	}
}

/* IN keeps the upper bytes of a RAX that was given, except the 32-bit form. */
declare_test(snp_io_in)
{
	static const struct {
		unsigned int size;
		uint64_t rax;
	} rows[] = { { SIZE8, 0x11223344556677d4ULL },
		     { SIZE16, 0x112233445566c3d4ULL },
		     { SIZE32, 0xa1b2c3d4ULL } };

	for (unsigned int i = 0; i < 3; i++) {
		start(0x7b, PORT(0xcf8) | IN | rows[i].size, 0);
		rig_field(ghcb, GHCB_RAX, 0x1122334455667788ULL);
		run(0, 0);
		check_eq(rig_get(ghcb + GHCB_RAX, 8), rows[i].rax);
		check_eq(rig_log.port, 0xcf8);
	}
	start(0x7b, PORT(0xcf8) | IN | SIZE8, 0);
	rig_put(ghcb + GHCB_RAX, 0xffffff, 8); /* there, but not valid */
	run(0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 0xd4);
}

declare_test(snp_io_strings)
{
	start(0x7b, PORT(0x80) | STRING | REP | SIZE16, 3);
	scratch(RIG_GHCB + 0x810);
	for (unsigned int i = 0; i < 3; i++)
		rig_put(ghcb + 0x810 + 2 * i, 0x1110U + i, 2);
	run(0, 0);
	check_eq(rig_log.port_calls, 3);
	check_eq(rig_log.port_value[2], 0x1112);

	start(0x7b, PORT(0x80) | STRING | IN | SIZE32, 2);
	scratch(RIG_GHCB + 0x800);
	run(0, 0);
	check_eq(rig_get(ghcb + 0x800, 8), 0xa1b2c3d5a1b2c3d4ULL);
	check_eq(rig_get(ghcb + 0x808, 8), 0);
}

declare_test(snp_io_nothing_to_do)
{
	start(0x7b, PORT(0x80) | IN, 0);
	run(0, 0);
	start(0x7b, PORT(0x80) | STRING | SIZE8, 0);
	scratch(0);
	run(0, 0);
	check_eq(rig_log.port_calls, 0);
	start(0x7b, PORT(0x80) | IN | SIZE8 | SIZE16, 0);
	run(2, 5);
	check_eq(rig_log.port_calls, 0);
}

static const struct {
	uint64_t scratch, bytes;
	bool ok;
} areas[] = {
	{ RIG_GHCB + 0x800, 0x7f0, true },
	{ RIG_GHCB + 0x800, 0x7f1, false },
	{ RIG_GHCB + 0xfef, 1, true },
	{ RIG_GHCB + 0xff0, 1, false },
	{ RIG_GHCB + 0xfff, 1, false },
	{ RIG_GHCB + 0x7ff, 1, false },
	{ RIG_GHCB, 1, false },
	{ RIG_GHCB + 0x1800, 1, false }, /* outside the page: protocol 2 forbids it */
	{ RIG_GHCB - 1, 1, false },
	{ 0, 1, false },
	{ ~0ULL, 1, false },
	{ RIG_GHCB + 0x800, ~0ULL, false },
	{ RIG_GHCB + 0x800, 1ULL << 63, false },
};

declare_test(snp_io_scratch_area)
{
	for (unsigned int i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		start(0x7b, PORT(0x80) | STRING | SIZE8, areas[i].bytes);
		scratch(areas[i].scratch);
		run(areas[i].ok ? 0 : 2, areas[i].ok ? 0 : 3);
		check_eq(rig_log.port_calls, areas[i].ok ? areas[i].bytes : 0);
	}
	start(0x7b, PORT(0x80) | STRING | SIZE32, 1ULL << 62); /* 4 times it is 0 */
	scratch(RIG_GHCB + 0x800);
	run(2, 3);
}

declare_test(snp_mmio_events)
{
	start(0x80000001, 0xfee00020, 8);
	scratch(RIG_GHCB + 0x900);
	run(0, 0);
	check_eq(rig_get(ghcb + 0x900, 8), 0x5a5a5a5a5a5a5a5aULL);
	check_eq(rig_get(ghcb + 0x908, 1), 0);
	check_eq(rig_log.mmio_gpa, 0xfee00020);
	check(!rig_log.mmio_write && rig_log.mmio_bytes == 8);

	start(0x80000002, 0xfee000b0, 4);
	scratch(RIG_GHCB + 0x800);
	run(0, 0);
	check(rig_log.mmio_write && rig_log.mmio_bytes == 4);
	check_eq(m->count.nae_mmio, 1);

	start(0x80000001, 0xfee00020, 9);
	scratch(RIG_GHCB + 0x800);
	run(2, 5);
	start(0x80000001, 0xfee00020, 0);
	scratch(0);
	run(0, 0);
	start(0x80000001, 0xfee00020, 4);
	scratch(RIG_GHCB + 0xfed);
	run(2, 3);
	check_eq(rig_log.mmio_calls, 0);
	start(0x80000001, RIG_NO_SLOT, 4); /* nobody answers there */
	scratch(RIG_GHCB + 0x800);
	run(2, 5);
}
