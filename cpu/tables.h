/* SPDX-License-Identifier: MIT */
/* VMPL0's own page tables; the public part is in <svsm/cpu.h>. */
#pragma once

/* Leaves the early tables: the image page by page, W^X, and the boot window. */
void tables_build(unsigned int c_bit);
