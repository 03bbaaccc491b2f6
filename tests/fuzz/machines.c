/* SPDX-License-Identifier: MIT */
/*
 * Any events for each machine, in any order: an event has an arrow from the
 * state it is in, and one verb is called, or the VM stops with REASON_MACHINE.
 * The verbs are not the firmware's but take the next event from the input.
 * The arrows there are come from the pictures in gen/, by tests/fuzz/arrows.awk.
 */
#include "fuzz.h"

#include <svsm/boot.h>
#include <svsm/create.h>
#include <svsm/pvalidate.h>
#include <svsm/vcpu.h>

struct arrow {
	unsigned int from, event, to;
	const char *verb;
};
#include "arrows.h"

static struct input in;
static const char *verb; /* called since the step began */
static bool wrong;
static jmp_buf stopped;

/* An event of the alphabet and a little more. */
static enum event choose(void)
{
	return (enum event)(take(&in, 1) % (EV_GONE + 3));
}

static enum event called(const char *name)
{
	demand(verb == NULL && !wrong);
	verb = name;
	return choose();
}

_Noreturn static void refuse(void)
{
	demand(verb == NULL);
	wrong = true;
	longjmp(stopped, 1);
}

void hw_stop(enum reason reason, uint64_t detail)
{
	(void)detail;
	demand(reason == REASON_MACHINE);
	refuse();
}

#define VERB(type, function, name)                                                                 \
	enum event function(struct type *me)                                                       \
	{                                                                                          \
		(void)me;                                                                          \
		return called(name);                                                               \
	}
#define WRONG(type, function)                                                                      \
	enum event function(struct type *me, enum event ev)                                        \
	{                                                                                          \
		(void)me;                                                                          \
		(void)ev;                                                                          \
		hw_stop(REASON_MACHINE, 0);                                                        \
	}
VERBS
#undef VERB
#undef WRONG

/* What the inline verbs of vcpu.h end in. */
enum err ghcb_run_vmpl(unsigned int vmpl)
{
	(void)vmpl;
	demand(verb == NULL);
	verb = "enter";
	return take(&in, 1) & 1 ? OK : ERR_HOST;
}

enum event core_decode(const struct call *call, struct request *request)
{
	(void)call;
	request->result = 0;
	return called("decode");
}

struct ring *rings[CPU_MAX];

unsigned int hw_cpu(void)
{
	return 0;
}

uint64_t hw_tsc(void)
{
	return 0;
}

/* What must have happened: the arrow from `at`, or none. */
static void judge(const struct arrow *arrows, unsigned int count, unsigned int last,
		  unsigned int at, enum event ev, unsigned int now)
{
	for (unsigned int i = 0; i < count; i++) {
		if (arrows[i].from != at || arrows[i].event != (unsigned int)ev)
			continue;
		demand(!wrong && verb != NULL && strcmp(verb, arrows[i].verb) == 0);
		demand(now == arrows[i].to);
		return;
	}
	demand(verb == NULL && now == at && now <= last);
	demand(wrong);
}

/* Steps with what the verbs answer, or anything; until it is over or refuses. */
#define RUN(machine, STEP, LAST)                                                                   \
	do {                                                                                       \
		static struct machine m;                                                           \
		enum event ev = choose();                                                          \
		machine##_init(&m);                                                                \
		for (unsigned int n = 0; n < 64 && in.left > 0; n++) {                             \
			unsigned int at = (unsigned int)m.at;                                      \
			enum event next = EV_NONE;                                                 \
			verb = NULL;                                                               \
			wrong = false;                                                             \
			if (setjmp(stopped) == 0)                                                  \
				next = STEP;                                                       \
			judge(machine##_arrows, sizeof(machine##_arrows) / sizeof(struct arrow),   \
			      LAST, at, ev, (unsigned int)m.at);                                   \
			if (wrong)                                                                 \
				return;                                                            \
			ev = next;                                                                 \
		}                                                                                  \
	} while (0)

static void run_boot(void)
{
	RUN(boot, boot_step(&m, ev), BOOT_STOPPED);
}

static void run_vcpu(void)
{
	RUN(vcpu, vcpu_go(&m, ev, 1), VCPU_GONE);
}

static void run_pvalidate(void)
{
	RUN(pvalidate, pvalidate_step(&m, ev), PVALIDATE_CLOSED);
}

static void run_create(void)
{
	RUN(create, create_step(&m, ev), CREATE_CLOSED);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct ring ring;

	(void)argc;
	(void)argv;
	rings[0] = &ring;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	in = (struct input){ bytes, count };
	switch (take(&in, 1) % 4) {
	case 0:
		run_boot();
		break;
	case 1:
		run_vcpu();
		break;
	case 2:
		run_pvalidate();
		break;
	default:
		run_create();
		break;
	}
	return 0;
}
