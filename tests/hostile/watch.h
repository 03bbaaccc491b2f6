/* SPDX-License-Identifier: MIT */
/* Every read and write of one page, seen by taking it away and stepping over the access. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* `access` is told of each from now on; it may change the page. NULL ends it. */
void watch_page(uint8_t *page, void (*access)(unsigned int offset, bool write));
