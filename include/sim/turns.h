/* SPDX-License-Identifier: MIT */
/*
 * What a guest may ask of soft-SNP (TURNS=1), by 32-bit OUT, so that a
 * scenario's vCPUs run when they have a turn, and no other time. IN: a bit for
 * each vCPU that is held.
 */
#pragma once
#include <stdint.h>

#define TURN_PORT 0x5300U
#define TURN_CODE 0x5304U   /* OUT, before TURN_FAIL. IN: whether the last order was carried out */
#define TURN_ASLEEP 0x5308U /* IN: a bit for each vCPU whose VMPL0 is in AP reset hold */
#define TURN_PAGE 0x530cU   /* OUT, before TURN_ASSIGN: numbers of 4 KiB pages */
#define TURN_OTHER 0x5310U

/*
 * TURN_HOLD: out of its guest. TURN_GO: until VMPL0 there has done the nth of
 * that kind (0: there is no such end). For VMPL0 on any vCPU: TURN_FAIL: the
 * nth of that kind fails with the code, and is not done. TURN_REFUSE,
 * TURN_PRETEND: the nth request by GHCB page is answered, and not served (0:
 * none is). TURN_ASSIGN: the other page is shown at the first one's place,
 * and the RMP says so. TURN_RESTORE: all mappings as they were.
 */
enum turn_command {
	TURN_HOLD,
	TURN_GO,
	TURN_FAIL,
	TURN_REFUSE,
	TURN_PRETEND,
	TURN_ASSIGN,
	TURN_RESTORE,
};
enum turn_kind { TURN_NONE, TURN_PVALIDATE, TURN_RMPADJUST, TURN_FLUSH, TURN_KINDS };

#define TURN(command, cpu, kind, nth)                                                              \
	((uint32_t)(nth) << 16 | (uint32_t)(kind) << 12 | (uint32_t)(cpu) << 4 |                   \
	 (uint32_t)(command))
#define TURN_NTH 0xffffU

/* Codes besides those of the instructions. */
#define TURN_FAULT 0x100U     /* it raises #GP */
#define TURN_UNCHANGED 0x101U /* PVALIDATE's CF */
