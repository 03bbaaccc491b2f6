/* SPDX-License-Identifier: MIT */
/* A CPU's call: begun, gone on with, and what came of it. */
#include "apply.h"
#include "names.h"

#include <limits.h>
#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include <stdio.h>

static const uint16_t offset[SCENARIO_REGISTERS] = { VMSA_RAX, VMSA_RCX, VMSA_RDX, VMSA_R8,
						     VMSA_R9 };

/* Where the guest writes its request. */
static bool can_ask(unsigned int cpu)
{
	const unsigned int before = host_cpu;
	bool is_there;

	host_on(cpu);
	is_there = host_page(host.guest_of[cpu].vmsa) != NULL && host_page(host_ca()) != NULL;
	host_on(before);
	return is_there;
}

const char *scenario_begin(const struct scenario_line *l)
{
	const struct host_registers r = {
		l->given[SCENARIO_RAX], l->given[SCENARIO_RCX], l->given[SCENARIO_RDX],
		l->given[SCENARIO_R8],	l->given[SCENARIO_R9],
	};

	if (l->uncalled) {
		host_part_run(l->cpu, host_enter);
		return NULL;
	}
	if (!can_ask(l->cpu))
		return not_so("the guest's calling area is not mapped");
	host_part_begin(l->cpu, &r);
	return NULL;
}

/* `past`: up to and with the nth operation of a kind. */
static const char *advance_past(const struct scenario_line *l)
{
	uint64_t seen = 0;
	bool is_over = !host.guest_of[l->cpu].busy;

	while (seen < l->count && !is_over) {
		host_log_clear();
		is_over = host_part(l->cpu, 1);
		seen += host.ops != 0 && host.log[0].kind == (enum host_kind)l->what;
	}
	return seen == l->count
		       ? NULL
		       : not_so("the call was over after %llu of them", (unsigned long long)seen);
}

/* As the commands of `svsm-sim step`. */
static const char *step(const struct scenario_line *l)
{
	for (uint64_t i = 0; i < l->count; i++) {
		if (!host.guest_of[l->cpu].busy)
			return not_so("the call was over after %llu steps", (unsigned long long)i);
		(void)host_part_step(l->cpu, l->word == SCENARIO_MICRO);
		if (host.stopped)
			hw_stop(host.reason, host.detail);
	}
	return NULL;
}

const char *scenario_go_on(const struct scenario_line *l)
{
	if (l->word == SCENARIO_STEP || l->word == SCENARIO_MICRO)
		return step(l);
	if (l->word == SCENARIO_BEGIN)
		return NULL;
	if (l->past)
		return advance_past(l);
	if (host.guest_of[l->cpu].busy) {
		host_log_clear();
		(void)host_part(l->cpu,
				l->word == SCENARIO_ADVANCE ? (unsigned int)l->count : UINT_MAX);
	}
	return NULL;
}

const char *scenario_result(uint64_t result, char to[SCENARIO_RESULT])
{
	const char *name = name_of(name_results, result);

	if (name != NULL)
		(void)snprintf(to, SCENARIO_RESULT, "%s", name);
	else if (result > SVSM_NEED_PAGES && result < SVSM_ERR_INCOMPLETE)
		(void)snprintf(to, SCENARIO_RESULT, "NEED %llu",
			       (unsigned long long)result - SVSM_NEED_PAGES);
	else
		(void)snprintf(to, SCENARIO_RESULT, "0x%llx", (unsigned long long)result);
	return to;
}

const char *scenario_reason(enum reason reason)
{
	return name_of(name_reasons, reason);
}

const char *scenario_kind(enum host_kind kind)
{
	return name_of(name_kinds, kind);
}

static const char *expect_stop(const struct scenario_line *l, int reason)
{
	if (l->expect.stops && reason == (int)l->expect.value)
		return NULL;
	if (reason < 0)
		return not_so("the VM goes on; expected was %s",
			      reason_words((unsigned int)l->expect.value));
	return not_so("the VM is stopped, %s (%s)", name_of(name_reasons, (unsigned int)reason),
		      reason_words((unsigned int)reason));
}

static uint64_t value_of(unsigned int cpu, enum scenario_register number)
{
	const unsigned int before = host_cpu;
	uint64_t value;

	host_on(cpu);
	value = host_get(offset[number]);
	host_on(before);
	return value;
}

static const char *expect_registers(const struct scenario_line *l)
{
	const struct name *n;

	for (n = name_registers; n->name != NULL; n++) {
		uint64_t value = value_of(l->cpu, (enum scenario_register)n->value);

		if ((l->expect.checked & 1U << n->value) != 0 && value != l->expect.given[n->value])
			return not_so("%s is 0x%llx, not 0x%llx", n->name,
				      (unsigned long long)value,
				      (unsigned long long)l->expect.given[n->value]);
	}
	return NULL;
}

const char *scenario_expect(const struct scenario_line *l, int reason)
{
	char is[SCENARIO_RESULT], wanted[SCENARIO_RESULT];
	uint64_t result;

	if (reason >= 0 || l->expect.stops)
		return expect_stop(l, reason);
	if ((l->word != SCENARIO_CALL && l->word != SCENARIO_FINISH) || l->expect.any)
		return NULL;
	result = value_of(l->cpu, SCENARIO_RAX);
	if (result != l->expect.value)
		return not_so("the result is %s, not %s", scenario_result(result, is),
			      scenario_result(l->expect.value, wanted));
	return expect_registers(l);
}
