/* SPDX-License-Identifier: MIT */
/* Segment selectors and fixed vectors; read by assembly too. */
#pragma once

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS 0x18
#define GDT_BYTES 0x28

#define VECTORS 256
#define STUB_BYTES 16
