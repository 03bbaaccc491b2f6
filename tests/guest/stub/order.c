/* SPDX-License-Identifier: MIT */
/*
 * The one word of the command line that makes the stub misbehave, so that the
 * ways a guest can end are tested too: terminate, reset or hang.
 */
#include "stub.h"

#define BP_CMDLINE 0x228U
#define KEYBOARD_PORT 0x64U
#define KEYBOARD_RESET 0xfeU
#define TERMINATE_GENERAL 0U

static bool ordered(const char *word)
{
	const char *line = (const char *)(uintptr_t) * (const uint32_t *)(boot.params + BP_CMDLINE);

	while (*word != 0 && *word == *line) {
		word++;
		line++;
	}
	return *word == 0 && *line == 0;
}

void order_obey(void)
{
	if (ordered("terminate"))
		ghcb_terminate(TERMINATE_GENERAL);
	if (ordered("reset"))
		ghcb_out(KEYBOARD_PORT, KEYBOARD_RESET);
	while (ordered("hang"))
		__asm__ volatile("pause");
}
