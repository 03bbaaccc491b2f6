/* SPDX-License-Identifier: MIT */
/*
 * A file that is there whole or as it was before: written beside its place, and
 * put there at the end. What is no regular file (a device, a pipe) stays what
 * it is and is written to. For one thread; errno says why something failed.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

struct whole {
	FILE *to;
	const char *path; /* the caller's, until the end */
	char *beside;	  /* NULL: written in its place */
};

/* False: nothing is open, nothing was left behind. */
bool whole_begin(struct whole *w, const char *path);
/* Closes it. False, not `good` too: what was there before is there still. */
bool whole_end(struct whole *w, bool good);
