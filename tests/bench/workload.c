/* SPDX-License-Identifier: MIT */
/* Filling an allocator, and the three orders of gets and puts. */
#include "bench.h"

#define BATCH 64U

const char *const order_name[ORDERS] = { "pair", "random", "batch" };

static _Thread_local uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Of `places`, without a division, which would cost more than what is measured. */
static uint64_t random_below(uint64_t places)
{
	return (uint64_t)((unsigned __int128)random64() * places >> 64);
}

bool held_take_all(struct held *h, const struct allocator *a, uint64_t bytes, enum page_size size)
{
	*h = (struct held){ .a = a,
			    .get = size == SIZE_2M ? a->get_2m : a->get,
			    .put = size == SIZE_2M ? a->put_2m : a->put,
			    .places = bytes / size_bytes(size) };
	if (!a->setup(bytes / PAGE_4K))
		return false;
	h->frame = memory_get(h->places * sizeof(*h->frame));
	for (; h->count < h->places; h->count++) {
		h->frame[h->count] = h->get(0);
		if (h->frame[h->count] == 0)
			fail("refused, with frames free");
	}
	return true;
}

/* Every choice of frames is as likely as any other. */
void held_shrink(struct held *h, unsigned int percent)
{
	uint64_t keep = h->places * percent / 100, kept = 0, count = h->count;

	for (uint64_t i = 0; i < count; i++) {
		if (random_below(count - i) < keep - kept)
			h->frame[kept++] = h->frame[i];
		else
			h->put(0, h->frame[i]);
	}
	h->count = kept;
}

void held_end(struct held *h)
{
	held_shrink(h, 0);
	memory_put(h->frame, h->places * sizeof(*h->frame));
	h->a->end();
}

static void churn_pair(const struct held *h, uint64_t pairs, unsigned int cpu)
{
	for (uint64_t i = 0; i < pairs; i++)
		h->put(cpu, h->get(cpu));
}

static void churn_random(const struct held *h, uint64_t pairs, unsigned int cpu, uint64_t *mine,
			 uint64_t count)
{
	for (uint64_t i = 0; i < pairs; i++) {
		uint64_t *place = &mine[random_below(count)];

		h->put(cpu, *place);
		*place = h->get(cpu);
	}
}

static void churn_batch(const struct held *h, uint64_t pairs, unsigned int cpu, uint64_t *mine,
			uint64_t count)
{
	uint64_t *place[BATCH], most = count < BATCH ? count : BATCH;

	while (pairs > 0) {
		uint64_t batch = 1 + random_below(most), first = random_below(count);

		if (batch > pairs)
			batch = pairs;
		pairs -= batch;
		/* Different places, spread over all. */
		for (uint64_t i = 0; i < batch; i++) {
			place[i] = &mine[(first + i * (count / most)) % count];
			h->put(cpu, *place[i]);
		}
		for (uint64_t i = 0; i < batch; i++)
			*place[i] = h->get(cpu);
	}
}

void churn(const struct held *h, enum order order, uint64_t pairs, unsigned int cpu,
	   unsigned int cpus)
{
	uint64_t part = h->count / cpus, *mine = &h->frame[part * cpu];

	state += cpu;
	if (order == ORDER_PAIR || part == 0)
		churn_pair(h, pairs, cpu);
	else if (order == ORDER_RANDOM)
		churn_random(h, pairs, cpu, mine, part);
	else
		churn_batch(h, pairs, cpu, mine, part);
}
