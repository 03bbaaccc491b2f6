/* SPDX-License-Identifier: MIT */
/*
 * First on the include path of the build that looks for shared cache lines:
 * the real header, but every access to a shared word is told to bench_touch().
 */
#pragma once
#include_next <svsm/atomic.h>

void bench_touch(const volatile void *word, bool locked);

#define shared64_load(word) (bench_touch((word), false), shared64_load(word))
#define shared64_store(word, value) (bench_touch((word), false), shared64_store((word), (value)))
#define shared64_swap(word, value) (bench_touch((word), true), shared64_swap((word), (value)))
#define shared64_cas(word, ...) (bench_touch((word), true), shared64_cas((word), __VA_ARGS__))
#define shared64_or(word, bits) (bench_touch((word), true), shared64_or((word), (bits)))
#define shared64_and(word, bits) (bench_touch((word), true), shared64_and((word), (bits)))
#define shared64_set(word, bit) (bench_touch((word), true), shared64_set((word), (bit)))
#define shared64_clear(word, bit) (bench_touch((word), true), shared64_clear((word), (bit)))
#define shared8_load(byte) (bench_touch((byte), false), shared8_load(byte))
#define shared8_store(byte, value) (bench_touch((byte), false), shared8_store((byte), (value)))
#define shared8_cas(byte, ...) (bench_touch((byte), true), shared8_cas((byte), __VA_ARGS__))
