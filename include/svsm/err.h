/* SPDX-License-Identifier: MIT */
/*
 * What can go wrong, and who is to blame.
 *
 * A wrong guest gets a protocol result code (abi.h), made in one place. A
 * refusing world gives an enum err, and the caller undoes what it began. Our
 * own mistake, or a hypervisor caught lying, ends in stop() with a reason.
 */
#pragma once
#include <svsm/reason.h>

#define must_check __attribute__((warn_unused_result))

enum err {
	OK = 0,
	ERR_ADDRESS, /* not an address that may be used for this */
	ERR_FAULT,   /* the access faulted and was fixed up */
	ERR_BUSY,    /* another vCPU has the page in flight */
	ERR_STATE,   /* the page is not in the state the step starts from */
	ERR_HOST,    /* the hypervisor refused */
	ERR_RMP,     /* PVALIDATE or RMPADJUST failed */
	ERR_NO_MEMORY,
};

/*
 * For what no input, however hostile, can make false. Anything a guest or
 * the hypervisor can influence is an enum err or a reason of its own.
 */
#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			hw_stop(REASON_BUG, __LINE__);                                             \
	} while (0)

/* Declared in hw.h too; here so that CHECK needs no other header. */
_Noreturn void hw_stop(enum reason reason, uint64_t detail);
