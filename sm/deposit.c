/* SPDX-License-Identifier: MIT */
/* See deposit.h. A slot is 0, or the page's address and what it is. */
#include <svsm/atomic.h>
#include <svsm/deposit.h>
#include <svsm/err.h>

#define FREE 1ULL
#define TAKEN 2ULL

static shared64 slots[DEPOSIT_PAGES];
static shared64 used;  /* slots spoken for */
static shared64 ready; /* pages free, or about to be */

/* Fails when it would be more than `limit`. Another vCPU's success is all that repeats it. */
static bool count(shared64 *counter, uint64_t change, uint64_t limit)
{
	uint64_t seen = shared64_load(counter);

	do {
		if (seen + change > limit)
			return false;
	} while (!shared64_cas(counter, &seen, seen + change));
	return true;
}

bool deposit_reserve(unsigned int pages)
{
	return count(&used, pages, DEPOSIT_PAGES);
}

void deposit_release(unsigned int pages)
{
	(void)count(&used, 0 - (uint64_t)pages, DEPOSIT_PAGES);
}

/* A slot was reserved: others may take the one at hand, never all. */
static unsigned int place(pa_t page, unsigned int at)
{
	for (;; at++) {
		uint64_t empty = 0;

		if (shared64_load(&slots[at % DEPOSIT_PAGES]) == 0 &&
		    shared64_cas(&slots[at % DEPOSIT_PAGES], &empty, page.raw | FREE))
			return at;
	}
}

void deposit_add(pa_t first, unsigned int pages)
{
	unsigned int at = 0;

	(void)count(&ready, pages, DEPOSIT_PAGES);
	for (unsigned int i = 0; i < pages; i++)
		at = place(pa_add(first, i * PAGE_4K), at);
}

bool deposit_take(pa_t *page)
{
	for (unsigned int i = 0; i < DEPOSIT_PAGES; i++) {
		uint64_t seen = shared64_load(&slots[i]);

		if ((seen & FREE) == 0 || !shared64_cas(&slots[i], &seen, (seen ^ FREE) | TAKEN))
			continue;
		*page = pa(align_down(seen, PAGE_4K));
		(void)count(&ready, ~0ULL, DEPOSIT_PAGES);
		return true;
	}
	return false;
}

/* Only who took the page changes its slot. */
static shared64 *taken(pa_t page)
{
	for (unsigned int i = 0; i < DEPOSIT_PAGES; i++)
		if (shared64_load(&slots[i]) == (page.raw | TAKEN))
			return &slots[i];
	hw_stop(REASON_BUG, page.raw);
}

void deposit_put(pa_t page)
{
	(void)count(&ready, 1, DEPOSIT_PAGES);
	shared64_store(taken(page), page.raw | FREE);
}

void deposit_drop(pa_t page)
{
	shared64_store(taken(page), 0);
	deposit_release(1);
}

bool deposit_available(void)
{
	return shared64_load(&ready) != 0;
}

bool deposit_overlaps(pa_t page, enum page_size size)
{
	for (unsigned int i = 0; i < DEPOSIT_PAGES; i++) {
		uint64_t seen = shared64_load(&slots[i]);

		if (seen != 0 && align_down(seen, PAGE_4K) - page.raw < size_bytes(size))
			return true;
	}
	return false;
}
