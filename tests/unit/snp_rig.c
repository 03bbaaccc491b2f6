/* SPDX-License-Identifier: MIT */
#include "snp_rig.h"

#include "test.h"

#include <string.h>

#define FRAMES (RIG_COVERED / SNP_PAGE)

struct rig_log rig_log;
static struct snp machine;
static struct snp_rmp_entry table[FRAMES];
static uint8_t ram[RIG_BYTES] __attribute__((aligned(4096)));

static uint8_t *memory(struct snp *m, uint64_t spa)
{
	(void)m;
	check(spa < RIG_BYTES && (spa & (SNP_PAGE - 1)) == 0);
	return ram + spa;
}

static void changed(struct snp *m, uint64_t gpa, uint64_t bytes)
{
	(void)m;
	rig_log.changed_gpa = gpa;
	rig_log.changed_bytes = bytes;
	rig_log.changed++;
}

static uint32_t port_in(struct snp *m, uint16_t port, unsigned int bytes)
{
	(void)m;
	rig_log.port = port;
	rig_log.port_bytes = bytes;
	return 0xa1b2c3d4U + rig_log.port_calls++;
}

static void port_out(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value)
{
	(void)m;
	rig_log.port = port;
	rig_log.port_bytes = bytes;
	rig_log.port_value[rig_log.port_calls++ % 16] = value;
}

static bool mmio(struct snp *m, uint64_t gpa, void *data, unsigned int bytes, bool write)
{
	(void)m;
	rig_log.mmio_gpa = gpa;
	rig_log.mmio_bytes = bytes;
	rig_log.mmio_write = write;
	rig_log.mmio_calls++;
	if (!write)
		memset(data, 0x5a, bytes);
	return gpa != RIG_NO_SLOT;
}

/* MSR 0x10 is there, with the value last written; no other is. */
static bool msr(struct snp *m, uint32_t index, uint64_t *value, bool write)
{
	static uint64_t kept = 0x1122334455667788ULL;

	(void)m;
	if (index != 0x10)
		return false;
	if (write)
		kept = *value;
	else
		*value = kept;
	return true;
}

/* Everything on, so that what the policy hides is seen to be hidden. */
static void cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)m;
	for (unsigned int i = 0; i < 4; i++)
		out[i] = ~0U - subleaf;
	if (leaf == 0)
		out[0] = 0xd;
	if (leaf == 0x80000000U)
		out[0] = 0x80000021U;
}

struct snp *rig_new(void)
{
	const struct snp_ops ops = { memory, changed, port_in, port_out, mmio, msr, cpuid, NULL };

	memset(&rig_log, 0, sizeof(rig_log));
	snp_init(&machine, &ops, table, 0, FRAMES, 51);
	check(snp_add_slot(&machine, 0, 0, 0x800000));
	check(snp_add_slot(&machine, RIG_SKEWED, 0x801000, 0x400000));
	check(snp_add_slot(&machine, RIG_UNCOVERED, RIG_COVERED, 0x200000));
	check(snp_add_slot(&machine, RIG_VMSA, 0xf01000, 0x1000));
	return &machine;
}

static uint64_t make_4k(struct snp *m, bool validated)
{
	check(snp_page_state(m, RIG_PAGE, false, true));
	if (validated)
		rig_accept(m, RIG_PAGE, false);
	return RIG_PAGE;
}

static uint64_t make_2m(struct snp *m, bool validated)
{
	check(snp_page_state(m, RIG_REGION, true, true));
	check(snp_rmp(m, RIG_REGION)->size_2m);
	if (validated)
		rig_accept(m, RIG_REGION, true);
	return RIG_REGION;
}

