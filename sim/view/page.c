/* SPDX-License-Identifier: MIT */
/* Files as strings. */
#include "page.h"

/* clang-format off */
#define FILE_AS(name, path)                                                                        \
	__asm__(".section .rodata\n.globl " #name "\n" #name ":\n.incbin \"" path "\"\n.byte 0\n.text\n")
FILE_AS(view_page, "sim/view/page.html");
FILE_AS(view_steps, "sim/view/steps.js");
FILE_AS(view_map, "sim/view/map.js");
FILE_AS(view_line, "sim/view/line.js");
FILE_AS(view_script, "sim/view/page.js");
FILE_AS(view_boot, "gen/boot.svg");
FILE_AS(view_vcpu, "gen/vcpu.svg");
FILE_AS(view_pvalidate, "gen/pvalidate.svg");
FILE_AS(view_create, "gen/create.svg");
/* clang-format on */
