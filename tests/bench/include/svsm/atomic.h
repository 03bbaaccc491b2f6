/* SPDX-License-Identifier: MIT */
/*
 * First on the include path of the counting build: the real header, but
 * every locked read-modify-write adds one to bench_locked.
 */
#pragma once
#include_next <svsm/atomic.h>

extern uint64_t bench_locked;

#define shared64_swap(...) (bench_locked++, shared64_swap(__VA_ARGS__))
#define shared64_cas(...) (bench_locked++, shared64_cas(__VA_ARGS__))
#define shared64_or(...) (bench_locked++, shared64_or(__VA_ARGS__))
#define shared64_and(...) (bench_locked++, shared64_and(__VA_ARGS__))
#define shared64_set(...) (bench_locked++, shared64_set(__VA_ARGS__))
#define shared64_clear(...) (bench_locked++, shared64_clear(__VA_ARGS__))
#define shared8_cas(...) (bench_locked++, shared8_cas(__VA_ARGS__))
