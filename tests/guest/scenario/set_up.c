/* SPDX-License-Identifier: MIT */
/* The scenario's machine (sim/scenarios/README.md), made by a guest's ordinary calls. */
#include "scenario.h"

#define HOLE 0xa0000ULL
#define HOLE_END 0x100000ULL
#define NEED 0x40000000ULL
#define NEED_PAGES 0x3fffffffULL
#define CONTEXT_PAGES 4U
#define MADE_MAX 256U

static void need(bool ok, const char *what)
{
	if (!ok)
		scenario_bail(what);
}

static uint64_t taken, taken_end;

uint64_t set_up_page(void)
{
	if (taken == taken_end) {
		taken = page_take_2m() + PAGE_4K;
		taken_end = taken + PAGE_2M - PAGE_4K;
	}
	taken += PAGE_4K;
	need(ghcb_psc(taken / PAGE_4K - 1, 1, PSC_PRIVATE, false), "page state change");
	need(list_validate(taken - PAGE_4K) == OK, "PVALIDATE");
	return taken - PAGE_4K;
}

/* ---- memory ------------------------------------------------------------ */

static bool is_split(uint64_t gpa)
{
	const struct table_step *t = table_steps();

	for (unsigned int i = 0; i < table->steps; i++)
		if (t[i].word == STEP_SPLIT && t[i].address == gpa)
			return true;
	return false;
}

static void make_private(uint64_t gpa, uint64_t end, uint64_t size)
{
	need(ghcb_psc(gpa / size, (unsigned int)((end - gpa) / size), PSC_PRIVATE, size == PAGE_2M),
	     "page state change");
}

static void make_memory(void)
{
	const uint64_t end = TABLE_BASE + TABLE_BYTES;

	make_private(TABLE_BASE, TABLE_BASE + HOLE, PAGE_4K);
	make_private(TABLE_BASE + HOLE_END, TABLE_BASE + PAGE_2M, PAGE_4K);
	for (uint64_t gpa = TABLE_BASE + PAGE_2M; gpa < end; gpa += PAGE_2M)
		make_private(gpa, gpa + PAGE_2M, is_split(gpa) ? PAGE_4K : PAGE_2M);
	for (unsigned int i = 0; i < TABLE_PAGES; i++)
		need(list_validate(TABLE_CA + i * PAGE_4K) == OK, "PVALIDATE");
}

/* ---- no frames --------------------------------------------------------- */

/* `keeps`: the SVSM is refused memory that it could still accept. */
static uint64_t make_vcpu(bool keeps)
{
	uint64_t vmsa = set_up_page(), ca = set_up_page(), result;

	area_fill(vmsa, 0, 0, 0);
	order(TURN(TURN_REFUSE, 0, 0, keeps));
	result = call_core(CORE_CREATE_VCPU, vmsa, ca, 0, 0);
	order(TURN(TURN_REFUSE, 0, 0, 0));
	return result;
}

static void lend(uint64_t pages)
{
	struct list l = list_at(page_take_list());

	list_begin(&l);
	for (uint64_t i = 0; i < pages; i++)
		list_add(&l, set_up_page());
	need(call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0) == OK, "DEPOSIT_MEM");
}

/* vCPUs until it asks for memory; so much that one more can be made; then there is none. */
static void use_up_frames(bool keeps)
{
	uint64_t result = OK, pages;

	for (unsigned int i = 0; i < MADE_MAX && result == OK; i++)
		result = make_vcpu(keeps);
	pages = result & NEED_PAGES;
	need((result & ~NEED_PAGES) == NEED && pages <= CONTEXT_PAGES, "memory is not used up");
	if (pages == CONTEXT_PAGES)
		return;
	lend(pages);
	need(make_vcpu(keeps) == OK, "CREATE_VCPU");
}

/* ---- all of it --------------------------------------------------------- */

static void take(const struct table_step *t)
{
	const bool is_2m = t->bytes == PAGE_2M;

	switch (t->word) {
	case STEP_GIVEN:
		need(list_one(t->address | (is_2m ? PV_2M : PV_4K) | PV_VALIDATE) == OK,
		     "PVALIDATE");
		break;
	case STEP_SHARED:
		need(ghcb_psc(t->address / t->bytes, 1, PSC_SHARED, is_2m), "page state change");
		break;
	case STEP_USED_FRAMES:
	case STEP_NO_FRAMES:
		use_up_frames(t->word == STEP_USED_FRAMES);
		break;
	default:
		break;
	}
}

void set_up(void)
{
	make_memory();
	for (unsigned int i = 0; i < table->steps; i++)
		take(&table_steps()[i]);
	need(call_core(CORE_REMAP_CA, TABLE_CA, 0, 0, 0) == OK, "REMAP_CA");
}
