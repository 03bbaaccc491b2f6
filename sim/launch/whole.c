/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */
#include <launch/whole.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool whole_begin(struct whole *w, const char *path)
{
	struct stat st;

	*w = (struct whole){ .path = path };
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		w->to = fopen(path, "wbe");
		return w->to != NULL;
	}
	if (asprintf(&w->beside, "%s.%ld", path, (long)getpid()) < 0) {
		w->beside = NULL;
		return false;
	}
	w->to = fopen(w->beside, "wxbe");
	if (w->to == NULL)
		free(w->beside);
	return w->to != NULL;
}

bool whole_end(struct whole *w, bool good)
{
	int why;

	good &= ferror(w->to) == 0;
	good &= fclose(w->to) == 0;
	if (w->beside == NULL)
		return good;
	good = good && rename(w->beside, w->path) == 0;
	why = errno;
	if (!good)
		(void)unlink(w->beside);
	free(w->beside);
	errno = why;
	return good;
}
