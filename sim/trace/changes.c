/* SPDX-License-Identifier: MIT */
/* The RMP's entries, compared with what was said of them: see include/sim/changes.h. */
#include <sim/changes.h>
#include <stddef.h>
#include <string.h>

#define FRAMES_2M (SNP_2M / SNP_PAGE)
#define ASSIGNED 0x8000U
#define VALIDATED 0x4000U
#define VMSA 0x2000U
#define UNSAID 0xffffU
/* Of VMPL1 to 3, 4 bits each. */
#define PERM_SHIFT(vmpl) (4 * ((vmpl)-1))

static uint16_t entry_now(const struct changes *c, uint64_t spa)
{
	const struct snp_rmp_entry *e = snp_rmp_head(c->machine, spa);
	unsigned int now = 0;

	if (e == NULL || !e->assigned)
		return 0;
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		now |= (e->perm[vmpl] & 15U) << PERM_SHIFT(vmpl);
	return (uint16_t)(now | ASSIGNED | (e->validated ? VALIDATED : 0) | (e->vmsa ? VMSA : 0));
}

/* Rights are said after what takes them all away. */
static void tell(const struct changes *c, uint64_t gpa, unsigned int old, unsigned int now)
{
	if (old == UNSAID || ((old ^ now) & ASSIGNED) != 0) {
		c->say(gpa, (now & ASSIGNED) != 0 ? TRACE_PRIVATE : TRACE_SHARED, 0);
		old = now & ASSIGNED;
	}
	if (((old ^ now) & VALIDATED) != 0)
		c->say(gpa, (now & VALIDATED) != 0 ? TRACE_VALIDATE : TRACE_RESCIND, 0);
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		if (((old ^ now) >> PERM_SHIFT(vmpl) & 15U) != 0)
			c->say(gpa, TRACE_RMPADJUST, vmpl << 8 | (now >> PERM_SHIFT(vmpl) & 15U));
	if (((old ^ now) & VMSA) != 0)
		c->say(gpa, (now & VMSA) != 0 ? TRACE_VMSA : TRACE_NO_VMSA, 0);
}

/* All the same before, and the same now. */
static bool is_one(const struct changes *c, uint64_t spa)
{
	uint16_t old = c->said[spa / SNP_PAGE], now = entry_now(c, spa);

	for (uint64_t at = spa; at < spa + SNP_2M; at += SNP_PAGE)
		if (c->said[at / SNP_PAGE] != old || entry_now(c, at) != now)
			return false;
	return true;
}

static void look(const struct changes *c, uint64_t gpa, uint64_t spa)
{
	uint16_t now = entry_now(c, spa);

	if (c->said[spa / SNP_PAGE] == now)
		return;
	tell(c, gpa, c->said[spa / SNP_PAGE], now);
	c->said[spa / SNP_PAGE] = now;
}

static void look_2m(const struct changes *c, uint64_t gpa, uint64_t spa)
{
	uint16_t now = entry_now(c, spa);

	if (c->said[spa / SNP_PAGE] == now)
		return;
	tell(c, gpa | 1, c->said[spa / SNP_PAGE], now);
	for (unsigned int i = 0; i < FRAMES_2M; i++)
		c->said[spa / SNP_PAGE + i] = now;
}

void changes_look(const struct changes *c, uint64_t gpa, uint64_t bytes)
{
	uint64_t spa;

	for (uint64_t end = gpa + bytes; gpa < end; gpa += SNP_PAGE) {
		if (!snp_gpa_to_spa(c->machine, gpa, &spa) || snp_rmp(c->machine, spa) == NULL)
			continue;
		if (((gpa | spa) & (SNP_2M - 1)) == 0 && end - gpa >= SNP_2M && is_one(c, spa)) {
			look_2m(c, gpa, spa);
			gpa += SNP_2M - SNP_PAGE;
		} else {
			look(c, gpa, spa);
		}
	}
}

void changes_begin(const struct changes *c)
{
	const struct snp *m = c->machine;

	memset(c->said, 0xff, CHANGES_BYTES(m));
	for (unsigned int i = 0; i < m->slots; i++)
		changes_look(c, m->slot[i].gpa, m->slot[i].bytes);
}
