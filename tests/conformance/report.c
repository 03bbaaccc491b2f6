/* SPDX-License-Identifier: MIT */
/* Runs the rows of a table, one line of TAP a case. A case that cannot go on jumps back here. */
#include "conf.h"

#include <stdarg.h>

static unsigned int passed, failed, skipped;
static bool failing, running;
static const char *skip_reason;
static void *back[5];
struct bad_page bad_page;
struct options options;
uint32_t missing_needs;

/* ---- text -------------------------------------------------------------- */

static void put_text(const char *text)
{
	while (*text != '\0')
		console_put(*text++);
}

static void put_number(uint64_t value, unsigned int base)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	put_text(p);
}

/* %s, %u, %lu, %x, %lx and #. */
static void put_format(const char *format, va_list args)
{
	for (; *format != '\0'; format++) {
		bool is_long = false;

		if (*format != '%') {
			console_put(*format);
			continue;
		}
		for (format++; *format == '#' || *format == 'l'; format++) {
			if (*format == '#')
				put_text("0x");
			is_long = *format == 'l';
		}
		if (*format == 's')
			put_text(va_arg(args, const char *));
		else
			put_number(is_long ? va_arg(args, uint64_t) : va_arg(args, unsigned int),
				   *format == 'x' ? 16 : 10);
	}
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_format(format, args);
	va_end(args);
	put_text("\r\n");
}

/* ---- inside a case ----------------------------------------------------- */

static void told(const char *format, va_list args)
{
	failing = true;
	put_text("#   wrong: ");
	put_format(format, args);
	put_text("\r\n");
}

void check(bool ok, const char *format, ...)
{
	va_list args;

	if (ok)
		return;
	va_start(args, format);
	told(format, args);
	va_end(args);
}

void check_eq(uint64_t got, uint64_t want, const char *format, ...)
{
	va_list args;

	if (got == want)
		return;
	va_start(args, format);
	told(format, args);
	va_end(args);
	say("#     got %#lx, want %#lx", got, want);
}

static const struct {
	uint64_t first, last;
	uint32_t bit;
	const char *name;
} results[] = {
	{ OK, OK, R_OK, "SUCCESS" },
	{ 0x40000000, 0x7fffffff, R_MEMORY, "memory needed" },
	{ INCOMPLETE, INCOMPLETE, R_INCOMPLETE, "INCOMPLETE" },
	{ UNSUPPORTED_PROTOCOL, UNSUPPORTED_PROTOCOL, R_PROTOCOL, "UNSUPPORTED_PROTOCOL" },
	{ UNSUPPORTED_CALL, UNSUPPORTED_CALL, R_CALL, "UNSUPPORTED_CALL" },
	{ INVALID_ADDRESS, INVALID_ADDRESS, R_ADDRESS, "INVALID_ADDRESS" },
	{ INVALID_FORMAT, INVALID_FORMAT, R_FORMAT, "INVALID_FORMAT" },
	{ INVALID_PARAMETER, INVALID_PARAMETER, R_PARAMETER, "INVALID_PARAMETER" },
	{ INVALID_REQUEST, INVALID_REQUEST, R_REQUEST, "INVALID_REQUEST" },
	{ BUSY, BUSY, R_BUSY, "BUSY" },
	{ IN_USE, IN_USE, R_IN_USE, "FAIL_INUSE" },
	{ SIZE_MISMATCH, SIZE_MISMATCH, R_SIZE, "FAIL_SIZEMISMATCH" },
	{ UNCHANGED, UNCHANGED, R_UNCHANGED, "unchanged" },
	{ UNCHANGED + 1, UNCHANGED + 1, R_OTHER, "0x80001011" },
};
#define RESULTS (sizeof(results) / sizeof(results[0]))

bool was(uint64_t got, uint32_t set)
{
	for (unsigned int i = 0; i < RESULTS; i++)
		if (got >= results[i].first && got <= results[i].last)
			return (set & results[i].bit) != 0;
	return false;
}

bool expect(uint64_t got, uint32_t accept, const char *what)
{
	const char *between = "";

	if (was(got, accept))
		return true;
	failing = true;
	put_text("#   wrong: ");
	put_text(what);
	put_text(": result 0x");
	put_number(got, 16);
	put_text(", want ");
	for (unsigned int i = 0; i < RESULTS; i++) {
		if ((accept & results[i].bit) == 0)
			continue;
		put_text(between);
		put_text(results[i].name);
		between = " or ";
	}
	put_text("\r\n");
	return false;
}

bool expect_rule(uint64_t got, const struct rule *r, const char *what)
{
	uint32_t accept = r->accept;

	if (options.strict && r->strict != 0)
		accept = r->strict;
	if (!options.strict)
		accept |= bad_page.also;
	return expect(got, accept, what);
}

