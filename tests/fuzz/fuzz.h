/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets have in common: an input as a stream of small choices,
 * and what must hold when it has been carried out. See tests/fuzz/README.md.
 */
#pragma once
#include <snp/host.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerInitialize(int *argc, char ***argv);

struct input {
	const uint8_t *at;
	size_t left;
};

/* Zeros behind the end. */
static inline uint64_t take(struct input *in, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes && in->left > 0; i++, in->left--)
		value |= (uint64_t)*in->at++ << (8 * i);
	return value;
}

static inline void fuzz_fail(const char *what)
{
	printf("# %s\n", what);
	fflush(stdout);
	abort();
}

#define demand(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(#condition);                                                     \
	} while (0)

/* The kinds of addresses there are, likely ones first; low bits from the input. */
static inline uint64_t take_address(struct input *in)
{
	uint64_t kind = take(in, 1), n = take(in, 1), low = kind & 0x80 ? take(in, 2) & 0xfff : 0;

	switch (kind % 8) {
	case 0:
	case 1:
		return HOST_GUEST_PAGES + n % (HOST_GUEST_PAGE_COUNT + 2) * PAGE_4K + low;
	case 2:
		return PAGE_2M * (n % 17) + low;
	case 3:
		return HOST_RAM - 8 * PAGE_4K + n % 16 * PAGE_4K + low;
	case 4:
		return HOST_SVSM_GPA - 4 * PAGE_4K + n * 8 * PAGE_4K + low;
	case 5:
		return PAGE_2M + n * PAGE_4K + low;
	case 6:
		return HOST_HOLE - 8 * PAGE_4K + n * PAGE_4K + low;
	default:
		return take(in, 8);
	}
}

/* A word of a list: an address, and flags that may be wrong. */
static inline uint64_t take_entry(struct input *in)
{
	uint64_t flags = take(in, 1);

	return (take_address(in) & ~0xfULL) | (flags & 0xf) |
	       (flags & 0x10 ? 1ULL << (flags >> 5) << 4 : 0);
}

/* As the executing guest would: only where it may. */
static inline bool guest_write(uint64_t gpa, const void *from, size_t bytes)
{
	uint8_t *page;

	if (gpa % PAGE_4K + bytes > PAGE_4K || !host_guest_may(gpa & ~(PAGE_4K - 1), SNP_WRITE))
		return false;
	page = host_page(gpa);
	if (page == NULL)
		return false;
	memcpy(page + gpa % PAGE_4K, from, bytes);
	return true;
}

static inline void take_list(struct input *in, uint64_t at)
{
	uint64_t shape = take(in, 1), word;
	uint64_t header = shape & 0x80 ? take(in, 4) : shape % 24;

	guest_write(at, &header, sizeof(header));
	for (uint64_t i = 0; i < shape % 24 && in->left > 0; i++) {
		word = take_entry(in);
		guest_write(at + 8 + i * 8, &word, sizeof(word));
	}
}

static inline uint64_t take_call(struct input *in)
{
	uint64_t call = take(in, 1);

	return call < 0xf0 ? call % 9 : take(in, 8);
}

static inline struct host_registers take_registers(struct input *in)
{
	struct host_registers r = { .rax = take_call(in) };

	r.rcx = r.rax == 6 ? take(in, 8) : take_address(in);
	r.rdx = take_address(in);
	r.r8 = take(in, 1) % 4;
	return r;
}

/* Sometimes without the short cut, which has to come to the same. */
static inline void demand_sound(void)
{
	static unsigned int times;
	const char *wrong = host_invariants();

	if (times++ % 64 == 0)
		demand((host_invariants_all() == NULL) == (wrong == NULL));
	if (wrong != NULL)
		fuzz_fail(wrong);
}
