/* SPDX-License-Identifier: MIT */
/* "ok N - text" and "not ok N - text", counted. */
#include "stub.h"

#include <stdarg.h>

static unsigned int passed, failed;

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

static void report(bool ok, const char *format, va_list args)
{
	if (ok)
		passed++;
	else
		failed++;
	put_text(ok ? "ok " : "not ok ");
	put_number(passed + failed, 10);
	put_text(" - ");
	put_format(format, args);
	put_text("\r\n");
}

void check(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(ok, format, args);
	va_end(args);
}

void check_eq(uint64_t got, uint64_t want, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(got == want, format, args);
	va_end(args);
	if (got != want)
		say("#   got %#lx, want %#lx", got, want);
}

void check_end(void)
{
	say("%u passed, %u failed", passed, failed);
	console_flush();
	machine_off();
}

void check_bail(const char *why)
{
	check(false, "stub stops: %s", why);
	check_end();
}
