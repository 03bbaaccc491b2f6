/* SPDX-License-Identifier: MIT */
/*
 * The seam's operations on many pages, each a loop of a few instructions:
 * most of what a PVALIDATE request costs is here. SMAP is lifted for a loop,
 * which touches nothing but its operands and those pages. A fault ends it
 * with the outcome HW_FAULT.
 */
#include "traps.h"
#include "window.h"

#include <svsm/hw.h>

/*
 * Over a run the operand is `end` + `index`, a negative offset that counts up
 * to 0; over a list it is the window's start + `end`[index].
 */
#define OPERAND_RUN "leaq (%[end],%[index]), %%rax\n"
#define OPERAND_LIST "movq (%[end],%[index],8), %%rax\n addq %[base], %%rax\n"

#define LOOP(operand, instruction, test)                                                           \
	"stac\n"                                                                                   \
	"1:" operand "2:" instruction "\n" test "\n"                                               \
	"jnz 3f\n"                                                                                 \
	"addq %[step], %[index]\n"                                                                 \
	"jnz 1b\n"                                                                                 \
	"3: clac\n" TRAP_FIXUP(2b, 4f) ".pushsection .text.fixup, \"ax\"\n"                        \
				       "4: movl %[fault], %%eax\n"                                 \
				       "jmp 3b\n"                                                  \
				       ".popsection\n"

/* EAX becomes twice the code, plus CF: zero for "done, and changed". */
#define PVALIDATE "pvalidate", "adcl %%eax, %%eax"
#define RMPADJUST "rmpadjust", "testl %%eax, %%eax"
#define APPLY(macro, ...) macro(__VA_ARGS__)

/* A loop under way: what is left of it is -index in units of 1 << shift. */
struct cursor {
	uint64_t end, base, step;
	int64_t index;
	unsigned int shift;
};

static inline struct cursor begin(const struct hw_pages *pages)
{
	unsigned int shift = pages->size == SIZE_2M ? 21 : 12;
	uint64_t bytes = (uint64_t)pages->count << shift;

	if (pages->run)
		return (struct cursor){ window_va(pages->page[0]) + bytes, 0, 1ULL << shift,
					-(int64_t)bytes, shift };
	return (struct cursor){ (uint64_t)(pages->page + pages->count), WINDOW_VA, 1,
				-(int64_t)pages->count, 0 };
}

static inline unsigned int done(const struct hw_pages *pages, const struct cursor *c)
{
	return pages->count - (unsigned int)((uint64_t)-c->index >> c->shift);
}

/* A page that no window shows. */
static inline bool is_beyond(const struct hw_pages *pages)
{
	return window_va(pages->page[0]) == 0;
}

unsigned int hw_pvalidate_pages(const struct hw_pages *pages, bool validate,
				struct hw_pvalidate_result *last)
{
	struct cursor c = begin(pages);
	uint32_t outcome = 2 * HW_FAULT;

	if (is_beyond(pages))
		;
	else if (pages->run)
		__asm__ volatile(APPLY(LOOP, OPERAND_RUN, PVALIDATE)
				 : "=&a"(outcome), [index] "+r"(c.index)
				 : [end] "r"(c.end), [step] "r"(c.step), "c"(pages->size),
				   "d"(validate), [fault] "i"(2 * HW_FAULT)
				 : "cc", "memory");
	else
		__asm__ volatile(APPLY(LOOP, OPERAND_LIST, PVALIDATE)
				 : "=&a"(outcome), [index] "+r"(c.index)
				 : [end] "r"(c.end), [step] "r"(c.step), [base] "r"(c.base),
				   "c"(pages->size), "d"(validate), [fault] "i"(2 * HW_FAULT)
				 : "cc", "memory");
	*last = (struct hw_pvalidate_result){ outcome >> 1, outcome == 1 };
	return done(pages, &c);
}

unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last)
{
	struct cursor c = begin(pages);
	uint64_t what = (uint64_t)vmsa << 16 | perms << 8 | vmpl;

	*last = HW_FAULT;
	if (is_beyond(pages))
		;
	else if (pages->run)
		__asm__ volatile(APPLY(LOOP, OPERAND_RUN, RMPADJUST)
				 : "=&a"(*last), [index] "+r"(c.index)
				 : [end] "r"(c.end), [step] "r"(c.step), "c"(pages->size),
				   "d"(what), [fault] "i"(HW_FAULT)
				 : "cc", "memory");
	else
		__asm__ volatile(APPLY(LOOP, OPERAND_LIST, RMPADJUST)
				 : "=&a"(*last), [index] "+r"(c.index)
				 : [end] "r"(c.end), [step] "r"(c.step), [base] "r"(c.base),
				   "c"(pages->size), "d"(what), [fault] "i"(HW_FAULT)
				 : "cc", "memory");
	return done(pages, &c);
}

/* Returns how many bytes were not zeroed. By eight: the emulator pays for every repetition. */
static inline uint64_t zero(uint64_t va, uint64_t bytes)
{
	uint64_t count = bytes / 8;

	__asm__ volatile("stac\n"
			 "1: rep stosq\n"
			 "2: clac\n" TRAP_FIXUP(1b, 2b)
			 : "+D"(va), "+c"(count)
			 : "a"(0ULL)
			 : "memory");
	return count * 8;
}

unsigned int hw_zero_pages(const struct hw_pages *pages)
{
	uint64_t bytes = size_bytes(pages->size);
	unsigned int i = 0;

	if (is_beyond(pages))
		return 0;
	if (pages->run) {
		uint64_t left = zero(window_va(pages->page[0]), bytes * pages->count);

		return pages->count - (unsigned int)((left + bytes - 1) / bytes);
	}
	while (i < pages->count && zero(WINDOW_VA + pages->page[i].raw, bytes) == 0)
		i++;
	return i;
}
