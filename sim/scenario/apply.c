/* SPDX-License-Identifier: MIT */
/* A scenario on the host's machine. */
#include "apply.h"

#include <stdarg.h>
#include <stdio.h>

const char *not_so(const char *format, ...)
{
	static char words[160];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	return words;
}

void scenario_set_up(const struct scenario *s)
{
	host_new_cpus(s->vmpl, s->cpus);
	host_serve(EV_START);
}

bool scenario_is_turn(const struct scenario_line *l)
{
	return l->word == SCENARIO_CALL || l->word == SCENARIO_BEGIN ||
	       l->word == SCENARIO_ADVANCE || l->word == SCENARIO_STEP ||
	       l->word == SCENARIO_MICRO || l->word == SCENARIO_FINISH;
}

bool scenario_sets_up(const struct scenario_line *l)
{
	return l->word == SCENARIO_MACHINE || l->word == SCENARIO_PAGE ||
	       l->word == SCENARIO_FRAMES || l->word == SCENARIO_SLOTS;
}

bool scenario_needs_idle(const struct scenario_line *l)
{
	return l->word == SCENARIO_CALL || l->word == SCENARIO_BEGIN || l->word == SCENARIO_ENTER ||
	       l->word == SCENARIO_ACCESS;
}

/* The save area has to be one, or the CPU would not run it. */
static const char *start(const struct scenario_line *l)
{
	uint64_t spa;

	if (host_page(l->address) == NULL || host_page(l->other) == NULL)
		return not_so("nothing is mapped there");
	CHECK(snp_gpa_to_spa(&host.snp, l->address, &spa));
	if (snp_vmrun_check(&host.snp, spa, l->address) != 0)
		return not_so("the CPU does not run 0x%llx: no save area",
			      (unsigned long long)l->address);
	host_start(l->cpu, l->address, l->other);
	return NULL;
}

/* It had begun a call, and has not ended it yet. */
static const char *stop(const struct scenario_line *l)
{
	return host.guest_of[l->cpu].busy ? NULL : not_so("its call was over already");
}

static const char *enter(const struct scenario_line *l)
{
	for (uint64_t i = 0; i < l->count; i++)
		host_enter_on(l->cpu);
	return NULL;
}

const char *scenario_apply(const struct scenario *s, const struct scenario_line *l)
{
	switch (l->word) {
	case SCENARIO_MACHINE:
		return NULL;
	case SCENARIO_PAGE:
		return apply_page(l);
	case SCENARIO_FRAMES:
		return apply_frames(l);
	case SCENARIO_SLOTS:
	case SCENARIO_SET:
	case SCENARIO_INJECT:
	case SCENARIO_PAUSE:
		return apply_change(l);
	case SCENARIO_START:
		return start(l);
	case SCENARIO_STOP:
		return stop(l);
	case SCENARIO_ENTER:
		return enter(l);
	case SCENARIO_VMSA:
	case SCENARIO_WRITE:
	case SCENARIO_LIST:
	case SCENARIO_READ:
	case SCENARIO_ACCESS:
		return apply_memory(s, l);
	default:
		return apply_lie(l);
	}
}
