/* SPDX-License-Identifier: MIT */
/*
 * The memory functions a compiler calls by itself. picolibc's memcpy writes
 * past the cache with MOVNTI, which the GHCB page does not want.
 */
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	void *at = to;
	size_t words = bytes / 8, rest = bytes % 8;

	__asm__ volatile("rep movsq\n"
			 "movq %[rest], %%rcx\n"
			 "rep movsb\n"
			 : "+D"(at), "+S"(from), "+c"(words)
			 : [rest] "r"(rest)
			 : "memory");
	return to;
}

void *memset(void *to, int byte, size_t bytes)
{
	void *at = to;
	size_t words = bytes / 8, rest = bytes % 8;

	__asm__ volatile("rep stosq\n"
			 "movq %[rest], %%rcx\n"
			 "rep stosb\n"
			 : "+D"(at), "+c"(words)
			 : [rest] "r"(rest), "a"((uint8_t)byte * 0x0101010101010101ULL)
			 : "memory");
	return to;
}

static void copy_down(void *to, const void *from, size_t bytes)
{
	const uint8_t *last_from = (const uint8_t *)from + bytes - 1;
	uint8_t *last_to = (uint8_t *)to + bytes - 1;

	__asm__ volatile("std\n"
			 "rep movsb\n"
			 "cld\n"
			 : "+D"(last_to), "+S"(last_from), "+c"(bytes)
			 :
			 : "memory");
}

void *memmove(void *to, const void *from, size_t bytes)
{
	if ((uintptr_t)to - (uintptr_t)from >= bytes)
		return memcpy(to, from, bytes);
	copy_down(to, from, bytes);
	return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
	const uint8_t *l = left, *r = right;

	for (size_t i = 0; i < bytes; i++)
		if (l[i] != r[i])
			return l[i] - r[i];
	return 0;
}
