/* SPDX-License-Identifier: MIT */
/* The machines as tables: see chart.h. */
#include <sim/chart.h>
#include <stddef.h>

const struct chart_arrow *chart_find(unsigned int machine, unsigned int state, unsigned int event)
{
	if (machine >= MACHINES)
		return NULL;
	for (unsigned int i = 0; i < charts[machine].arrows; i++) {
		const struct chart_arrow *a = &charts[machine].arrow[i];

		if (a->from == state && a->event == event)
			return a;
	}
	return NULL;
}

/* FNV-1a */
static uint64_t add_byte(uint64_t hash, unsigned int byte)
{
	return (hash ^ (byte & 0xff)) * 0x100000001b3ULL;
}

static uint64_t add_words(uint64_t hash, const char *words)
{
	for (; *words != '\0'; words++)
		hash = add_byte(hash, (unsigned char)*words);
	return add_byte(hash, 0);
}

static uint64_t add_chart(uint64_t hash, const struct chart *c)
{
	hash = add_words(hash, c->name);
	for (unsigned int i = 0; i < c->states; i++)
		hash = add_words(hash, c->state[i]);
	for (unsigned int i = 0; i < c->arrows; i++) {
		hash = add_byte(add_byte(hash, c->arrow[i].from), c->arrow[i].to);
		hash = add_byte(add_byte(hash, c->arrow[i].event), c->arrow[i].event >> 8U);
		hash = add_words(hash, c->arrow[i].verb);
	}
	return hash;
}

uint64_t chart_hash(void)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (unsigned int i = 0; i < MACHINES; i++)
		hash = add_chart(hash, &charts[i]);
	return hash;
}