_Noreturn static void leave(void)
{
	__builtin_longjmp(back, 1);
}

void give_up(const char *why)
{
	if (ap_is_here())
		ap_lost();
	if (!running)
		report_lost(why);
	say("#   stops: %s", why);
	failing = true;
	leave();
}

void skip(const char *why)
{
	skip_reason = why;
	leave();
}

void need(bool ok, const char *what)
{
	if (!ok)
		give_up(what);
}

/* What the stub's code calls when it cannot go on: a trap nobody expected. */
void check_bail(const char *why)
{
	give_up(why);
}

void report_lost(const char *why)
{
	say("Bail out! %s", why);
	failed++;
	report_end();
}

/* ---- the cases --------------------------------------------------------- */

static const char *not_now(uint32_t needs)
{
	if ((needs & NEED_STRICT) != 0 && !options.strict)
		return "only Turnstile decides this (option strict)";
	if ((needs & NEED_REFLECT) != 0 && !options.reflect)
		return "would end the VM on a real host (option reflect)";
	needs &= missing_needs;
	if ((needs & NEED_AP) != 0)
		return "no second vCPU";
	if ((needs & NEED_CREATE) != 0)
		return "no CREATE_VCPU";
	if ((needs & NEED_DEPOSIT) != 0)
		return "no DEPOSIT_MEM";
	if ((needs & NEED_E820) != 0)
		return "no memory map";
	return NULL;
}

/* The calling area is where the firmware put it, whatever the case did. */
static void back_home(void)
{
	ap_clean_up();
	if (call_ca != boot.caa) {
		if (call_remap(boot.caa) != OK)
			report_lost("the calling area cannot be moved back");
		call_ca = boot.caa;
	}
	*(volatile uint8_t *)page_private(call_ca) = 0;
	for (unsigned int i = 0; i < 4; i++) {
		struct list l = mem_list(i, 0);

		for (unsigned int j = 0; j < LIST_MAX; j++)
			l.entry[j] = 0;
		list_begin(&l);
	}
}

__attribute__((noinline)) static void attempt(const struct rule *r)
{
	if (__builtin_setjmp(back) == 0) {
		running = true;
		r->run(r);
	}
	running = false;
}

static void put_line(const struct rule *r, const char *more)
{
	put_text(failing ? "not ok " : "ok ");
	put_number(passed + failed + skipped, 10);
	put_text(" - ");
	put_text(r->section);
	put_text(" ");
	put_text(r->text);
	put_text(more);
	if (skip_reason != NULL && !failing) {
		put_text(" # SKIP ");
		put_text(skip_reason);
	}
	put_text("\r\n");
}

static void run_case(const struct rule *r, uint32_t needs, const char *more)
{
	if (!options_want(r->section, r->text, more))
		return;
	if (options.verbose)
		say("# now: %s %s%s", r->section, r->text, more);
	failing = false;
	skip_reason = not_now(needs);
	if (skip_reason == NULL) {
		attempt(r);
		back_home();
	}
	if (failing)
		failed++;
	else if (skip_reason != NULL)
		skipped++;
	else
		passed++;
	put_line(r, more);
}

static void run_forms(const struct rule *r)
{
	call_form = FORM_MSR;
	run_case(r, r->needs, " (MSR)");
	call_form = FORM_GHCB;
	run_case(r, r->needs, " (GHCB)");
}

static void run_bad_pages(const struct rule *r, uint64_t size)
{
	static char more[64];

	for (unsigned int i = 0; bad_page_at(i, size, &bad_page); i++) {
		const char *text = bad_page.text;
		unsigned int n = 0;

		more[n++] = ':';
		more[n++] = ' ';
		while (*text != '\0' && n < sizeof(more) - 1)
			more[n++] = *text++;
		more[n] = '\0';
		run_case(r, r->needs | bad_page.needs, more);
	}
	bad_page = (struct bad_page){ 0 };
}

void report_group(const struct group *g)
{
	for (const struct rule *r = g->rules; r < g->rules + g->count; r++) {
		if (r->each == EACH_FORM)
			run_forms(r);
		else if (r->each == EACH_BAD_4K)
			run_bad_pages(r, PAGE_4K);
		else if (r->each == EACH_BAD_2M)
			run_bad_pages(r, PAGE_2M);
		else
			run_case(r, r->needs, "");
	}
}

void report_end(void)
{
	say("1..%u", passed + failed + skipped);
	say("conformance: %u passed, %u failed, %u skipped", passed, failed, skipped);
	console_flush();
	machine_off();
}
