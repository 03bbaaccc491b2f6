/* SPDX-License-Identifier: MIT */
/*
 * The first UART is the guest's console too: soft-SNP only begins a line of
 * its own when the guest has left one unfinished.
 */
#include "port.h"
#include "softsnp.h"
#include <stdarg.h>
#include <stdio.h>

#define UART 0x3f8U
#define UART_STATUS 0x3fdU
#define UART_EMPTY 0x20U

static bool guest_line_open;

static void put(char byte)
{
	while ((port_in8(UART_STATUS) & UART_EMPTY) == 0)
		;
	port_out8(UART, (uint8_t)byte);
}

static void put_words(const char *words)
{
	for (; *words != 0; words++) {
		if (*words == '\n')
			put('\r');
		put(*words);
	}
}

void serial_guest_wrote(uint8_t byte)
{
	guest_line_open = byte != '\n' && byte != '\r';
}

void say(const char *format, ...)
{
	char line[200];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (guest_line_open)
		put_words("\n");
	guest_line_open = false;
	put_words("softsnp: ");
	put_words(line);
	put_words("\n");
}
