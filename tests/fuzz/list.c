/* SPDX-License-Identifier: MIT */
/*
 * Lists word by word, several calls: PVALIDATE, DEPOSIT_MEM, and WITHDRAW_MEM in between. What
 * they leave is what the record says, and the guest finds each page as it was told.
 */
#include "fuzz.h"

#include <svsm/abi.h>
#include <svsm/call.h>
#include <svsm/deposit.h>
#include <svsm/page.h>

#define LOOK_AT 16U /* so many entries, the last that were done */

static struct input in;

struct list {
	bool deposit;
	uint16_t count, next;
	uint64_t entry[SVSM_LIST_MAX];
	int before[SVSM_LIST_MAX]; /* the state of its page */
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	host_new(3);
	host_serve(EV_START);
	host_save();
	return 0;
}

static bool documented(uint32_t result, bool deposit)
{
	return result == SVSM_SUCCESS || result == SVSM_ERR_INCOMPLETE ||
	       (result >= SVSM_ERR_INVALID_ADDRESS && result <= SVSM_ERR_BUSY) ||
	       (result > SVSM_ERR_RMP && result <= SVSM_ERR_RMP + 0xf) ||
	       (result == SVSM_ERR_RMP_UNCHANGED && !deposit) || result == SVSM_ERR_RMP_OTHER;
}

static bool usable(uint64_t page)
{
	return host_guest_may(page, SNP_READ) || host_guest_may(page, SNP_WRITE);
}

/* -1: no page of the guest's. */
static int state_of(uint64_t page)
{
	enum page_state state;

	return page_state(pa(page), &state) == OK ? (int)state : -1;
}

static void look_at_page(uint64_t page, enum page_state want)
{
	demand(state_of(page) == (int)want);
	demand(deposit_overlaps(pa(page), SIZE_4K) == (want == PAGE_USED));
	demand(usable(page) == (want == PAGE_GUEST));
}

static bool decode(const struct list *l, unsigned int i, struct entry *e)
{
	return (l->deposit ? core_decode_deposit(l->entry[i], e)
			   : core_decode_entry(l->entry[i], e)) == SVSM_SUCCESS;
}

static bool overlap(const struct entry *a, const struct entry *b)
{
	return a->page.raw - b->page.raw < size_bytes(b->size) ||
	       b->page.raw - a->page.raw < size_bytes(a->size);
}

/* Whether entries [first, end) leave its page alone. */
static bool is_apart(const struct list *l, const struct entry *e, unsigned int first,
		     unsigned int end)
{
	struct entry other;

	for (unsigned int i = first; i < end; i++)
		if (decode(l, i, &other) && overlap(e, &other))
			return false;
	return true;
}

/* Of entries of one page the last one decides. */
static void look_at_done(const struct list *l, unsigned int end)
{
	unsigned int i = end > l->next + LOOK_AT ? end - LOOK_AT : l->next;

	for (; i < end; i++) {
		enum page_state want = PAGE_USED;
		struct entry e;

		demand(decode(l, i, &e));
		if (!l->deposit)
			want = e.validate ? PAGE_GUEST : PAGE_NONE;
		if (!is_apart(l, &e, i + 1, end))
			continue;
		look_at_page(e.page.raw, want);
		look_at_page(e.page.raw + size_bytes(e.size) - PAGE_4K, want);
	}
}

/* It changed nothing. */
static void look_at_failed(const struct list *l, unsigned int failed)
{
	struct entry e;

	if (decode(l, failed, &e) && is_apart(l, &e, l->next, failed))
		demand(state_of(e.page.raw) == l->before[failed]);
}

static void take_entries(struct list *l, uint64_t words)
{
	for (uint64_t i = 0; i < words && in.left > 0; i++) {
		uint64_t word = take_entry(&in), run = take(&in, 1);

		/* Reserved there. */
		if (l->deposit && run < 0xc0)
			word &= ~(SVSM_ENTRY_VALIDATE | SVSM_ENTRY_IGNORE_CF);
		for (uint64_t n = 0; n < 1 + (run & 0x3f) && l->count < SVSM_LIST_MAX; n++)
			l->entry[l->count++] = word + n * ((word & 1) != 0 ? PAGE_2M : PAGE_4K);
	}
}

/*
 * `next` never goes back; what is before it was done, what it says was not; a
 * call that succeeds has done all.
 */
static void one_list(uint64_t shape)
{
	static struct list l;
	uint32_t result;

	l.deposit = (shape & 0x60) == 0x40;
	l.count = 0;
	l.next = shape & 0x80 ? (uint16_t)(take(&in, 1) & 0x1f) : 0;
	take_entries(&l, shape & 0x1f);
	if (!host_guest_may(HOST_LIST, SNP_WRITE) || !host_guest_may(host_ca(), SNP_WRITE))
		return;
	for (unsigned int i = 0; i < l.count; i++)
		l.before[i] = state_of(align_down(l.entry[i], PAGE_4K));
	host_list(HOST_LIST, l.entry, l.count, l.next);
	result = (uint32_t)host_call(l.deposit ? SVSM_CORE_DEPOSIT_MEM : SVSM_CORE_PVALIDATE,
				     HOST_LIST);
	demand(documented(result, l.deposit));
	if (!host_guest_may(HOST_LIST, SNP_READ))
		return;
	demand(host_next() >= l.next && (host_next() <= l.count || host_next() == l.next));
	demand(result != SVSM_SUCCESS || host_next() == l.count || l.count == 0);
	look_at_done(&l, host_next());
	if (result != SVSM_SUCCESS && host_next() < l.count)
		look_at_failed(&l, host_next());
}

static void look_at_returned(uint64_t buffer)
{
	static const uint8_t zeros[PAGE_4K];
	uint64_t page;
	uint16_t count;

	memcpy(&count, host_page(buffer) + buffer % PAGE_4K, sizeof(count));
	demand(SVSM_LIST_HEADER + count * SVSM_LIST_ENTRY <= PAGE_4K - buffer % PAGE_4K);
	for (unsigned int i = 0; i < count; i++) {
		memcpy(&page, host_page(buffer) + buffer % PAGE_4K + SVSM_LIST_HEADER + i * 8,
		       sizeof(page));
		demand(is_aligned(page, PAGE_4K));
		look_at_page(page, PAGE_GUEST);
		demand(memcmp(host_page(page), zeros, PAGE_4K) == 0);
	}
	/* Nothing uses them here: whatever there was room for. */
	demand(!deposit_available() || count == (PAGE_4K - buffer % PAGE_4K) / 8 - 1);
}

static void withdraw(uint64_t at)
{
	const uint64_t buffer = HOST_LIST + (at & 0xff8);
	uint32_t result;

	if (!host_guest_may(HOST_LIST, SNP_WRITE) || !host_guest_may(host_ca(), SNP_WRITE))
		return;
	result = (uint32_t)host_call(SVSM_CORE_WITHDRAW_MEM, buffer);
	if (buffer % PAGE_4K == 0xff8) {
		demand(result == SVSM_ERR_INVALID_PARAMETER);
		return;
	}
	demand(result == SVSM_SUCCESS);
	look_at_returned(buffer);
}

static void all(void)
{
	for (unsigned int n = 0; n < 6 && in.left > 0; n++) {
		uint64_t shape = take(&in, 1);

		if ((shape & 0x60) == 0x60)
			withdraw(take(&in, 2));
		else
			one_list(shape);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	in = (struct input){ bytes, count };
	host_reset();
	demand(host_stops(all) == -1);
	demand_sound();
	return 0;
}
