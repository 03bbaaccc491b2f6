/* SPDX-License-Identifier: MIT */
/*
 * A proof is a function without arguments that the bounded model checker runs
 * for every value there is of what any() gives. Sources are included whole, so
 * that their static functions can be called too. See tests/prove/README.md.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

#ifndef __CPROVER__ /* it knows them without */
void __CPROVER_assume(_Bool condition);
void __CPROVER_assert(_Bool condition, const char *text);
void __CPROVER_havoc_object(void *object);
_Bool __CPROVER_r_ok(const void *at, size_t bytes);
_Bool __CPROVER_w_ok(const void *at, size_t bytes);
#endif

#define assume(condition) __CPROVER_assume(condition)
#define prove(condition) __CPROVER_assert(condition, #condition)

/* Declares a variable of any value: a function without a body has any result. */
#define any(type, name)                                                                            \
	type nondet_##name(void);                                                                  \
	type name = nondet_##name()

/* The same for memory that is there already. */
#define havoc(object) __CPROVER_havoc_object(object)

#define readable(at, bytes) __CPROVER_r_ok(at, bytes)
#define writable(at, bytes) __CPROVER_w_ok(at, bytes)
#define implies(a, b) (!(a) || (b))

/* Where the firmware may stop the VM; a proof that allows none has NO_STOP. */
#define NO_STOP                                                                                    \
	void hw_stop(enum reason reason, uint64_t detail)                                          \
	{                                                                                          \
		(void)reason;                                                                      \
		(void)detail;                                                                      \
		__CPROVER_assert(0, "never stops");                                                \
		for (;;)                                                                           \
			__CPROVER_assume(0);                                                       \
	}

/* As long as the interval is short of wrapping. */
static inline bool meet(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return (unsigned __int128)a < (unsigned __int128)b + b_bytes &&
	       (unsigned __int128)b < (unsigned __int128)a + a_bytes;
}
