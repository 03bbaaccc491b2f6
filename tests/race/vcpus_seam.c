/* SPDX-License-Identifier: MIT */
/*
 * What the firmware's files at hand call and is not at hand: the seam, the
 * record of pages, memory for contexts. Where it touches a page, a word of
 * that page is accessed, and who may do so is checked. Nothing here is a
 * fence that the firmware could rely on, but for mapping and unmapping.
 */
#include "vcpus.h"

#include <svsm/accept.h>
#include <svsm/context.h>
#include <svsm/frame.h>
#include <svsm/hw.h>
#include <svsm/page.h>
#include <svsm/rights.h>
#include <svsm/withdrawn.h>

#include <string.h>

struct world world;
unsigned int acting;
struct ring *rings[CPU_MAX];
static struct ring ring[CPU_MAX];

/* Of no piece: who follows a context that is gone comes here. */
static struct vcpu_slot nowhere;

unsigned int hw_cpu(void)
{
	unsigned int cpu_now = machine_running();

	cpu_now = cpu_now == CPUS ? acting : cpu_now;
	rings[cpu_now] = &ring[cpu_now];
	return cpu_now;
}

/* The context in the seat is there, and the page is the running CPU's to touch. */
static struct page_words *touch(pa_t at)
{
	const struct vcpu *v = seat_vcpu();
	unsigned int page = page_number(at);

	if (page >= PAGES) {
		fail("what is touched is no page");
		hw_stop(REASON_BUG, 0);
	}
	if (v != NULL && shared64_load(&world.alive[slot_index(v->slot)]) == 0)
		fail("a vCPU is served whose context was given back");
	check_may_touch(hw_cpu(), page);
	return &world.page[page];
}

/* EFER has a word of its own: two CPUs meet at it. */
static shared64 *word_at(pa_t at)
{
	struct page_words *p = touch(at);

	return at.raw % PAGE_4K == VMSA_EFER ? &p->efer : &p->word;
}

enum err hw_load64(pa_t from, uint64_t *value)
{
	*value = shared64_load(word_at(from));
	return OK;
}

enum err hw_store64(pa_t to, uint64_t value)
{
	shared64_store(word_at(to), value);
	return OK;
}

enum err hw_cas64(pa_t at, uint64_t expected, uint64_t desired, uint64_t *seen)
{
	*seen = expected;
	(void)shared64_cas(word_at(at), seen, desired);
	return OK;
}

enum err hw_load8(pa_t from, uint8_t *value)
{
	(void)shared64_load(word_at(from));
	*value = world.cpu[hw_cpu()].asked;
	return OK;
}

enum err hw_store8(pa_t to, uint8_t value)
{
	shared64_store(word_at(to), value);
	if (to.raw % PAGE_4K == SVSM_CA_PENDING)
		world.cpu[hw_cpu()].asked = false;
	return OK;
}

enum err hw_copy_out(pa_t to, const void *from, size_t bytes)
{
	(void)from;
	(void)bytes;
	return hw_store64(to, 0);
}

/* The registers of a call, or what CREATE_VCPU looks at. */
enum err hw_load64_list(uint64_t *to, pa_t from, const uint16_t *offset, uint64_t count)
{
	(void)shared64_load(word_at(from));
	memset(to, 0, count * sizeof(*to));
	if (offset[0] == VMSA_EXITCODE) {
		to[0] = EXIT_VMGEXIT;
		return OK;
	}
	to[0] = (uint64_t)GUEST_VMPL << 16;
	to[1] = shared64_load(&touch(from)->efer);
	to[2] = SEV_SNP_ACTIVE;
	return OK;
}

unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last)
{
	const struct cpu *c = &cpu[hw_cpu()];
	const struct op *op = &c->op[c->now];

	(void)vmpl;
	(void)vmsa;
	(void)shared64_load(&touch(pa(pages->word[0] - pages->tag))->other);
	*last = RMP_OK;
	if (machine_running() != CPUS && op->kind == OP_DELETE && op->state == IN_USE_NOW &&
	    perms == PERM_ALL)
		*last = RMP_FAIL_INUSE;
	return *last == RMP_OK;
}

