/* SPDX-License-Identifier: MIT */
/* PVALIDATE lists [svsm 6.1]. */
#include "stub.h"

#define INCOMPLETE_LIMIT 4096U

unsigned int list_incomplete;
bool list_lost_count;

struct list list_at(uint64_t gpa)
{
	uint8_t *at = page_private(gpa);

	return (struct list){ gpa, (volatile uint16_t *)at, (volatile uint16_t *)(at + 2),
			      (volatile uint32_t *)(at + 4),
			      (volatile uint64_t *)(at + LIST_HEADER) };
}

struct list list_ca(void)
{
	return list_at(call_ca + 8);
}

void list_begin(const struct list *l)
{
	*l->count = 0;
	*l->next = 0;
	*l->reserved = 0;
}

void list_add(const struct list *l, uint64_t entry)
{
	l->entry[*l->count] = entry;
	*l->count = (uint16_t)(*l->count + 1);
}

void list_add_run(const struct list *l, uint64_t gpa, unsigned int count, uint64_t flags)
{
	for (unsigned int i = 0; i < count; i++)
		list_add(l, (gpa + i * PAGE_4K) | flags);
}

uint64_t list_call(const struct list *l)
{
	return call_core(CORE_PVALIDATE, l->gpa, 0x1d1d1d1d, 0x2e2e2e2e, 0);
}

uint64_t list_run(const struct list *l)
{
	uint64_t result = INCOMPLETE;

	for (unsigned int i = 0; i < INCOMPLETE_LIMIT && result == INCOMPLETE; i++) {
		uint16_t before = *l->next;

		result = list_call(l);
		if (result == INCOMPLETE) {
			list_incomplete++;
			if (*l->next <= before || *l->next >= *l->count)
				list_lost_count = true;
		}
	}
	return result;
}

uint64_t list_one(uint64_t entry)
{
	struct list l = list_ca();

	list_begin(&l);
	list_add(&l, entry);
	return list_run(&l);
}

uint64_t list_validate(uint64_t gpa)
{
	return list_one(gpa | PV_4K | PV_VALIDATE);
}

uint64_t list_rescind(uint64_t gpa)
{
	return list_one(gpa | PV_4K | PV_RESCIND);
}
