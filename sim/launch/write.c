/* SPDX-License-Identifier: MIT */
#include "launch/write.h"

#include "launch/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MASK 1U
#define FIXED_BYTES 24U
#define HEADER 8U      /* type and length */
#define FILE_OFFSET 12 /* of PAGE_DATA and of VP_CONTEXT, in their data */

/* Makes room for `count` bytes more; returns where they go. Zeroed. */
static uint8_t *grow(uint8_t **buffer, size_t *used, size_t *room, size_t count)
{
	if (*room - *used < count) {
		*room = 2 * *room + count;
		*buffer = realloc(*buffer, *room);
		if (*buffer == NULL) {
			fputs("out of memory\n", stderr);
			exit(2);
		}
	}
	memset(*buffer + *used, 0, count);
	*used += count;
	return *buffer + *used - count;
}

static void put(uint8_t *p, uint64_t x, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(x >> (8 * i));
}

/* Starts a variable header; returns its data. */
static uint8_t *header(struct write *w, enum igvm_type type, uint32_t length)
{
	size_t padded = (length + 7U) & ~(size_t)7;
	uint8_t *p = grow(&w->headers, &w->header_bytes, &w->header_room, HEADER + padded);

	put(p, type, 4);
	put(p + 4, length, 4);
	return p + HEADER;
}

void write_start(struct write *w)
{
	uint8_t *p;

	memset(w, 0, sizeof(*w));
	grow(&w->headers, &w->header_bytes, &w->header_room, FIXED_BYTES);
	p = header(w, IGVM_SUPPORTED_PLATFORM, 16);
	put(p, MASK, 4);
	p[5] = IGVM_PLATFORM_SNP;
	put(p + 6, 1, 2);
	p = header(w, IGVM_GUEST_POLICY, 16);
	put(p, IGVM_DEFAULT_POLICY, 8);
	put(p + 8, MASK, 4);
}

void write_required_memory(struct write *w, uint64_t gpa, uint32_t bytes)
{
	uint8_t *p = header(w, IGVM_REQUIRED_MEMORY, 24);

	put(p, gpa, 8);
	put(p + 8, MASK, 4);
	put(p + 12, bytes, 4);
}

void write_area(struct write *w, uint32_t index, uint64_t bytes)
{
	uint8_t *p = header(w, IGVM_PARAMETER_AREA, 16);

	put(p, bytes, 8);
	put(p + 8, index, 4);
}

void write_parameter(struct write *w, enum igvm_type type, uint32_t index, uint32_t at)
{
	uint8_t *p = header(w, type, 8);

	put(p, index, 4);
	put(p + 4, at, 4);
}

void write_insert(struct write *w, uint32_t index, uint64_t gpa)
{
	uint8_t *p = header(w, IGVM_PARAMETER_INSERT, 16);

	put(p, gpa, 8);
	put(p + 8, MASK, 4);
	put(p + 12, index, 4);
}

/* Until write_finish() a file offset is 1 + the page's number; 0 stays 0. */
static uint32_t add_page(struct write *w, const uint8_t *page)
{
	memcpy(grow(&w->pages, &w->page_bytes, &w->page_room, IGVM_PAGE), page, IGVM_PAGE);
	return (uint32_t)(w->page_bytes / IGVM_PAGE);
}

static bool is_zero(const uint8_t *page)
{
	return page[0] == 0 && memcmp(page, page + 1, IGVM_PAGE - 1) == 0;
}

void write_page(struct write *w, uint64_t gpa, uint16_t type, uint32_t flags, const uint8_t *page)
{
	uint8_t *p = header(w, IGVM_PAGE_DATA, 24);

	put(p, gpa, 8);
	put(p + 8, MASK, 4);
	put(p + FILE_OFFSET, page == NULL || is_zero(page) ? 0 : add_page(w, page), 4);
	put(p + 16, flags, 4);
	put(p + 20, type, 2);
}

void write_pages(struct write *w, uint64_t gpa, const uint8_t *data, size_t bytes)
{
	uint8_t last[IGVM_PAGE] = { 0 };

	for (; bytes >= IGVM_PAGE; bytes -= IGVM_PAGE) {
		write_page(w, gpa, IGVM_DATA_NORMAL, 0, data);
		gpa += IGVM_PAGE;
		data += IGVM_PAGE;
	}
	if (data != NULL && bytes != 0) {
		memcpy(last, data, bytes);
		write_page(w, gpa, IGVM_DATA_NORMAL, 0, last);
	}
}

void write_vmsa(struct write *w, uint16_t vp, const uint8_t *page)
{
	uint8_t *p = header(w, IGVM_VP_CONTEXT, 20);

	put(p, IGVM_VMSA_GPA, 8);
	put(p + 8, MASK, 4);
	put(p + FILE_OFFSET, add_page(w, page), 4);
	put(p + 16, vp, 2);
}

/* Page numbers become file offsets. */
static void place_pages(struct write *w)
{
	for (size_t at = FIXED_BYTES; at < w->header_bytes;) {
		uint8_t *p = w->headers + at;
		uint32_t length = p[4], page;

		if ((p[0] | p[1] << 8) == IGVM_PAGE_DATA || (p[0] | p[1] << 8) == IGVM_VP_CONTEXT) {
			uint8_t *offset = p + HEADER + FILE_OFFSET;

			memcpy(&page, offset, 4);
			if (page != 0)
				put(offset, w->header_bytes + (uint64_t)(page - 1) * IGVM_PAGE, 4);
		}
		at += HEADER + ((length + 7U) & ~7U);
	}
}

uint8_t *write_finish(struct write *w, size_t *bytes)
{
	uint8_t *p;

	place_pages(w);
	p = grow(&w->headers, &w->header_bytes, &w->header_room, w->page_bytes);
	if (w->page_bytes != 0)
		memcpy(p, w->pages, w->page_bytes);
	free(w->pages);
	*bytes = w->header_bytes;
	p = w->headers;
	put(p, IGVM_MAGIC, 4);
	put(p + 4, 1, 4);
	put(p + 8, FIXED_BYTES, 4);
	put(p + 12, *bytes - w->page_bytes - FIXED_BYTES, 4);
	put(p + 16, *bytes, 4);
	put(p + 20, igvm_crc32(0, p, *bytes - w->page_bytes), 4);
	return p;
}
