/* SPDX-License-Identifier: MIT */
/* Lines for the console; silent until there is a GHCB. See log.h. */
#include <stdarg.h>
#include <stdio.h>
#include <svsm/ghcb.h>
#include <svsm/log.h>

#define LINE_BYTES 200U

static const char prefix[] = "svsm: ";
static bool verbose;

void log_set_verbose(bool on)
{
	verbose = on;
}

static void print(const char *format, va_list args)
{
	char line[LINE_BYTES];
	int length;

	if (!ghcb_ready())
		return;
	length = vsnprintf(line, sizeof(line), format, args);
	if (length < 0)
		return;
	if ((size_t)length >= sizeof(line))
		length = sizeof(line) - 1;
	ghcb_console(prefix, sizeof(prefix) - 1);
	ghcb_console(line, (size_t)length);
	ghcb_console("\r\n", 2);
}

void log_break(void)
{
	if (ghcb_ready())
		ghcb_console("\r\n", 2);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
}

void log_verbose(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	print(format, args);
	va_end(args);
}
