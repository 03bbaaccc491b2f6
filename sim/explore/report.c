/* SPDX-License-Identifier: MIT */
/* What a search has come to, and the way to a violation. */
#include "explore.h"

#include <launch/whole.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* In words, from the first state on. */
static void print_trace(FILE *to, const struct explore_result *r)
{
	char words[ACT_WORDS];

	state_put(NULL);
	for (unsigned int i = 0; i < r->trace_length; i++) {
		world_words(&r->trace[i], words);
		fprintf(to, "%s\n", words);
		(void)world_act(&r->trace[i]);
	}
}

/* Its first line says what it is a trace of. */
static bool save_trace(const struct explore_config *c, const struct explore_result *r,
		       const char *path)
{
	struct whole w;
	bool is_good = whole_begin(&w, path);

	if (is_good) {
		fprintf(w.to, "# search %s : %s\n", c->name, r->violation);
		save_acts(w.to, c, r->trace, r->trace_length);
		is_good = whole_end(&w, true);
	}
	if (!is_good)
		fprintf(stderr, "svsm-sim explore: %s: %s\n", path, strerror(errno));
	return is_good;
}

bool report(const struct explore_config *c, const struct explore_options *o,
	    const struct explore_result *r, FILE *to)
{
	fprintf(to,
		"%s: %s: %llu states, %llu transitions, %llu steps, depth %u, %.1f s, %zu MiB\n"
		"%s: ends: %llu, hash %016llx; stopped anywhere, "
		"another vCPU ends its call in at most %u choices\n",
		r->exhausted ? "exhausted" : "bounded", c->name, (unsigned long long)r->states,
		(unsigned long long)r->transitions, (unsigned long long)r->steps, r->depth,
		r->seconds, r->bytes >> 20, c->name, (unsigned long long)r->ends,
		(unsigned long long)r->end_hash, r->solo);
	if (r->violation == NULL)
		return true;
	fprintf(to, "violation: %s\n", r->violation);
	if (o->save != NULL)
		return save_trace(c, r, o->save);
	print_trace(to, r);
	return true;
}
