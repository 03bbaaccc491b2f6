/* SPDX-License-Identifier: MIT */
/* A move as a line of text, or as a JSON object. */
#include "program.h"
#include "session.h"

#include <inttypes.h>
#include <sim/choices.h>
#include <string.h>

static const char *const ops[HOST_KINDS] = {
	"PVALIDATE", "RMPADJUST", "FLUSH",    "VMGEXIT", "LOAD", "STORE",
	"CAS",	     "COPY_IN",	  "COPY_OUT", "ZERO",	 "WORD",
};

const char *report_op(enum host_kind kind)
{
	return ops[kind];
}

bool report_kind(const char *name, enum host_kind *kind)
{
	for (unsigned int i = 0; i < HOST_KINDS; i++) {
		if (strcasecmp(name, ops[i]) != 0)
			continue;
		*kind = (enum host_kind)i;
		return true;
	}
	return false;
}

const char *report_state(unsigned int machine, unsigned int state)
{
	return state < charts[machine].states ? charts[machine].state[state] : "?";
}

const char *report_event(unsigned int event)
{
	return event_name((enum event)event);
}

/* "vcpu Gate --EV_CALL/decode--> Decode (sm/vcpu.rl:43)" */
static void arrow_text(const struct engine_event *e)
{
	const struct chart *c = &charts[e->machine];
	const struct chart_arrow *a = chart_find(e->machine, e->state, e->event);

	printf("%s %s --%s", c->name, report_state(e->machine, e->state), report_event(e->event));
	if (a == NULL)
		printf("--> no such arrow");
	else
		printf("/%s--> %s (%s:%u)", a->verb, report_state(e->machine, a->to), c->file,
		       (unsigned int)a->line);
}

static void op_text(const struct host_op *op)
{
	printf("before %s 0x%" PRIx64, ops[op->kind], op->gpa);
}

/* The firmware may not stop the VM, but for a lie: then it says why. */
const char *report_broken(void)
{
	if (session_choices)
		return choices_broken();
	return host.stopped ? NULL : host_invariants();
}

static const char *complaint(void)
{
	return session_choices ? choices_complaint() : program_complaint();
}

static const char *choice(void)
{
	return session_choices ? choices_words() : NULL;
}

static void text(enum engine_outcome outcome)
{
	unsigned int cpu = engine_cpu();
	const struct engine_cpu *c = engine_at(cpu);
	const struct engine_event *taken = engine_taken();
	const struct host_op *op = c->busy ? host_part_waits(cpu) : NULL;

	printf("#%" PRIu64 " cpu %u", engine_position(), cpu);
	if (taken->there) {
		printf(" vcpu %u: ", taken->vcpu);
		arrow_text(taken);
	} else if (c->busy && op == NULL) {
		if (engine_parts()->begun && host.guest_of[cpu].vmsa == 0)
			printf(" begins");
		else if (engine_parts()->begun)
			printf(" begins: RAX 0x%" PRIx64, host_part_result(cpu));
		else if (engine_parts()->count != 0)
			printf(" goes on");
		else
			printf(" as set by hand");
	} else if (!c->busy && outcome == ENGINE_MOVED && engine_parts()->count == 0)
		printf(session_choices ? ": before the first choice"
				       : ": lines of the scenario that are no CPU's turn");
	if (op != NULL) {
		printf(" ");
		op_text(op);
	}
	if (outcome == ENGINE_OVER)
		printf("; the call is over, RAX 0x%" PRIx64, c->result);
	if (host.stopped)
		printf("; the VM is stopped: %s, 0x%" PRIx64, reason_words(host.reason),
		       host.detail);
	printf("\n");
	if (choice() != NULL)
		printf("  choice: %s\n", choice());
	if (report_broken() != NULL)
		printf("  not as it must be: %s\n", report_broken());
	if (complaint() != NULL)
		printf("  %s\n", complaint());
}

static void arrow_json(const char *name, const struct engine_event *e)
{
	const struct chart *c = &charts[e->machine];
	const struct chart_arrow *a = chart_find(e->machine, e->state, e->event);

	printf(",\"%s\":", name);
	if (!e->there) {
		printf("null");
		return;
	}
	printf("{\"vcpu\":%u,\"machine\":\"%s\",\"state\":\"%s\",\"event\":\"%s\"", e->vcpu,
	       c->name, report_state(e->machine, e->state), report_event(e->event));
	printf(",\"argument\":\"0x%" PRIx64 "\"", e->argument);
	if (a != NULL)
		printf(",\"verb\":\"%s\",\"to\":\"%s\",\"file\":\"%s\",\"line\":%u", a->verb,
		       report_state(e->machine, a->to), c->file, (unsigned int)a->line);
	printf("}");
}

static void json(enum engine_outcome outcome, const char *why)
{
	unsigned int cpu = engine_cpu();
	const struct engine_cpu *c = engine_at(cpu);
	const struct host_op *op = c->busy ? host_part_waits(cpu) : NULL;

	printf("{\"step\":%" PRIu64 ",\"cpu\":%u", engine_position(), cpu);
	arrow_json("taken", engine_taken());
	arrow_json("pending", &c->pending);
	if (op != NULL)
		printf(",\"before\":{\"operation\":\"%s\",\"address\":\"0x%" PRIx64 "\"}",
		       ops[op->kind], op->gpa);
	if (outcome == ENGINE_OVER)
		printf(",\"result\":\"0x%" PRIx64 "\"", c->result);
	if (host.stopped)
		printf(",\"stopped\":\"%s\"", reason_words(host.reason));
	if (choice() != NULL)
		printf(",\"choice\":\"%s\"", choice());
	if (report_broken() != NULL)
		printf(",\"broken\":\"%s\"", report_broken());
	if (why != NULL)
		printf(",\"break\":\"%s\"", why);
	printf("}\n");
}

static const char *ended(void)
{
	if (complaint() != NULL)
		return complaint();
	return host.stopped ? "the VM is stopped" : "the end: nothing is left to do";
}

void report_stop(enum engine_outcome outcome, const char *why)
{
	if (outcome == ENGINE_ENDED && !session_json)
		printf("#%" PRIu64 " %s\n", engine_position(), ended());
	else if (outcome == ENGINE_REFUSED && !session_json)
		printf("#%" PRIu64 " that makes no sense now\n", engine_position());
	else if (session_json)
		json(outcome, why);
	else
		text(outcome);
	if (why != NULL && !session_json)
		printf("  stopped: %s\n", why);
}

void report_move(enum engine_outcome outcome)
{
	report_stop(outcome, NULL);
}

static void open_arrows(const struct engine_event *e)
{
	const struct chart *c = &charts[e->machine];

	for (unsigned int i = 0; i < c->arrows; i++) {
		const struct chart_arrow *a = &c->arrow[i];

		if (a->from != e->state)
			continue;
		printf("  %c %-15s /%s -> %s (%s:%u)\n", a->event == e->event ? '*' : ' ',
		       report_event(a->event), a->verb, report_state(e->machine, a->to), c->file,
		       (unsigned int)a->line);
	}
}

void report_where(void)
{
	const struct engine_cpu *c = engine_at(engine_cpu());
	const struct engine_event *e = &c->pending;

	if (session_json)
		return;
	if (e->there) {
		printf("  vcpu %u, machine %s, in %s, pending %s; open from here:\n", e->vcpu,
		       charts[e->machine].name, report_state(e->machine, e->state),
		       report_event(e->event));
		open_arrows(e);
	}
}
