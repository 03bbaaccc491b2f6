/* SPDX-License-Identifier: MIT */
/* See withdrawn.h. A slot is 0, or address | size | IN_USE. */
#include <svsm/withdrawn.h>

#include <stdatomic.h>

#define SLOTS 64U
#define IN_USE 2ULL

static _Atomic uint64_t slots[SLOTS];
static _Atomic unsigned int used;

void withdrawn_add(pa_t page, enum page_size size)
{
	unsigned int slot = atomic_load(&used);

	do {
		if (slot == SLOTS)
			return;
	} while (!atomic_compare_exchange_weak(&used, &slot, slot + 1));
	atomic_store(&slots[slot], page.raw | size | IN_USE);
}

bool withdrawn_overlaps(pa_t page, enum page_size size)
{
	unsigned int count = atomic_load(&used);

	for (unsigned int i = 0; i < count; i++) {
		uint64_t slot = atomic_load(&slots[i]);
		uint64_t start = align_down(slot, PAGE_4K);

		if ((slot & IN_USE) != 0 &&
		    (start - page.raw < size_bytes(size) ||
		     page.raw - start < size_bytes((enum page_size)(slot & 1))))
			return true;
	}
	return false;
}
