/* SPDX-License-Identifier: MIT */
/* Images by pages that are shared with the image before: see image.h. */
#include "image.h"

#include <snp/host.h>

#include <stdlib.h>
#include <string.h>

#define OWN_AREAS 4U
#define POINTER sizeof(void *)
#define WORDS (PAGE_4K / sizeof(uint64_t))

struct kept_page {
	unsigned int images;
	uint64_t word[WORDS];
};

/* The areas' pages, then those of memory as they were first touched. */
struct image {
	unsigned int pages;
	struct kept_page *page[];
};

static struct host_area own[OWN_AREAS];
static unsigned int owns;
static size_t kept_bytes;

void image_include(void *at, size_t bytes)
{
	CHECK(owns < OWN_AREAS && bytes % sizeof(uint64_t) == 0);
	own[owns++] = (struct host_area){ at, bytes };
}

/* Calls f for each page in order: where it is, and its words. */
typedef void each_page(void *to, unsigned int i, uint8_t *at, size_t bytes);

static unsigned int each_of(const struct host_area *area, unsigned int i, each_page *f, void *to)
{
	for (size_t done = 0; done < area->bytes; done += PAGE_4K) {
		size_t left = area->bytes - done;

		f(to, i++, area->at + done, left < PAGE_4K ? left : PAGE_4K);
	}
	return i;
}

static unsigned int each_area(each_page *f, void *to)
{
	struct host_area area[HOST_AREAS];
	unsigned int i = 0;

	host_areas(area);
	for (unsigned int n = 0; n < HOST_AREAS; n++)
		i = each_of(&area[n], i, f, to);
	for (unsigned int n = 0; n < owns; n++)
		i = each_of(&own[n], i, f, to);
	return i;
}

static unsigned int each(each_page *f, void *to)
{
	unsigned int i = each_area(f, to);
	const uint8_t *before;

	for (unsigned int n = 0; n < host_touched(); n++)
		f(to, i++, host_touched_page(n, &before), PAGE_4K);
	return i;
}

static void count(void *to, unsigned int i, uint8_t *at, size_t bytes)
{
	(void)to;
	(void)i;
	(void)at;
	(void)bytes;
}

/* Past the sanitizer, as host_move(). */
__attribute__((no_sanitize("address", "undefined"))) static bool same(const void *a, const void *b,
								      size_t bytes)
{
	const uint64_t *x = a, *y = b;

	for (size_t i = 0; i < bytes / sizeof(*x); i++)
		if (x[i] != y[i])
			return false;
	return true;
}

struct taking {
	struct image *image;
	const struct image *previous;
};

static void take(void *to, unsigned int i, uint8_t *at, size_t bytes)
{
	struct taking *t = to;
	struct kept_page *page = NULL;

	if (t->previous != NULL && i < t->previous->pages)
		page = t->previous->page[i];
	if (page == NULL || !same(page->word, at, bytes)) {
		page = malloc(sizeof(*page));
		CHECK(page != NULL);
		page->images = 0;
		host_move(page->word, at, bytes);
		kept_bytes += sizeof(*page);
	}
	page->images++;
	t->image->page[i] = page;
}

struct image *image_take(const struct image *previous)
{
	unsigned int pages = each(count, NULL);
	struct taking t = { .previous = previous };

	t.image = malloc(sizeof(*t.image) + pages * POINTER);
	CHECK(t.image != NULL);
	t.image->pages = pages;
	kept_bytes += pages * POINTER;
	(void)each(take, &t);
	return t.image;
}

static void put(void *to, unsigned int i, uint8_t *at, size_t bytes)
{
	const struct image *image = to;

	/* What is as it was is not written: sim/explore keeps what is. */
	if (!same(image->page[i]->word, at, bytes))
		host_move(at, image->page[i]->word, bytes);
}

void image_restore(const struct image *image)
{
	unsigned int first = each_area(put, (void *)(uintptr_t)image);
	unsigned int kept = image->pages - first;
	const uint8_t *before;
	uint8_t *page;

	for (unsigned int n = 0; n < host_touched(); n++) {
		page = host_touched_page(n, &before);
		if (n < kept)
			memcpy(page, image->page[first + n]->word, PAGE_4K);
		else
			memcpy(page, before, PAGE_4K);
	}
	host_moved();
}

void image_drop(struct image *image)
{
	for (unsigned int i = 0; i < image->pages; i++) {
		if (--image->page[i]->images != 0)
			continue;
		free(image->page[i]);
		kept_bytes -= sizeof(*image->page[i]);
	}
	kept_bytes -= image->pages * POINTER;
	free(image);
}

size_t image_bytes(void)
{
	return kept_bytes;
}
