/* SPDX-License-Identifier: MIT */
#include "launch/host.h"

#include <errno.h>
#include <launch/whole.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool host_refuse(struct why *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return false;
}

void *host_alloc(size_t count)
{
	void *p = calloc(1, count == 0 ? 1 : count);

	if (p == NULL) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return p;
}

bool host_read(struct blob *b, const char *what, const char *path, struct why *why)
{
	struct stat st;
	FILE *in = fopen(path, "rb");
	bool ok;

	if (in == NULL)
		return host_refuse(why, "no such %s: %s: %s", what, path, strerror(errno));
	if (fstat(fileno(in), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size >= 1LL << 32) {
		fclose(in);
		return host_refuse(why, "%s is not a file below 4 GiB: %s", what, path);
	}
	b->count = (size_t)st.st_size;
	b->data = host_alloc(b->count);
	ok = fread(b->data, 1, b->count, in) == b->count;
	fclose(in);
	return ok || host_refuse(why, "cannot read %s: %s", what, path);
}

bool host_write(const char *path, const uint8_t *data, size_t count, struct why *why)
{
	struct whole w;

	if (whole_begin(&w, path) && whole_end(&w, fwrite(data, 1, count, w.to) == count))
		return true;
	return host_refuse(why, "cannot write %s: %s", path, strerror(errno));
}

bool host_number(uint64_t *value, const char *text)
{
	unsigned long long x;
	unsigned int shift = 0;
	char *end;

	if (*text < '0' || *text > '9') /* strtoull takes signs and spaces */
		return false;
	errno = 0;
	x = strtoull(text, &end, 0);
	if (errno != 0)
		return false;
	if (*end == 'K' || *end == 'M' || *end == 'G')
		shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 30;
	if (end[shift != 0] != '\0' || x > UINT64_MAX >> shift)
		return false;
	*value = x << shift;
	return true;
}