uint64_t rig_make(struct snp *m, enum rig_state state)
{
	switch (state) {
	case RIG_SHARED:
		return RIG_PAGE;
	case RIG_FRESH:
		return make_4k(m, false);
	case RIG_VALID:
		return make_4k(m, true);
	case RIG_FOREIGN:
		make_4k(m, true);
		snp_rmp(m, RIG_PAGE)->asid = RIG_OTHER_ASID;
		return RIG_PAGE;
	case RIG_MOVED:
		make_4k(m, true);
		snp_rmp(m, RIG_PAGE)->gpa += SNP_PAGE;
		return RIG_PAGE;
	case RIG_IMMUTABLE:
		make_4k(m, true);
		snp_rmp(m, RIG_PAGE)->immutable = 1;
		return RIG_PAGE;
	case RIG_FRESH_2M:
		return make_2m(m, false);
	case RIG_VALID_2M:
		return make_2m(m, true);
	case RIG_SPLIT_2M:
		make_2m(m, true);
		m->override[m->overrides++] =
			(struct snp_slot){ RIG_REGION + 0x5000, RIG_REGION + 0x5000, SNP_PAGE };
		return RIG_REGION;
	case RIG_OUTSIDE:
		return RIG_UNCOVERED;
	default:
		return RIG_NO_SLOT;
	}
}

struct snp_operand rig_operand(uint64_t gpa)
{
	return (struct snp_operand){
		.va = gpa, .gpa = gpa, .map_bytes = SNP_2M, .cbit = true, .long_mode = true
	};
}

void rig_accept(struct snp *m, uint64_t gpa, bool size_2m)
{
	struct snp_operand at = rig_operand(gpa);
	struct snp_result r = snp_pvalidate(m, 0, &at, size_2m, 1);

	check(r.trap == SNP_NO_TRAP && r.eax == 0 && !r.carry);
}

void rig_grant(struct snp *m, uint64_t gpa, unsigned int vmpl, unsigned int mask, bool vmsa)
{
	struct snp_operand at = rig_operand(gpa);
	bool size_2m = (gpa & (SNP_2M - 1)) == 0;
	struct snp_result r =
		snp_rmpadjust(m, 0, &at, size_2m, vmpl | mask << 8 | (vmsa ? 0x10000U : 0));

	check(r.trap == SNP_NO_TRAP && r.eax == 0);
}

void rig_vmsa(struct snp *m, uint64_t gpa, unsigned int vmpl)
{
	uint8_t *page = snp_gpa_memory(m, gpa);

	check(snp_page_state(m, gpa, false, true));
	rig_accept(m, gpa, false);
	snp_vmsa_reset(page, 0xa00f11, 1);
	page[0xca] = (uint8_t)vmpl;
	rig_grant(m, gpa, 1, 0, true);
}

uint64_t rig_get(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, at, bytes);
	return value;
}

void rig_put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	memcpy(at, &value, bytes);
}

uint8_t *rig_ghcb(struct snp *m)
{
	uint8_t *page = snp_gpa_memory(m, RIG_GHCB);
	struct snp_vcpu *v = &m->vcpu[0];

	v->ghcb_gpa[v->vmpl] = RIG_GHCB;
	v->ghcb_msr[v->vmpl] = RIG_GHCB;
	memset(page, 0, SNP_PAGE);
	return page;
}

void rig_field(uint8_t *ghcb, unsigned int field, uint64_t value)
{
	rig_put(ghcb + field, value, 8);
	ghcb[GHCB_BITMAP + field / 64] |= (uint8_t)(1U << (field / 8 % 8));
}

bool rig_field_valid(const uint8_t *ghcb, unsigned int field)
{
	return (ghcb[GHCB_BITMAP + field / 64] >> (field / 8 % 8) & 1) != 0;
}

void rig_request(uint8_t *ghcb, uint64_t code, uint64_t info1, uint64_t info2)
{
	memset(ghcb + GHCB_BITMAP, 0, 16);
	rig_field(ghcb, GHCB_CODE, code);
	rig_field(ghcb, GHCB_INFO1, info1);
	rig_field(ghcb, GHCB_INFO2, info2);
}
