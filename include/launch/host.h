/* SPDX-License-Identifier: MIT */
/* Files, numbers and error texts of the host tools. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why something was refused: one line, without the program's name. */
struct why {
	char text[256];
};

/* Always false, so that `return host_refuse(why, ...)` reads well. */
__attribute__((format(printf, 2, 3))) bool host_refuse(struct why *why, const char *format, ...);

struct blob {
	uint8_t *data; /* malloc'd */
	size_t count;
};

/* `what` names the file's role in the message. At most 4 GiB. */
bool host_read(struct blob *b, const char *what, const char *path, struct why *why);
/* Complete or not at all: writes a temporary file beside it and renames it. */
bool host_write(const char *path, const uint8_t *data, size_t count, struct why *why);
/* Decimal or 0x, with an optional K, M or G. */
bool host_number(uint64_t *value, const char *text);
/* calloc that ends the program when there is no memory. */
void *host_alloc(size_t count);
