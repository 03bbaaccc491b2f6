/* SPDX-License-Identifier: MIT */
/* Page state change words, and what a hostile hypervisor makes of the header. [ghcb 5.4] */
#include "test.h"

#include <svsm/psc.h>

static uint64_t header(unsigned int current, unsigned int end, unsigned int reserved)
{
	return (uint64_t)reserved << 32 | (uint64_t)end << 16 | current;
}

declare_test(psc_words)
{
	check_eq(psc_entry(pa(0x200000), SIZE_2M, true), 0x0110000000200000);
	check_eq(psc_entry(pa(0x3000), SIZE_4K, true), 0x0010000000003000);
	check_eq(psc_entry(pa(0x3000), SIZE_4K, false), 0x0020000000003000);
	check_eq(psc_header(252), header(0, 252, 0));
}

declare_test(psc_progress)
{
	unsigned int now;

	check_eq(psc_judge(header(0, 9, 0), 0, 9, &now), PSC_STILL);
	check_eq(psc_judge(header(4, 9, 0), 3, 9, &now), PSC_MOVED);
	check_eq(now, 4);
	check_eq(psc_judge(header(4, 9, 0), 4, 9, &now), PSC_STILL);
	check_eq(psc_judge(header(9, 9, 0), 4, 9, &now), PSC_MOVED);
	check_eq(psc_judge(header(10, 9, 0), 9, 9, &now), PSC_FINISHED);
	check_eq(now, 10);
	check_eq(psc_judge(header(1, 0, 0), 0, 0, &now), PSC_FINISHED);
}

declare_test(psc_current_goes_backwards)
{
	unsigned int now;

	check_eq(psc_judge(header(3, 9, 0), 4, 9, &now), PSC_NONSENSE);
}

declare_test(psc_current_jumps_past_the_end)
{
	unsigned int now;

	check_eq(psc_judge(header(11, 9, 0), 4, 9, &now), PSC_NONSENSE);
	check_eq(psc_judge(header(0xffff, 9, 0), 4, 9, &now), PSC_NONSENSE);
}

declare_test(psc_end_changes)
{
	unsigned int now;

	check_eq(psc_judge(header(4, 10, 0), 4, 9, &now), PSC_NONSENSE);
	check_eq(psc_judge(header(4, 8, 0), 4, 9, &now), PSC_NONSENSE);
}

declare_test(psc_reserved_is_set)
{
	unsigned int now;

	check_eq(psc_judge(header(10, 9, 1), 4, 9, &now), PSC_NONSENSE);
	check_eq(psc_judge(header(5, 9, 0x80000000), 4, 9, &now), PSC_NONSENSE);
}
