/* SPDX-License-Identifier: MIT */
/* NAE events: validity of requests, simple services [ghcb 2, 5.1 to 5.3, 6]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

#define A 1U  /* RAX given */
#define B 2U  /* RBX */
#define C 4U  /* RCX */
#define D 8U  /* RDX */
#define S 16U /* SCRATCH */
#define X 32U /* XCR0 */
#define P 64U /* CPL */

static void give(uint8_t *ghcb, unsigned int fields)
{
	static const struct {
		unsigned int bit, field;
		uint64_t value;
	} all[] = {
		{ A, GHCB_RAX, 1 }, { B, GHCB_RBX, 2 },	 { C, GHCB_RCX, 0x10 },
		{ D, GHCB_RDX, 4 }, { X, GHCB_XCR0, 1 }, { S, GHCB_SCRATCH, RIG_GHCB + 0x800 },
		{ P, GHCB_CPL, 0 },
	};

	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if ((fields & all[i].bit) != 0)
			rig_field(ghcb, all[i].field, all[i].value);
}

/* `given` suffices; without any one field of `needed` it is input 4. */
static const struct {
	uint64_t code, info1, info2;
	unsigned int needed;
	uint64_t out1, out2;
} events[] = {
	{ 0x27, 0, 0, 0, 0, 0 },
	{ 0x37, 0, 0, A, 0, 0 },
	{ 0x72, 0, 0, A | C, 0, 0 },
	{ 0x76, 0, 0, 0, 0, 0 },
	{ 0x7b, 0x3f8U << 16 | 0x10, 0, A, 0, 0 },
	{ 0x7b, 0x3f8U << 16 | 0x11, 0, 0, 0, 0 },
	{ 0x7b, 0x3f8U << 16 | 0x14, 2, S, 0, 0 },
	{ 0x7b, 0x3f8U << 16 | 0x15, 2, S, 0, 0 },
	{ 0x7c, 0, 0, C, 0, 0 },
	{ 0x7c, 1, 0, A | C | D, 0, 0 },
	{ 0x81, 0, 0, A | P, 0, 0 },
	{ 0x89, 0, 0, 0, 0, 0 },
	{ 0x8a, 0, 0, A | C | D, 0, 0 },
	{ 0x8b, 0, 0, A | C, 0, 0 },
	{ 0x80000001, 0xfee00000, 4, S, 0, 0 },
	{ 0x80000002, 0xfee00000, 4, S, 0, 0 },
	{ 0x80000003, 0, 0, 0, 0, 0 },
	{ 0x80000010, 0, 0, S, 0, 0 },
	{ 0x80000013, 1U << 16, RIG_PAGE, A, 0, 0 },
	{ 0x80000013, 1U << 16 | 2, 0, 0, 0, 0 },
	{ 0x80000017, 0, 0, A, 0, 0 },
	{ 0x80000018, 0, 0, 0, 0, 0 },
	{ 0x8000fffd, 0, 0, 0, 0, 0x33 },
	{ 0x6e, 0, 0, 0, 2, 6 }, /* not intercepted, so not served */
	{ 0x80000005, 1, 0, 0, 2, 6 },
	{ 0x80000019, 0, 0, 0, 2, 6 },
	{ 0xffffffffffffffffULL, 0, 0, 0, 2, 6 },
};

static void run(struct snp *m, const uint8_t *ghcb, uint64_t out1, uint64_t out2, unsigned int i)
{
	static const unsigned int always[] = { GHCB_RAX, GHCB_RBX,   GHCB_RCX,
					       GHCB_RDX, GHCB_INFO1, GHCB_INFO2 };

	check_eq(snp_vmgexit(m, 0), SNP_RESUME);
	check_eq((uint64_t)i << 56 | rig_get(ghcb + GHCB_INFO1, 8), (uint64_t)i << 56 | out1);
	check_eq((uint64_t)i << 56 | rig_get(ghcb + GHCB_INFO2, 8), (uint64_t)i << 56 | out2);
	for (unsigned int f = 0; f < sizeof(always) / sizeof(always[0]); f++)
		check(rig_field_valid(ghcb, always[f]));
	check(!rig_field_valid(ghcb, GHCB_CODE) && !rig_field_valid(ghcb, GHCB_SCRATCH));
}

static struct snp *machine(void)
{
	struct snp *m = rig_new();

	m->hv_features |= 0x10;
	return m;
}

declare_test(snp_nae_fields_needed)
{
	for (unsigned int i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct snp *m = machine();
		uint8_t *ghcb = rig_ghcb(m);

		rig_request(ghcb, events[i].code, events[i].info1, events[i].info2);
		give(ghcb, events[i].needed);
		run(m, ghcb, events[i].out1, events[i].out2, i);
		for (unsigned int bit = 1; bit < 128; bit <<= 1) {
			if ((events[i].needed & bit) == 0)
				continue;
			m = machine();
			ghcb = rig_ghcb(m);
			rig_request(ghcb, events[i].code, events[i].info1, events[i].info2);
			give(ghcb, ~bit);
			run(m, ghcb, 2, 4, i);
		}
		check_eq(m->count.vmgexit_nae, 1);
	}
}

declare_test(snp_nae_common_fields_needed)
{
	static const unsigned int fields[] = { GHCB_CODE, GHCB_INFO1, GHCB_INFO2 };

	for (unsigned int i = 0; i < 3; i++) {
		struct snp *m = machine();
		uint8_t *ghcb = rig_ghcb(m);

		rig_request(ghcb, 0x8000fffd, 0, 0);
		ghcb[GHCB_BITMAP + fields[i] / 64] &= (uint8_t) ~(1U << (fields[i] / 8 % 8));
		run(m, ghcb, 2, 4, i);
	}
}

