/* SPDX-License-Identifier: MIT */
/*
 * A recorded run: what the event rings of all CPUs had, in the order in which
 * it was read. A header, then steps up to the end of the file, all little
 * endian. There is no count: a run that was cut short is a shorter run.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define TRACE_MAGIC "SVSMTRC\n"
#define TRACE_VERSION 2U

struct trace_header {
	char magic[8];
	uint32_t version, record_bytes;
	uint64_t machines; /* chart_hash() */
	uint32_t begins;   /* enum trace_begins */
	uint32_t reserved;
};

enum trace_begins {
	TRACE_BRING_UP, /* soft-SNP's, of an image */
	TRACE_MODEL,	/* svsm-sim's: bring-up is over, the others asleep in VMPL0 */
};

struct trace_step {
	uint64_t time, argument;
	uint32_t vcpu; /* APIC id */
	uint8_t machine, state;
	uint16_t event;
	uint16_t cpu;
	uint16_t lost; /* of that CPU's, overwritten before this one was read; at most 65535 */
	uint32_t result;
};

_Static_assert(sizeof(struct trace_header) == 32 && sizeof(struct trace_step) == 32, "no padding");

/*
 * Not a machine's step: the RMP's entry of a page, changed. state: enum trace_page. argument: the
 * guest physical address, bit 0: 2M. result: of TRACE_RMPADJUST, VMPL << 8 | permissions. It comes
 * before the steps of its CPU with a later time; the pages as they are at its beginning come first
 * of all.
 */
#define TRACE_PAGE 0xf0U
/* So many of a CPU's wait at most for its steps: one more, and they come before. */
#define TRACE_WAITING 1024U

enum trace_page {
	TRACE_VALIDATE = 1,
	TRACE_RESCIND,
	TRACE_RMPADJUST,
	TRACE_PRIVATE, /* by the host: nothing of it is left */
	TRACE_SHARED,
	TRACE_VMSA,
	TRACE_NO_VMSA,
};

static inline bool trace_is_page(const struct trace_step *s)
{
	return s->machine == TRACE_PAGE;
}

/* No event, which a machine's step always has. Addresses: what a browser's numbers hold. */
static inline bool trace_page_known(const struct trace_step *s)
{
	return s->state >= TRACE_VALIDATE && s->state <= TRACE_NO_VMSA && s->argument >> 52 == 0 &&
	       (s->argument & 0xffe) == 0 && s->event == 0 && s->lost == 0 &&
	       (s->result == 0 || s->state == TRACE_RMPADJUST);
}

/* A trace in memory. */
struct trace {
	const struct trace_step *step;
	uint64_t steps, rest; /* rest: bytes at the end that are no whole step */
	enum trace_begins begins;
	void *map;
	uint64_t bytes;
};

/* False when it is none: said in one line, with the byte. What is cut short is one. */
bool trace_open(struct trace *t, const char *path);
void trace_close(struct trace *t);

static inline uint64_t trace_offset(uint64_t step)
{
	return sizeof(struct trace_header) + step * sizeof(struct trace_step);
}
