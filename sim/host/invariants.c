/* SPDX-License-Identifier: MIT */
/* What must be so whatever the guest and the hypervisor do: see host.h. */
#include <snp/host.h>

#include <svsm/deposit.h>
#include <svsm/frame.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

#include <string.h>

#define GUEST_FRAMES (HOST_RAM / PAGE_4K)
#define FRAMES (GUEST_FRAMES + HOST_SVSM_BYTES / PAGE_4K)
#define REGIONS (FRAMES / FRAMES_PER_2M)
#define SPA_REGIONS 64U
#define IMAGE_END (HOST_SVSM_GPA + PAGE_2M) /* in it are the GHCB pages */

static bool seen[FRAMES]; /* a validated page has this address */

/*
 * By 2 MiB. What is as it was when all was sound still is, if all that is said
 * of it is in its RMP entries and its record: plain. A page in use is judged
 * by vCPUs and deposits too, a save area by what it holds.
 */
static struct {
	bool saved, plain[REGIONS], empty[SPA_REGIONS]; /* empty: nothing validated there */
	bool seen[FRAMES];
} then;
static bool same[REGIONS], same_spa[SPA_REGIONS]; /* plain, and as it was */

static bool is_ours(uint64_t gpa)
{
	return gpa - HOST_SVSM_GPA < HOST_SVSM_BYTES;
}

static bool guest_has(const struct snp_rmp_entry *e)
{
	return (e->perm[1] | e->perm[2] | e->perm[3]) != 0;
}

/* What the record says of a page that is not the SVSM's from the start. */
static enum page_state recorded(uint64_t gpa)
{
	enum page_state state;

	return page_state(pa(gpa), &state) == OK ? state : PAGE_NONE;
}

static bool is_lent(uint64_t gpa)
{
	return recorded(gpa) == PAGE_USED && deposit_overlaps(pa(gpa), SIZE_4K);
}

static bool is_busy(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		if (host.guest_of[cpu].busy)
			return true;
	return false;
}

/*
 * To read one is the guest's right, as long as it is its own. It is a
 * registered vCPU's or withdrawn, or a call has it in hand: what the guest may
 * name, VMPL0 would write to.
 */
static const char *look_at_vmsa(const struct snp_rmp_entry *e, uint64_t spa, uint64_t gpa)
{
	if (((e->perm[1] | e->perm[2] | e->perm[3]) & ~PERM_R) != 0)
		return "the guest may change a save area";
	if (host.memory[spa + VMSA_VMPL] == 0 && !is_ours(gpa))
		return "a save area of VMPL0 that is not ours";
	if (!is_ours(gpa) && recorded(gpa) != PAGE_USED)
		return "a save area is a page that the guest may name";
	if (!is_ours(gpa) && !is_busy() && !vcpu_owns(pa(gpa), SIZE_4K))
		return "a save area of nobody";
	return NULL;
}

/* Page `gpa`, which the entry covers. */
static const char *look_at_page(const struct snp_rmp_entry *e, uint64_t spa, uint64_t gpa)
{
	if (is_ours(gpa) && guest_has(e))
		return "the guest reaches the SVSM's memory";
	if (e->vmsa)
		return look_at_vmsa(e, spa, gpa);
	if (guest_has(e) && is_lent(gpa))
		return "the guest reaches a deposited page";
	return NULL;
}

/* FRAMES: of none. */
static uint64_t frame_of(uint64_t gpa)
{
	if (gpa < HOST_RAM)
		return gpa / PAGE_4K;
	return is_ours(gpa) ? GUEST_FRAMES + (gpa - HOST_SVSM_GPA) / PAGE_4K : FRAMES;
}

static uint64_t address_of(uint64_t frame)
{
	return frame < GUEST_FRAMES ? frame * PAGE_4K
				    : HOST_SVSM_GPA + (frame - GUEST_FRAMES) * PAGE_4K;
}

