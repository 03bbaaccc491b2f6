/* SPDX-License-Identifier: MIT */
/* svsm-sim view: a trace as a page for a browser, with all that it needs in it. */
#include "page.h"
#include <errno.h>
#include <getopt.h>
#include <launch/whole.h>
#include <sim/command.h>
#include <sim/trace.h>
#include <stdio.h>
#include <string.h>

static const char *const help =
	"usage: svsm-sim view TRACE -o PAGE.html\n"
	"Writes one page that needs no network: the machines' drawings with the state and the\n"
	"arrow of a step lit, a time line with a lane per vCPU, a map of page states.\n"
	"PAGE.html#step=N opens step N, #step=N&page=0xADDRESS with that page marked.\n";

/* Bytes to base64, three at a time. */
struct out {
	FILE *to;
	uint32_t held;
	unsigned int bytes;
};

static void put(struct out *o, uint32_t byte)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	o->held = o->held << 8 | byte;
	if (++o->bytes != 3)
		return;
	for (int shift = 18; shift >= 0; shift -= 6)
		putc(digit[o->held >> shift & 63], o->to);
	o->held = o->bytes = 0;
}

static void put_number(struct out *o, uint64_t n)
{
	for (; n > 127; n >>= 7)
		put(o, (uint32_t)(n & 127) | 128);
	put(o, (uint32_t)n);
}

/* A number in few bytes when it is small; times as what was added, its sign lowest. */
static void put_steps(FILE *to, const struct trace *t)
{
	struct out o = { .to = to };

	for (uint64_t i = 0; i < t->steps; i++) {
		const struct trace_step *s = &t->step[i];
		uint64_t delta = i == 0 ? 0 : s->time - t->step[i - 1].time;

		put_number(&o, delta >> 63 != 0 ? ~(delta << 1) : delta << 1);
		put_number(&o, (uint32_t)s->argument);
		put_number(&o, s->argument >> 32);
		put_number(&o, s->vcpu);
		put_number(&o, s->machine);
		put_number(&o, s->state);
		put_number(&o, s->event);
		put_number(&o, s->cpu);
		put_number(&o, s->lost);
		put_number(&o, s->result);
	}
	while (o.bytes != 0) /* the reader counts steps */
		put(&o, 0);
}

static void put_charts(FILE *to)
{
	fputc('[', to);
	for (unsigned int m = 0; m < MACHINES; m++) {
		const struct chart *c = &charts[m];

		fprintf(to, "{\"name\":\"%s\",\"file\":\"%s\",\"states\":[", c->name, c->file);
		for (unsigned int i = 0; i < c->states; i++)
			fprintf(to, "\"%s\",", c->state[i]);
		fputs("],\"arrows\":[", to);
		for (unsigned int i = 0; i < c->arrows; i++)
			fprintf(to, "[%u,%u,%u,%u,\"%s\"],", c->arrow[i].from, c->arrow[i].to,
				c->arrow[i].event, c->arrow[i].line, c->arrow[i].verb);
		fputs("]},", to);
	}
	fputc(']', to);
}

static void put_events(FILE *to)
{
	fputc('[', to);
	for (unsigned int i = EV_NONE; i <= EV_GONE; i++)
		fprintf(to, "\"%s\",", event_name((enum event)i));
	fputc(']', to);
}

static void put_drawing(FILE *to, unsigned int machine)
{
	const char *const drawing[MACHINES] = { view_boot, view_vcpu, view_pvalidate, view_create };
	const char *svg = strstr(drawing[machine], "<svg");

	fputs(svg == NULL ? "" : svg, to);
}

static void put_script(FILE *to)
{
	fputs(view_steps, to);
	fputs(view_map, to);
	fputs(view_line, to);
	fputs(view_script, to);
}

/* The page, each @WORD@ replaced. */
static void put_page(FILE *to, const struct trace *t)
{
	const char *at = view_page, *mark;
	unsigned int drawings = 0;

	for (; (mark = strchr(at, '@')) != NULL; at = mark + 1) {
		fwrite(at, 1, (size_t)(mark - at), to);
		at = mark + 1;
		mark = at + strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		if (mark == at || *mark != '@') {
			fputc('@', to);
			mark = at - 1;
		} else if (strncmp(at, "CHARTS", 6) == 0) {
			put_charts(to);
		} else if (strncmp(at, "EVENTS", 6) == 0) {
			put_events(to);
		} else if (strncmp(at, "REST", 4) == 0) {
			fprintf(to, "%llu", (unsigned long long)t->rest);
		} else if (strncmp(at, "STEPS", 5) == 0) {
			fprintf(to, "%llu", (unsigned long long)t->steps);
		} else if (strncmp(at, "SVG", 3) == 0) {
			put_drawing(to, drawings++);
		} else if (strncmp(at, "PAGE", 4) == 0) {
			fprintf(to, "%u", TRACE_PAGE);
		} else if (strncmp(at, "SCRIPT", 6) == 0) {
			put_script(to);
		} else {
			put_steps(to, t);
		}
	}
	fputs(at, to);
}

/* The charts have no other events or states: those are a mistake in the file. */
static bool known(const struct trace *t, const char *path)
{
	for (uint64_t i = 0; i < t->steps; i++) {
		const struct trace_step *s = &t->step[i];

		if (trace_is_page(s) ? trace_page_known(s)
				     : chart_find(s->machine, s->state, s->event) != NULL)
			continue;
		fprintf(stderr, "svsm-sim: %s: byte %llu: step %llu is no %s\n", path,
			(unsigned long long)trace_offset(i), (unsigned long long)i,
			trace_is_page(s) ? "change of a page" : "arrow of a machine");
		return false;
	}
	return true;
}

static bool has_pages(const struct trace *t)
{
	for (uint64_t i = 0; i < t->steps; i++)
		if (trace_is_page(&t->step[i]))
			return true;
	return false;
}

static bool write_page(const struct trace *t, const char *page)
{
	struct whole w;

	if (whole_begin(&w, page)) {
		put_page(w.to, t);
		if (whole_end(&w, true))
			return true;
	}
	fprintf(stderr, "svsm-sim: %s: %s\n", page, strerror(errno));
	return false;
}

int cmd_view(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *page = NULL, *path = NULL;
	struct trace t;
	bool ok;
	int option;

	while ((option = getopt_long(argc, argv, ":ho:", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 'o')
			return command_bad_option(argv, option);
		page = optarg;
	}
	path = argv[optind];
	if (page == NULL || optind + 1 != argc)
		return command_bad(argv, "one trace and -o PAGE.html are needed");
	if (!trace_open(&t, path))
		return STATUS_BAD_INPUT;
	ok = known(&t, path) && write_page(&t, page);
	if (ok && !has_pages(&t))
		printf("%s: no page records, so no map of page states; make run TRACE=FILE writes "
		       "them\n",
		       path);
	trace_close(&t);
	return ok ? 0 : STATUS_BAD_INPUT;
}
