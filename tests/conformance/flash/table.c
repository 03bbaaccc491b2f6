/* SPDX-License-Identifier: MIT */
/*
 * Reads a firmware image as a loader does [boot-abi 4]: the table of GUIDs from
 * its footer upwards, then the SEV metadata. TAP; a second argument changes the
 * byte at that distance from the end first.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLASH_END 0x100000000ULL
#define MAX (16U << 20)
#define TAIL 32U
#define GUID 16U
#define ENTRY (GUID + 2)
#define SECTIONS 32U
#define PAYLOAD 0x1000000ULL
#define PAYLOAD_END 0x1050000ULL /* tests/guest/stub/stub.lds: at least */

static const uint8_t footer[GUID] = { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
				      0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d };
static const uint8_t sev[GUID] = { 0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
				   0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc };

struct section {
	uint64_t base, size;
	uint32_t type;
};

static uint8_t image[MAX];
static size_t size;
static struct section section[SECTIONS];
static unsigned int sections;
static int failed;

static uint32_t word(size_t at)
{
	return at + 4 <= size
		       ? (uint32_t)image[at] | (uint32_t)image[at + 1] << 8 |
				 (uint32_t)image[at + 2] << 16 | (uint32_t)image[at + 3] << 24
		       : 0;
}

static uint32_t half(size_t at)
{
	return word(at) & 0xffff;
}

static void check(bool holds, const char *what)
{
	printf("%s - flash image: %s\n", holds ? "ok" : "not ok", what);
	failed |= !holds;
}

/* Of the entry's data, or 0. Entries lie below each other, end with length and GUID, and fill the
 * table. */
static size_t find(const uint8_t *guid, size_t *bytes)
{
	size_t end = size - TAIL - ENTRY, start, found = 0;

	if (half(end) < ENTRY || half(end) > end + ENTRY)
		return 0;
	start = end + ENTRY - half(end);
	while (end >= start + ENTRY) {
		size_t length = half(end - ENTRY);

		if (length < ENTRY || length > end - start)
			return 0;
		if (memcmp(image + end - GUID, guid, GUID) == 0) {
			*bytes = length - ENTRY;
			found = end - length;
		}
		end -= length;
	}
	return end == start ? found : 0;
}

static bool read_sections(void)
{
	size_t bytes = 0, entry = find(sev, &bytes), at;

	if (entry == 0 || bytes != 4 || word(entry) < 16 || word(entry) > size)
		return false;
	at = size - word(entry);
	sections = word(at + 12);
	if (memcmp(image + at, "ASEV", 4) != 0 || word(at + 8) != 1 || sections > SECTIONS ||
	    word(at + 4) != 16 + sections * 12)
		return false;
	for (unsigned int i = 0; i < sections; i++)
		section[i] = (struct section){ word(at + 16 + 12 * i), word(at + 20 + 12 * i),
					       word(at + 24 + 12 * i) };
	return true;
}

static bool disjoint_pages(void)
{
	for (unsigned int i = 0; i < sections; i++) {
		const struct section *s = &section[i];

		if (s->size == 0 || (s->base | s->size) % 4096 != 0 ||
		    s->base + s->size > FLASH_END - size)
			return false;
		for (unsigned int j = 0; j < i; j++)
			if (s->base < section[j].base + section[j].size &&
			    section[j].base < s->base + s->size)
				return false;
	}
	return true;
}

/* One page of its kind. */
static bool once(uint32_t type)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < sections; i++)
		found += section[i].type == type && section[i].size == 4096;
	return found == 1;
}

static bool is_memory(uint64_t start, uint64_t end)
{
	for (unsigned int i = 0; i < sections; i++)
		if (section[i].type == 1 && section[i].base <= start &&
		    end <= section[i].base + section[i].size)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	FILE *f = argc >= 2 ? fopen(argv[1], "rb") : NULL;

	if (f == NULL) {
		fprintf(stderr, "usage: flash-test IMAGE [DISTANCE]\n");
		return 2;
	}
	size = fread(image, 1, sizeof(image), f);
	fclose(f);
	if (size < 4096)
		return 2;
	if (argc >= 3)
		image[size - strtoul(argv[2], NULL, 0)] ^= 0x55;
	check(size % 4096 == 0, "whole pages");
	check(memcmp(image + size - TAIL - GUID, footer, GUID) == 0, "the footer's GUID");
	check(read_sections(), "SEV metadata by its GUID");
	check(disjoint_pages(), "sections are pages, below the image, and do not overlap");
	check(once(2) && once(3) && once(4), "secrets, CPUID and calling area: a page each");
	check(is_memory(PAYLOAD, PAYLOAD_END), "where the payload goes is launched");
	check(image[size - 16] == 0xe9 || image[size - 16] == 0xeb, "a jump at the reset vector");
	return failed;
}