/* Which regions need not be looked at: their pages count as seen as then. */
static void find_same(bool trust)
{
	const bool mapped = trust && then.saved && host.snp.overrides == 0 &&
			    host_kept(&host.snp.slots, sizeof(host.snp.slots)) &&
			    host_kept(host.snp.slot, sizeof(host.snp.slot));

	for (unsigned int i = 0; i < host_spa_bytes() / PAGE_2M; i++)
		same_spa[i] = mapped && then.empty[i] && host_rmp_kept(i * PAGE_2M, PAGE_2M);
	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; i < REGIONS; i++) {
		uint64_t first = (uint64_t)i * FRAMES_PER_2M, gpa = address_of(first), spa = 0;

		same[i] = mapped && then.plain[i] && snp_gpa_to_spa(&host.snp, gpa, &spa) &&
			  host_rmp_kept(spa, PAGE_2M) && host_record_kept(gpa);
		if (!same[i])
			continue;
		same_spa[spa / PAGE_2M] = true;
		memcpy(&seen[first], &then.seen[first], FRAMES_PER_2M);
	}
}

static const char *look_at_entry(const struct snp_rmp_entry *e, uint64_t spa)
{
	uint64_t bytes = e->size_2m ? PAGE_2M : PAGE_4K;

	for (uint64_t at = 0; at < bytes; at += PAGE_4K) {
		uint64_t frame = frame_of(e->gpa + at);
		const char *wrong;

		if (frame == FRAMES || seen[frame])
			return frame == FRAMES ? "a validated page nowhere"
					       : "an address with two validated pages";
		seen[frame] = true;
		wrong = look_at_page(e, spa + at, e->gpa + at);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

static const char *look_at_rmp(void)
{
	uint64_t step;

	for (uint64_t spa = 0; spa < host_spa_bytes(); spa += step) {
		const struct snp_rmp_entry *e = &host.rmp[spa / PAGE_4K];
		const char *wrong = NULL;

		step = same_spa[spa / PAGE_2M] || (e->assigned && e->size_2m) ? PAGE_2M : PAGE_4K;
		if (!same_spa[spa / PAGE_2M] && e->assigned && e->validated)
			wrong = look_at_entry(e, spa);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/* A translation that a guest's VMPL may still use. */
static const char *look_at_translation(const struct snp_tlb_entry *t)
{
	uint64_t bytes = t->size_2m ? PAGE_2M : PAGE_4K;

	for (uint64_t at = 0; at < bytes; at += PAGE_4K) {
		const struct snp_rmp_entry *e = snp_rmp_head(&host.snp, t->spa + at);

		if (is_ours(t->gpa + at) || (e->assigned && is_ours(e->gpa)))
			return "a stale translation of the SVSM's memory";
		if (e->assigned && e->vmsa && (t->perm & ~PERM_R) != 0)
			return "a stale translation of a save area";
		if (is_lent(t->gpa + at))
			return "a stale translation of a deposited page";
		if (recorded(t->gpa + at) == PAGE_NONE)
			return "a stale translation of a page that is not the guest's";
	}
	return NULL;
}

static const char *look_at_tlbs(void)
{
	for (unsigned int cpu = 0; cpu < host.snp.vcpus; cpu++)
		for (unsigned int i = 0; i < SNP_TLB_ENTRIES; i++) {
			const struct snp_tlb_entry *t = &host.snp.vcpu[cpu].tlb.entry[i];
			const char *wrong = NULL;

			if (t->valid && t->vmpl != 0 && t->cbit)
				wrong = look_at_translation(t);
			if (wrong != NULL)
				return wrong;
		}
	return NULL;
}

static const struct snp_rmp_entry *entry_of(uint64_t gpa)
{
	uint64_t spa;

	return snp_gpa_to_spa(&host.snp, gpa, &spa) ? snp_rmp_head(&host.snp, spa) : NULL;
}

static bool is_at(const struct snp_rmp_entry *e, uint64_t gpa)
{
	return gpa - e->gpa < (e->size_2m ? PAGE_2M : PAGE_4K);
}

/* A hypervisor that lies can take what the guest has, and keep it from getting its rights back. */
static const char *look_at_record(uint64_t gpa, bool busy)
{
	const struct snp_rmp_entry *e = entry_of(gpa);
	bool validated = e != NULL && e->assigned && e->validated && is_at(e, gpa);

	switch (recorded(gpa)) {
	case PAGE_NONE:
		return validated ? "a page is validated that the record has not" : NULL;
	case PAGE_GUEST:
		if (host.lied)
			return NULL;
		if (!validated)
			return "a page of the guest's is not validated";
		return e->perm[1] == 0 || e->vmsa ? "a page of the guest's it cannot use" : NULL;
	case PAGE_USED:
		return !busy && !vcpu_owns(pa(gpa), SIZE_4K) ? "a claim was left behind" : NULL;
	default:
		return "the record makes no sense";
	}
}

static const char *look_at_frame(uint64_t gpa)
{
	const struct snp_rmp_entry *e = entry_of(gpa);
	enum page_state state;

	if (frame_state(pa(gpa), &state) != OK || state == PAGE_GUEST)
		return "the record of the SVSM's memory makes no sense";
	if ((state == PAGE_FREE || state == PAGE_USED) && !is_busy() && !host.lied && !e->validated)
		return "a frame of the SVSM's is not validated";
	return NULL;
}

static const char *look_at_records(void)
{
	const char *wrong = NULL;
	bool busy = is_busy();

	for (uint64_t frame = 0; frame < FRAMES && wrong == NULL; frame++) {
		uint64_t gpa = address_of(frame);

		if (same[frame / FRAMES_PER_2M])
			frame += FRAMES_PER_2M - 1;
		else if (gpa >= IMAGE_END)
			wrong = look_at_frame(gpa);
		else if (gpa < HOST_HOLE || (gpa >= HOST_HOLE_END && gpa < HOST_RAM))
			wrong = look_at_record(gpa, busy);
	}
	return wrong;
}

static const char *look_at_context(const struct host_context *c)
{
	for (unsigned int i = 0; i < CPU_CONTEXT_FRAMES; i++) {
		const struct snp_rmp_entry *e = entry_of(c->frame[i].raw);
		enum page_state state;

		/* One that was assigned elsewhere is out of VMPL0's reach too. */
		if (e != NULL && e->assigned && (guest_has(e) || e->vmsa) &&
		    is_at(e, c->frame[i].raw))
			return "the guest reaches a context";
		if (!is_ours(c->frame[i].raw) && !is_lent(c->frame[i].raw))
			return "a context in a page that is not the SVSM's";
		if (is_ours(c->frame[i].raw) &&
		    (frame_state(c->frame[i], &state) != OK || state != PAGE_USED))
			return "a context in a free frame";
	}
	return NULL;
}

static const char *look_at_contexts(void)
{
	const char *wrong = NULL;

	for (unsigned int slot = 0; slot < CPU_CONTEXTS && wrong == NULL; slot++)
		if (host.context[slot].shown)
			wrong = look_at_context(&host.context[slot]);
	return wrong;
}

static const char *look(bool trust)
{
	const char *wrong = host.violation;

	find_same(trust);
	if (wrong == NULL)
		wrong = look_at_rmp();
	if (wrong == NULL)
		wrong = look_at_tlbs();
	if (wrong == NULL)
		wrong = look_at_contexts();
	if (wrong == NULL)
		wrong = look_at_records();
	return wrong;
}

const char *host_invariants(void)
{
	return look(true);
}

const char *host_invariants_all(void)
{
	return look(false);
}

/* Every page that was seen at an address of the region is the one its slot has there. */
static bool is_plain(unsigned int region)
{
	for (uint64_t i = 0; i < FRAMES_PER_2M; i++) {
		uint64_t frame = region * FRAMES_PER_2M + i, gpa = address_of(frame);
		const struct snp_rmp_entry *e = entry_of(gpa);
		uint64_t inside = e != NULL && e->size_2m ? i * PAGE_4K : 0;
		bool validated = e != NULL && e->assigned && e->validated;

		if (e == NULL || seen[frame] != (validated && e->gpa + inside == gpa))
			return false;
		if (!is_ours(gpa) && (e->vmsa || recorded(gpa) == PAGE_USED))
			return false;
	}
	return true;
}

static bool is_empty(uint64_t spa)
{
	for (uint64_t i = spa / PAGE_4K; i < (spa + PAGE_2M) / PAGE_4K; i++)
		if (host.rmp[i].assigned && host.rmp[i].validated)
			return false;
	return true;
}

void host_invariants_keep(void)
{
	CHECK(host_spa_bytes() / PAGE_2M <= SPA_REGIONS);
	then.saved = host.snp.overrides == 0 && !host.lied && !is_busy() &&
		     host_invariants_all() == NULL;
	for (unsigned int i = 0; i < REGIONS; i++)
		then.plain[i] = is_plain(i);
	for (unsigned int i = 0; i < host_spa_bytes() / PAGE_2M; i++)
		then.empty[i] = is_empty(i * PAGE_2M);
	memcpy(then.seen, seen, sizeof(seen));
}
