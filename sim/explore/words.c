/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs touch which shared word, or page, or the TLBs: learnt from what
 * has been seen. A step whose words no other CPU writes that has still
 * something to do, and where none touches what it writes, may be made at
 * once. If it turns out later that one does, the search begins anew with what
 * is known by then.
 */
#include "explore.h"

#include <svsm/page.h>
#include <svsm/vcpus.h>
#include <svsm/vmsa.h>

#include <stdlib.h>
#include <string.h>

#define WORDS 65536U
#define STEP_WORDS 8192U
#define FLUSH_WORD 3U /* no address of a word or of a page */

void (*explore_seen)(const volatile void *word, bool write);

/* Of each CPU, a bit. */
struct word {
	uint64_t key;
	uint8_t read, written;		  /* by whom */
	uint8_t not_touched, not_written; /* by whom not, as was relied on */
};
static struct word table[WORDS];

static struct {
	struct word *word;
	bool write;
} step[STEP_WORDS];
static unsigned int steps;
static uint8_t me;
static bool learnt, changed, bringup, points, learns;

static struct word *find(uint64_t key)
{
	uint64_t i = key * 0x9e3779b97f4a7c15ULL >> 48;

	for (unsigned int tries = 0; tries < WORDS; tries++, i = (i + 1) % WORDS) {
		if (table[i].key == 0)
			table[i].key = key;
		if (table[i].key == key)
			return &table[i];
	}
	abort();
}

/* No step of the firmware's has as many: it waits for a word to change. */
static void touch(uint64_t key, bool write)
{
	struct word *w;

	if (steps == STEP_WORDS)
		endless();
	/* What is known leaves marks on the firmware's stack, which the hash of step has. */
	if (!learns) {
		steps++;
		return;
	}
	w = find(key);
	learnt |= ((w->not_touched | (write ? w->not_written : 0)) & me) != 0;
	if (write)
		w->written |= me;
	else
		w->read |= me;
	step[steps].word = w;
	step[steps++].write = write;
}

static void seen(const volatile void *word, bool write)
{
	if (points)
		host_part_operation(
			&(struct host_op){ HOST_WORD, SIZE_4K, (uintptr_t)word, write });
	changed |= write;
	touch((uintptr_t)word, write);
}

/* All of 2 MiB is one page here, but for the guest's first. */
void words_page(uint64_t gpa, bool write)
{
	touch((gpa < FRAME_2M || gpa >= HOST_RAM ? gpa & ~(PAGE_4K - 1) : gpa & ~(PAGE_2M - 1)) | 1,
	      write);
}

/*
 * Whatever is not the SVSM's from the start is in somebody's hand while VMPL0
 * uses it: claimed.
 */
static void look_at_claim(const struct host_op *op)
{
	enum page_state state;

	if (bringup || host.lied || op->kind == HOST_FLUSH || op->kind == HOST_VMGEXIT)
		return;
	explore_seen = NULL;
	if (page_state(pa(op->gpa & ~(PAGE_4K - 1)), &state) == OK && state != PAGE_USED)
		host_violation("VMPL0 uses a page that nobody has claimed");
	explore_seen = seen;
}

/* A registered vCPU that can be entered at this moment is not taken apart. */
static void look_at_removal(const struct host_op *op)
{
	uint64_t spa, efer;

	if (bringup || op->kind != HOST_RMPADJUST || op->argument >> 16 != 0 ||
	    !snp_gpa_to_spa(&host.snp, op->gpa, &spa) || !snp_rmp_head(&host.snp, spa)->vmsa)
		return;
	memcpy(&efer, host_page(op->gpa) + VMSA_EFER, sizeof(efer));
	explore_seen = NULL;
	if ((efer & EFER_SVME) != 0 && vcpu_owns(pa(op->gpa), SIZE_4K))
		host_violation("a vCPU is deleted that can be entered");
	explore_seen = seen;
}

/* A change of rights and a flush do not commute. */
static uint32_t on_operation(const struct host_op *op)
{
	look_at_claim(op);
	look_at_removal(op);
	guest_operation(op);
	asked_read(op);
	changed |=
		op->kind == HOST_FLUSH || op->kind == HOST_PVALIDATE || op->kind == HOST_RMPADJUST;
	if (op->kind == HOST_VMGEXIT)
		answer_given(0);
	switch (op->kind) {
	case HOST_FLUSH:
		touch(FLUSH_WORD, true);
		break;
	case HOST_PVALIDATE:
	case HOST_RMPADJUST:
		touch(FLUSH_WORD, false);
		words_page(op->gpa, true);
		break;
	case HOST_VMGEXIT:
		if (bringup && is_aligned(op->gpa, PAGE_4K))
			return bringup_request(op);
		/* Its own GHCB; the save area is what is run. */
		words_page(host.guest_of[host_cpu].vmsa, false);
		break;
	default:
		words_page(op->gpa, op->kind != HOST_LOAD && op->kind != HOST_COPY_IN);
		break;
	}
	return 0;
}

void words_open(const struct explore_config *c, bool to_learn)
{
	learns = to_learn;
	bringup = (c->before & BEFORE_LAUNCH) != 0;
	points = c->words;
	host.hook = on_operation;
	answer_open(c);
}

void words_begin(unsigned int cpu)
{
	me = (uint8_t)(1U << cpu);
	steps = 0;
	changed = false;
	explore_seen = seen;
	answer_watch(cpu);
}

void words_end(void)
{
	explore_seen = NULL;
	answer_leave();
}

bool words_changed(void)
{
	return changed;
}

bool words_alone(uint8_t others)
{
	for (unsigned int i = 0; i < steps; i++) {
		const struct word *w = step[i].word;

		if ((w->written & others) != 0 || (step[i].write && (w->read & others) != 0))
			return false;
	}
	return true;
}

void words_rely(uint8_t others)
{
	for (unsigned int i = 0; i < steps; i++) {
		if (step[i].write)
			step[i].word->not_touched |= others;
		else
			step[i].word->not_written |= others;
	}
}

bool words_learnt(void)
{
	bool was = learnt;

	learnt = false;
	for (unsigned int i = 0; was && i < WORDS; i++)
		table[i].not_touched = table[i].not_written = 0;
	return was;
}
