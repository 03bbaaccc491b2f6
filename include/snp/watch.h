/* SPDX-License-Identifier: MIT */
/* Every read and write of one page, seen by taking it away and stepping over the access. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/*
 * Before each access from now on `access` is told of it, by the offset of the first byte that it
 * wants; it may change the page, and call this. NULL ends it. One page at a time, for one thread.
 * Takes SIGSEGV and SIGTRAP for good; other faults go to who had SIGSEGV before.
 */
void watch_page(uint8_t *page, void (*access)(unsigned int offset, bool write));
