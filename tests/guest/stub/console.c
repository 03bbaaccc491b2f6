/* SPDX-License-Identifier: MIT */
/*
 * COM1 with its 16-byte FIFO, so that the status is read once in 16 bytes.
 * Text from before there is a GHCB waits in the buffer.
 */
#include "stub.h"

#define COM1 0x3f8U
#define FIFO_CONTROL (COM1 + 2)
#define LINE_STATUS (COM1 + 5)
#define FIFO_ENABLE 0x1U
#define HOLDING_EMPTY 0x20U
#define ALL_EMPTY 0x40U
#define FIFO_BYTES 16U

static char buffer[8192];
static unsigned int used;
static enum { HOLD, PORTS, GHCB } mode;

static uint8_t in(uint16_t port)
{
	uint8_t value = 0;

	if (mode == GHCB) {
		if (!ghcb_in(port, &value))
			ghcb_terminate(4);
	} else {
		__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	}
	return value;
}

static void out(uint16_t port, uint8_t value)
{
	if (mode == GHCB) {
		if (!ghcb_out(port, value))
			ghcb_terminate(4);
	} else {
		__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
	}
}

static void wait_for(uint8_t status)
{
	while ((in(LINE_STATUS)&status) == 0)
		;
}

/* At most what the FIFO takes. */
static void send(const char *text, unsigned int count)
{
	wait_for(HOLDING_EMPTY);
	if (mode == GHCB) {
		if (!ghcb_out_string(COM1, text, count))
			ghcb_terminate(4);
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		out(COM1, (uint8_t)text[i]);
}

void console_flush(void)
{
	if (mode == HOLD)
		return;
	for (unsigned int i = 0; i < used; i += FIFO_BYTES)
		send(buffer + i, used - i < FIFO_BYTES ? used - i : FIFO_BYTES);
	used = 0;
}

void console_put(char c)
{
	if (used == sizeof(buffer))
		console_flush();
	if (used < sizeof(buffer))
		buffer[used++] = c;
	if (c == '\n')
		console_flush();
}

/* Turning the FIFO on empties it: what others wrote must be gone. */
static void start(void)
{
	wait_for(ALL_EMPTY);
	out(FIFO_CONTROL, FIFO_ENABLE);
	console_flush();
}

void console_ports(void)
{
	mode = PORTS;
	start();
}

void console_ghcb(void)
{
	mode = GHCB;
	start();
}
