/* SPDX-License-Identifier: MIT */
/* A trace file, mapped. */
#include <errno.h>
#include <fcntl.h>
#include <sim/chart.h>
#include <sim/trace.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool bad(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool bad(const char *path, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "svsm-sim: %s: ", path);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return false;
}

/* An empty file has no mapping, and is the trace of a run that did not begin. */
static bool map(struct trace *t, const char *path, int fd)
{
	struct stat about;

	if (fstat(fd, &about) != 0)
		return bad(path, "%s", strerror(errno));
	if (!S_ISREG(about.st_mode))
		return bad(path, "not a file");
	t->bytes = (uint64_t)about.st_size;
	if (t->bytes == 0)
		return true;
	t->map = mmap(NULL, t->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (t->map == MAP_FAILED) {
		t->map = NULL;
		return bad(path, "%s", strerror(errno));
	}
	return true;
}

static bool differs(const struct trace *t, uint64_t at, const void *want, uint64_t bytes)
{
	uint64_t there = t->bytes > at ? t->bytes - at : 0;

	return there != 0 && t->map != NULL &&
	       memcmp((const uint8_t *)t->map + at, want, there < bytes ? there : bytes) != 0;
}

/* As much of it as there is. */
static bool check_header(const struct trace *t, const char *path)
{
	const struct trace_header want = {
		.magic = TRACE_MAGIC,
		.version = TRACE_VERSION,
		.record_bytes = sizeof(struct trace_step),
		.machines = chart_hash(),
	};
	const struct trace_header *h = t->map;

#define DIFFERS(field)                                                                             \
	differs(t, offsetof(struct trace_header, field), &want.field, sizeof(want.field))
	if (DIFFERS(magic))
		return bad(path, "byte 0: not a trace");
	if (DIFFERS(version))
		return t->bytes < sizeof(*h)
			       ? bad(path, "byte 8: another version")
			       : bad(path,
				     "byte 8: version %u, not %u: record it again, with make run "
				     "TRACE=FILE",
				     h->version, TRACE_VERSION);
	if (DIFFERS(record_bytes))
		return bad(path, "byte 12: a step is not of %zu bytes", sizeof(struct trace_step));
	if (DIFFERS(machines))
		return bad(path, "byte 16: recorded with other machines than this program's");
	if (h != NULL && t->bytes >= sizeof(*h) && h->begins != TRACE_BRING_UP &&
	    h->begins != TRACE_MODEL)
		return bad(path, "byte 24: it begins where no trace does");
	if (DIFFERS(reserved))
		return bad(path, "byte 28: reserved, and not 0");
#undef DIFFERS
	return true;
}

bool trace_open(struct trace *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t steps_bytes;
	bool is_mapped;

	*t = (struct trace){ 0 };
	if (fd < 0)
		return bad(path, "%s", strerror(errno));
	is_mapped = map(t, path, fd);
	(void)close(fd);
	if (!is_mapped)
		return false;
	if (!check_header(t, path)) {
		trace_close(t);
		return false;
	}
	if (t->map == NULL || t->bytes < sizeof(struct trace_header)) {
		t->rest = t->bytes;
		return true;
	}
	t->begins = ((const struct trace_header *)t->map)->begins;
	steps_bytes = t->bytes - sizeof(struct trace_header);
	t->step = (const void *)((const struct trace_header *)t->map + 1);
	t->steps = steps_bytes / sizeof(struct trace_step);
	t->rest = steps_bytes % sizeof(struct trace_step);
	return true;
}

void trace_close(struct trace *t)
{
	if (t->map != NULL)
		(void)munmap(t->map, t->bytes);
	*t = (struct trace){ 0 };
}
