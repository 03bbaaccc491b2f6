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
static inline bool pvalidate(uint64_t va, enum page_size size, bool validate, uint32_t *outcome)
{
	bool refused;

	__asm__ volatile("1: pvalidate\n"
			 "adcl %%eax, %%eax\n"
			 "2:\n" FAULT_OUTCOME
			 : "=a"(*outcome), "=@ccnz"(refused)
			 : "a"(va), "c"(size), "d"(validate), [fault] "i"(2 * HW_FAULT)
			 : "memory");
	return !refused;
}

/* The outcome is EAX. */
static inline bool rmpadjust(uint64_t va, enum page_size size, uint64_t what, uint32_t *outcome)
{
	__asm__ volatile("1: rmpadjust\n"
			 "2:\n" FAULT_OUTCOME
			 : "=a"(*outcome)
			 : "a"(va), "c"(size), "d"(what), [fault] "i"(HW_FAULT)
			 : "cc", "memory");
	return *outcome == RMP_OK;
}

/* A list's operands are base + word[i], a run's va + i times 4 KiB. */
struct loop {
	uint64_t va, base;
	const uint64_t *word;
	uint64_t count; /* 0 when no window shows the first page */
};

static inline struct loop begin(const struct hw_pages *pages)
{
	uint64_t va = window_va(pa(pages->word[0] - pages->tag));

	return (struct loop){ va, WINDOW_VA - pages->tag, pages->word, va == 0 ? 0 : pages->count };
}

static inline uint64_t operand(const struct loop *l, bool run, uint64_t i)
{
	return run ? l->va + i * PAGE_4K : l->base + l->word[i];
}

/* How many were done. By eight: most of what an entry of a request costs is here. */
__attribute__((always_inline)) static inline uint64_t pvalidate_each(const struct loop *l, bool run,
								     enum page_size size,
								     bool validate,
								     uint32_t *outcome)
{
	uint64_t i = 0;

	for (; i + 8 <= l->count; i += 8) {
		if (!pvalidate(operand(l, run, i), size, validate, outcome))
			return i;
		if (!pvalidate(operand(l, run, i + 1), size, validate, outcome))
			return i + 1;
		if (!pvalidate(operand(l, run, i + 2), size, validate, outcome))
			return i + 2;
		if (!pvalidate(operand(l, run, i + 3), size, validate, outcome))
			return i + 3;
		if (!pvalidate(operand(l, run, i + 4), size, validate, outcome))
			return i + 4;
		if (!pvalidate(operand(l, run, i + 5), size, validate, outcome))
			return i + 5;
		if (!pvalidate(operand(l, run, i + 6), size, validate, outcome))
			return i + 6;
		if (!pvalidate(operand(l, run, i + 7), size, validate, outcome))
			return i + 7;
	}
	while (i < l->count && pvalidate(operand(l, run, i), size, validate, outcome))
		i++;
	return i;
}

unsigned int hw_pvalidate_pages(const struct hw_pages *pages, bool validate,
				struct hw_pvalidate_result *last)
{
	const struct loop l = begin(pages);
	uint32_t outcome = 2 * HW_FAULT;
	uint64_t done;

	lift_smap();
	done = pages->run ? pvalidate_each(&l, true, pages->size, validate, &outcome)
			  : pvalidate_each(&l, false, pages->size, validate, &outcome);
	drop_smap();
	*last = (struct hw_pvalidate_result){ outcome >> 1, outcome == 1 };
	return (unsigned int)done;
}

__attribute__((always_inline)) static inline uint64_t rmpadjust_each(const struct loop *l, bool run,
								     enum page_size size,
								     uint64_t what,
								     uint32_t *outcome)
{
	uint64_t i = 0;

	for (; i + 8 <= l->count; i += 8) {
		if (!rmpadjust(operand(l, run, i), size, what, outcome))
			return i;
		if (!rmpadjust(operand(l, run, i + 1), size, what, outcome))
			return i + 1;
		if (!rmpadjust(operand(l, run, i + 2), size, what, outcome))
			return i + 2;
		if (!rmpadjust(operand(l, run, i + 3), size, what, outcome))
			return i + 3;
		if (!rmpadjust(operand(l, run, i + 4), size, what, outcome))
			return i + 4;
		if (!rmpadjust(operand(l, run, i + 5), size, what, outcome))
			return i + 5;
		if (!rmpadjust(operand(l, run, i + 6), size, what, outcome))
			return i + 6;
		if (!rmpadjust(operand(l, run, i + 7), size, what, outcome))
			return i + 7;
	}
	while (i < l->count && rmpadjust(operand(l, run, i), size, what, outcome))
		i++;
	return i;
}

unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last)
{
	const uint64_t what = (uint64_t)vmsa << 16 | perms << 8 | vmpl;
	const struct loop l = begin(pages);
	uint32_t outcome = HW_FAULT;
	uint64_t done;

	lift_smap();
	done = pages->run ? rmpadjust_each(&l, true, pages->size, what, &outcome)
			  : rmpadjust_each(&l, false, pages->size, what, &outcome);
	drop_smap();
	*last = outcome;
	return (unsigned int)done;
}

/* Returns how many words were not zeroed. By eight bytes: the emulator pays for every repetition.
 */
static inline uint64_t zero(uint64_t va, uint64_t words)
{
	__asm__ volatile("1: rep stosq\n"
			 "2:\n" TRAP_FIXUP(1b, 2b)
			 : "+D"(va), "+c"(words)
			 : "a"(0ULL)
			 : "memory");
	return words;
}

unsigned int hw_zero_pages(const struct hw_pages *pages)
{
	const uint64_t words = size_bytes(pages->size) / 8;
	const struct loop l = begin(pages);
	uint64_t done = 0;

	lift_smap();
	if (pages->run)
		done = l.count - (zero(l.va, words * l.count) + words - 1) / words;
	else
		while (done < l.count && zero(l.base + l.word[done], words) == 0)
			done++;
	drop_smap();
	return (unsigned int)done;
}
