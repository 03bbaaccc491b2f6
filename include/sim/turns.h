/* SPDX-License-Identifier: MIT */
/*
 * What a guest may ask of soft-SNP (TURNS=1), by 32-bit OUT, so that a
 * scenario's vCPUs run when they have a turn, and no other time. IN: a bit for
 * each vCPU that is held.
 */
#pragma once
#include <stdint.h>

#define TURN_PORT 0x5300U
#define TURN_CODE 0x5304U   /* OUT, before TURN_FAIL */
#define TURN_ASLEEP 0x5308U /* IN: a bit for each vCPU whose VMPL0 is in AP reset hold */

enum turn_command { TURN_HOLD, TURN_GO, TURN_FAIL };
enum turn_kind { TURN_NONE, TURN_PVALIDATE, TURN_RMPADJUST, TURN_FLUSH, TURN_KINDS };

/*
 * TURN_HOLD: out of its guest. TURN_GO: until VMPL0 there has done the nth of
 * that kind (0: there is no such end). TURN_FAIL: the nth of VMPL0, on any
 * vCPU, fails with the code, and is not done.
 */
#define TURN(command, cpu, kind, nth)                                                              \
	((uint32_t)(nth) << 16 | (uint32_t)(kind) << 12 | (uint32_t)(cpu) << 4 |                   \
	 (uint32_t)(command))
#define TURN_NTH 0xffffU
#define TURN_FAULT 0x100U /* a code: the instruction raises #GP */
