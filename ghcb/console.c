/* SPDX-License-Identifier: MIT */
/* COM1, a 16550, through IOIO events. [ghcb 5.2] */
#include "page.h"

#define IOIO_IN 0x1ULL
#define IOIO_8 0x10ULL
#define IOIO_ADDRESS_64 0x200ULL

#define COM1 0x3f8U
#define COM1_STATUS (COM1 + 5)
#define STATUS_EMPTY 0x20U
#define PATIENCE 1000U /* the hypervisor may say "full" for ever */

static uint64_t io(uint16_t port, uint64_t direction, uint8_t value)
{
	const struct ghcb_request request = {
		.code = GHCB_IOIO,
		.info1 = (uint64_t)port << 16 | IOIO_ADDRESS_64 | IOIO_8 | direction,
		.rax = value,
		.has_rax = direction != IOIO_IN,
	};
	struct ghcb_reply reply;

	if (ghcb_exchange(&request, &reply) != OK || (direction == IOIO_IN && !reply.has_rax))
		hw_stop(REASON_GHCB_REPLY, port);
	return reply.rax;
}

void ghcb_out8(uint16_t port, uint8_t value)
{
	(void)io(port, 0, value);
}

uint8_t ghcb_in8(uint16_t port)
{
	return (uint8_t)io(port, IOIO_IN, 0);
}

void ghcb_console(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		for (unsigned int n = 0; n < PATIENCE; n++)
			if ((ghcb_in8(COM1_STATUS) & STATUS_EMPTY) != 0)
				break;
		ghcb_out8(COM1, (uint8_t)text[i]);
	}
}
