/* SPDX-License-Identifier: MIT */
/*
 * The seam's operations on many pages. SMAP is lifted once for all of them;
 * what runs meanwhile are a few instructions on registers and the list. A
 * fault ends the loop with the outcome HW_FAULT.
 */
#include "traps.h"
#include "window.h"

#include <svsm/hw.h>

static inline void lift_smap(void)
{
	__asm__ volatile("stac" : : : "memory");
}

static inline void drop_smap(void)
{
	__asm__ volatile("clac" : : : "memory");
}

/* A fault's way back to label 2, with an outcome that is not zero. */
#define FAULT_OUTCOME                                                                              \
	TRAP_FIXUP(1b, 3f)                                                                         \
	".pushsection .text.fixup, \"ax\"\n"                                                       \
	"3: movl %[fault], %%eax\n"                                                                \
	"testl %%eax, %%eax\n"                                                                     \
	"jmp 2b\n"                                                                                 \
	".popsection\n"

/* False when not done, or nothing changed; *outcome is twice EAX, plus CF. */
static inline bool pvalidate(uint64_t va, enum page_size size, bool validate, uint64_t *outcome)
{
	bool refused;

	__asm__ volatile("1: pvalidate\n"
			 "adcl %%eax, %%eax\n"
			 "2:\n" FAULT_OUTCOME
			 : "+a"(va), "=@ccnz"(refused)
			 : "c"(size), "d"(validate), [fault] "i"(2 * HW_FAULT)
			 : "memory");
	*outcome = va;
	return !refused;
}

/* The outcome is EAX. */
static inline bool rmpadjust(uint64_t va, enum page_size size, uint64_t what, uint64_t *outcome)
{
	bool refused;

	__asm__ volatile("1: rmpadjust\n"
			 "testl %%eax, %%eax\n"
			 "2:\n" FAULT_OUTCOME
			 : "+a"(va), "=@ccnz"(refused)
			 : "c"(size), "d"(what), [fault] "i"(HW_FAULT)
			 : "memory");
	*outcome = va;
	return !refused;
}

/* A loop over pages: over addresses when they follow each other, else over the list. */
struct loop {
	uint64_t va, end, bytes; /* va is 0: no window shows the first */
	const uint64_t *word, *last;
	uint64_t base; /* of a word: the window, the tag taken off */
};

static inline struct loop begin(const struct hw_pages *pages)
{
	uint64_t va = window_va(pa(pages->word[0] - pages->tag));
	uint64_t bytes = size_bytes(pages->size);

	return (struct loop){
		.va = va,
		.end = va + PAGE_4K * pages->count,
		.bytes = bytes,
		.word = pages->word,
		.last = pages->word + (va == 0 ? 0 : pages->count),
		.base = WINDOW_VA - pages->tag,
	};
}

/* How many were done. */
static inline unsigned int done(const struct hw_pages *pages, const struct loop *l)
{
	if (!pages->run)
		return (unsigned int)(l->word - pages->word);
	return pages->count - (unsigned int)((l->end - l->va) / PAGE_4K);
}

unsigned int hw_pvalidate_pages(const struct hw_pages *pages, bool validate,
				struct hw_pvalidate_result *last)
{
	const enum page_size size = pages->size;
	struct loop l = begin(pages);
	uint64_t outcome = 2 * HW_FAULT;

	lift_smap();
	if (pages->run && l.va != 0) {
#pragma GCC unroll 4
		for (; l.va != l.end; l.va += PAGE_4K)
			if (!pvalidate(l.va, size, validate, &outcome))
				break;
	} else {
#pragma GCC unroll 4
		for (; l.word != l.last; l.word++)
			if (!pvalidate(l.base + *l.word, size, validate, &outcome))
				break;
	}
	drop_smap();
	*last = (struct hw_pvalidate_result){ (uint32_t)outcome >> 1, (uint32_t)outcome == 1 };
	return done(pages, &l);
}

unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last)
{
	const uint64_t what = (uint64_t)vmsa << 16 | perms << 8 | vmpl;
	const enum page_size size = pages->size;
	struct loop l = begin(pages);
	uint64_t outcome = HW_FAULT;

	lift_smap();
	if (pages->run && l.va != 0) {
#pragma GCC unroll 4
		for (; l.va != l.end; l.va += PAGE_4K)
			if (!rmpadjust(l.va, size, what, &outcome))
				break;
	} else {
#pragma GCC unroll 4
		for (; l.word != l.last; l.word++)
			if (!rmpadjust(l.base + *l.word, size, what, &outcome))
				break;
	}
	drop_smap();
	*last = (uint32_t)outcome;
	return done(pages, &l);
}

/* Returns how many bytes were not zeroed. By eight: the emulator pays for every repetition. */
static inline uint64_t zero(uint64_t va, uint64_t bytes)
{
	uint64_t count = bytes / 8;

	__asm__ volatile("1: rep stosq\n"
			 "2:\n" TRAP_FIXUP(1b, 2b)
			 : "+D"(va), "+c"(count)
			 : "a"(0ULL)
			 : "memory");
	return count * 8;
}

unsigned int hw_zero_pages(const struct hw_pages *pages)
{
	struct loop l = begin(pages);

	lift_smap();
	if (pages->run && l.va != 0) {
		uint64_t left = zero(l.va, l.bytes * pages->count);

		l.va = l.end - (left + l.bytes - 1) / l.bytes * PAGE_4K;
	} else {
		while (l.word != l.last && zero(l.base + *l.word, l.bytes) == 0)
			l.word++;
	}
	drop_smap();
	return done(pages, &l);
}