/* Registration, then usage, then fields, then the event. */
declare_test(snp_nae_page_rules)
{
	struct snp *m = machine();
	uint8_t *ghcb = rig_ghcb(m);

	rig_request(ghcb, 0x19, 0, 0);
	rig_put(ghcb + GHCB_USAGE, 1, 4);
	run(m, ghcb, 2, 2, 0);
	m->vcpu[0].ghcb_gpa[0] = RIG_GHCB + SNP_PAGE;
	rig_request(ghcb, 0x19, 0, 0);
	run(m, ghcb, 2, 1, 1);
	check_eq(m->count.vmgexit_nae, 2);
}

/* The host cannot use a private page, nor none; it writes nothing. */
declare_test(snp_nae_page_not_shared)
{
	static const uint64_t where[] = { RIG_GHCB, RIG_NO_SLOT, 0 };

	for (unsigned int i = 0; i < 3; i++) {
		struct snp *m = machine();
		uint8_t *ghcb = rig_ghcb(m), before[SNP_PAGE];

		rig_request(ghcb, 0x8000fffd, 0, 0);
		check(snp_page_state(m, RIG_GHCB, false, true));
		check(snp_page_state(m, 0, false, true));
		memcpy(before, ghcb, sizeof(before));
		m->vcpu[0].ghcb_msr[0] = where[i];
		m->vcpu[0].ghcb_gpa[0] = where[i];
		check_eq(snp_vmgexit(m, 0), SNP_TERMINATED);
		check_eq(m->term_set, SNP_TERM_HOST);
		check_eq(m->term_code, SNP_TERM_HOST_GHCB);
		check(memcmp(before, ghcb, sizeof(before)) == 0);
	}
}

declare_test(snp_nae_features_gate)
{
	static const uint64_t codes[] = { 0x80000013, 0x80000017, 0x80000018 };
	struct snp *m = machine();
	uint8_t *ghcb = rig_ghcb(m);

	m->hv_features = 1;
	for (unsigned int i = 0; i < 3; i++) {
		rig_request(ghcb, codes[i], 0, 0);
		give(ghcb, A);
		run(m, ghcb, 2, 6, i);
	}
}

declare_test(snp_nae_cpuid)
{
	struct snp *m = machine();
	uint8_t *ghcb = rig_ghcb(m);

	rig_request(ghcb, 0x72, 0, 0);
	rig_field(ghcb, GHCB_RAX, 0x8000001f);
	rig_field(ghcb, GHCB_RCX, 0);
	run(m, ghcb, 0, 0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 0x7a);
	check_eq(rig_get(ghcb + GHCB_RBX, 8), 0x4073);
	rig_request(ghcb, 0x72, 0, 0);
	rig_field(ghcb, GHCB_RAX, 4);
	rig_field(ghcb, GHCB_RCX, 3);
	run(m, ghcb, 0, 0, 0);
	check_eq(rig_get(ghcb + GHCB_RDX, 8), 0xfffffffc);
	rig_request(ghcb, 0x72, 0, 0);
	rig_field(ghcb, GHCB_RAX, 0xd);
	rig_field(ghcb, GHCB_RCX, 0);
	run(m, ghcb, 2, 4, 0);
	rig_request(ghcb, 0x72, 0, 0);
	rig_field(ghcb, GHCB_RAX, 0xd);
	rig_field(ghcb, GHCB_RCX, 0);
	rig_field(ghcb, GHCB_XCR0, 1);
	run(m, ghcb, 0, 0, 0);
	check_eq(m->count.nae_cpuid, 3);
}

declare_test(snp_nae_msr)
{
	struct snp *m = machine();
	uint8_t *ghcb = rig_ghcb(m);

	rig_request(ghcb, 0x7c, 1, 0);
	rig_field(ghcb, GHCB_RCX, 0x10);
	rig_field(ghcb, GHCB_RAX, 0xffffffff55667788ULL);
	rig_field(ghcb, GHCB_RDX, 0x99aabbcc);
	run(m, ghcb, 0, 0, 0);
	rig_request(ghcb, 0x7c, 0, 0);
	rig_field(ghcb, GHCB_RCX, 0x10);
	run(m, ghcb, 0, 0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 0x55667788);
	check_eq(rig_get(ghcb + GHCB_RDX, 8), 0x99aabbcc);
	rig_request(ghcb, 0x7c, 0, 0);
	rig_field(ghcb, GHCB_RCX, 0x11);
	run(m, ghcb, 1, 0x80000b0d, 0); /* #GP(0) */
	check_eq(m->count.nae_msr, 3);
}

declare_test(snp_nae_ends_the_vm)
{
	struct snp *m = machine();
	uint8_t *ghcb = rig_ghcb(m);

	rig_request(ghcb, 0x8000fffe, 0x021, 0);
	check_eq(snp_vmgexit(m, 0), SNP_TERMINATED);
	check_eq(m->term_set, 1);
	check_eq(m->term_code, 2);
	rig_request(ghcb, 0x8000ffff, 0x404, 0);
	check_eq(snp_vmgexit(m, 0), SNP_TERMINATED);
	check_eq(m->term_set, SNP_TERM_HOST);
	check_eq(m->term_code, SNP_TERM_HOST_UNSUPPORTED);
}
