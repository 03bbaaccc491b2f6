/* SPDX-License-Identifier: MIT */
/* Every read and write of one page, seen by taking it away and stepping over the access. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/*
 * `access` is told of each from now on; it may change the page, and call this. NULL ends it.
 * Other faults go to who handled SIGSEGV before.
 */
void watch_page(uint8_t *page, void (*access)(unsigned int offset, bool write));