unsigned int rights_set(const struct hw_pages *pages, unsigned int vmpls, unsigned int perms,
			uint32_t *code)
{
	(void)vmpls;
	(void)perms;
	(void)shared64_load(&touch(pa(pages->word[0] - pages->tag))->other);
	*code = RMP_OK;
	return pages->count;
}

uint32_t rights_give(pa_t page, unsigned int vmpl)
{
	(void)vmpl;
	(void)shared64_load(&touch(page)->other);
	return RMP_OK;
}

uint32_t rights_take(pa_t page)
{
	return rights_give(page, 0);
}

uint32_t entry_rmp_result(uint32_t code); /* sm/entry.h */

uint32_t entry_rmp_result(uint32_t code)
{
	return SVSM_ERR_RMP + code;
}

unsigned int hw_zero_pages(const struct hw_pages *pages)
{
	shared64_store(&touch(pa(pages->word[0] - pages->tag))->word, 0);
	return pages->count;
}

void hw_flush_all(void)
{
}

void hw_pause(void)
{
}

uint64_t hw_tsc(void)
{
	return 0;
}

/* The guest, or whoever is at a lower VMPL, has the CPU now. */
static enum err leave_vmpl0(void)
{
	const struct vcpu *v = seat_vcpu();

	if (v != NULL && shared64_load(&world.alive[slot_index(v->slot)]) == 0)
		fail("a vCPU is entered whose context was given back");
	if (v != NULL && v->slot->cpu != hw_cpu())
		fail("a vCPU is served by a CPU that it was not made for");
	world.cpu[hw_cpu()].left = true;
	world.cpu[hw_cpu()].asleep = false;
	return OK;
}

enum err ghcb_run_vmpl(unsigned int vmpl)
{
	(void)vmpl;
	return leave_vmpl0();
}

enum err ghcb_hold(void)
{
	enum err err = leave_vmpl0();

	world.cpu[hw_cpu()].asleep = true;
	return err;
}

/* What the guest has written in it: a save area that may be entered. */
enum err page_claim(pa_t page, enum page_size size, enum page_state from)
{
	struct page_words *p = &world.page[page_number(page)];
	uint64_t seen = IS_GUEST;

	(void)size;
	(void)from;
	if (!shared64_cas(&p->record, &seen, IS_USED))
		return ERR_BUSY;
	world.claimer[page_number(page)] = (uint8_t)(hw_cpu() + 1);
	p->efer.raw = EFER_SVME;
	return OK;
}

void page_settle(pa_t page, enum page_size size, enum page_state to)
{
	(void)size;
	(void)to;
	shared64_store(&world.page[page_number(page)].record, IS_GUEST);
}

enum err frame_state(pa_t frame, enum page_state *state)
{
	(void)frame;
	*state = PAGE_USED;
	return OK;
}

struct frame_cpu *frame_cpu(unsigned int i)
{
	(void)i;
	return NULL;
}

enum err frame_alloc(struct frame_cpu *me, pa_t *frame)
{
	(void)me;
	if (!world.own_frames)
		return ERR_NO_MEMORY;
	world.frames++;
	*frame = pa(FRAME_BASE);
	return OK;
}

enum err frame_free(struct frame_cpu *me, pa_t frame)
{
	(void)me;
	(void)frame;
	world.frames--;
	return OK;
}

bool frame_overlaps(pa_t page, enum page_size size)
{
	(void)size;
	return page.raw >= FRAME_BASE;
}

enum err accept_more(void)
{
	return ERR_NO_MEMORY;
}

void withdrawn_add(pa_t page, enum page_size size)
{
	(void)page;
	(void)size;
	fail("a page is withdrawn, and nothing has failed");
}

bool withdrawn_overlaps(pa_t page, enum page_size size)
{
	(void)page;
	(void)size;
	return false;
}

void *cpu_map_context(unsigned int slot, const pa_t frame[CPU_CONTEXT_FRAMES])
{
	(void)frame;
	if (shared64_swap(&world.alive[slot], 1) != 0)
		fail("a context is made where there is one");
	return world.context[slot];
}

/* Whoever looks at it now is led to `nowhere`. */
void cpu_unmap_context(unsigned int slot)
{
	struct vcpu gone = { .slot = &nowhere };

	if (shared64_swap(&world.alive[slot], 0) != 1)
		fail("a context is given back that is none");
	memcpy(world.context[slot], &gone, CONTEXT_BYTES);
}
