/* SPDX-License-Identifier: MIT */
/* The rules an IGVM file obeys as a whole [boot-abi 6.1, 6.2, 6.3]. */
#include "snp/igvm.h"

#include <string.h>

#define MEMORY_MAP_ENTRY 24U
#define VMSA_SEV_FEATURES 0x3B0

static uint32_t field(const struct igvm *f, size_t at)
{
	const uint8_t *p = f->file + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t igvm_crc32(uint32_t crc, const void *bytes, size_t count)
{
	const uint8_t *p = bytes;

	crc = ~crc;
	for (size_t i = 0; i < count; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1)));
	}
	return ~crc;
}

/* Over the fixed header with the checksum taken as 0, then the variable headers. */
static uint32_t file_crc(const struct igvm *f)
{
	static const uint8_t zero[4];
	uint32_t crc = igvm_crc32(0, f->file, 20);

	crc = igvm_crc32(crc, zero, sizeof(zero));
	crc = igvm_crc32(crc, f->file + 24, f->fixed_bytes - 24);
	return igvm_crc32(crc, f->file + f->first, f->end - f->first);
}

static struct igvm_result fail(enum igvm_error error, size_t offset)
{
	return (struct igvm_result){ error, offset };
}

static struct igvm_result fixed_header(struct igvm *f)
{
	uint32_t first, size;

	if (f->bytes < 24)
		return fail(IGVM_TOO_SHORT, f->bytes);
	if (field(f, 0) != IGVM_MAGIC)
		return fail(IGVM_BAD_MAGIC, 0);
	f->version = field(f, 4);
	if (f->version != 1 && f->version != 2)
		return fail(IGVM_BAD_VERSION, 4);
	f->fixed_bytes = f->version == 1 ? 24 : 32;
	if (f->bytes < f->fixed_bytes)
		return fail(IGVM_TOO_SHORT, f->bytes);
	if (f->version == 2 && (field(f, 24) != 0 || field(f, 28) != IGVM_PAGE))
		return fail(IGVM_BAD_ARCH, 24);
	if (field(f, 16) != f->bytes)
		return fail(IGVM_BAD_TOTAL, 16);
	first = field(f, 8);
	size = field(f, 12);
	if (first % 8 != 0 || first < f->fixed_bytes || first >= f->bytes)
		return fail(IGVM_BAD_SECTION, 8);
	if (size % 8 != 0 || size >= f->bytes - first)
		return fail(IGVM_BAD_SECTION, 12);
	f->first = first;
	f->end = first + size;
	return file_crc(f) == field(f, 20) ? fail(IGVM_OK, 0) : fail(IGVM_BAD_CRC, 20);
}

static struct igvm_area *find_area(struct igvm *f, uint32_t index)
{
	for (uint32_t i = 0; i < f->areas; i++) {
		if (f->area[i].index == index)
			return &f->area[i];
	}
	return NULL;
}

static enum igvm_error add_platform(struct igvm *f, uint32_t *platforms,
				    const struct igvm_header *h)
{
	uint32_t bit = 1U << h->platform;

	if ((*platforms & bit) != 0 || (f->masks & h->mask) != 0)
		return IGVM_DUP_PLATFORM;
	*platforms |= bit;
	f->masks |= h->mask;
	if (h->platform == IGVM_PLATFORM_SNP)
		f->mask = h->mask;
	return IGVM_OK;
}

static enum igvm_error add_area(struct igvm *f, const struct igvm_header *h)
{
	if (find_area(f, h->index) != NULL)
		return IGVM_DUP_AREA;
	if (f->areas == IGVM_AREAS)
		return IGVM_MANY_AREAS;
	f->area[f->areas++] = (struct igvm_area){ h->index, (uint32_t)h->bytes, false };
	return IGVM_OK;
}

static enum igvm_error parameter(struct igvm *f, const struct igvm_header *h)
{
	const struct igvm_area *area = find_area(f, h->index);
	uint32_t need = h->type == IGVM_MEMORY_MAP ? MEMORY_MAP_ENTRY : 4;

	if (area == NULL)
		return IGVM_NO_AREA;
	if (area->inserted)
		return IGVM_AREA_USED;
	return h->at > area->bytes - need ? IGVM_AREA_SMALL : IGVM_OK;
}

static enum igvm_error insert(struct igvm *f, const struct igvm_header *h)
{
	struct igvm_area *area = find_area(f, h->index);

	if (area->inserted)
		return IGVM_AREA_USED;
	area->inserted = true;
	return IGVM_OK;
}

static enum igvm_error add(struct igvm *f, uint32_t *platforms, bool *policy,
			   const struct igvm_header *h)
{
	if (h->type != IGVM_SUPPORTED_PLATFORM && (h->mask == 0 || (h->mask & ~f->masks) != 0))
		return IGVM_BAD_MASK;
	switch (h->type) {
	case IGVM_SUPPORTED_PLATFORM:
		return add_platform(f, platforms, h);
	case IGVM_GUEST_POLICY:
		if ((h->mask & f->mask) == 0)
			return IGVM_OK;
		if (*policy)
			return IGVM_DUP_POLICY;
		*policy = true;
		f->policy = h->policy;
		return IGVM_OK;
	case IGVM_PARAMETER_AREA:
		return add_area(f, h);
	case IGVM_PARAMETER_INSERT:
		return insert(f, h);
	case IGVM_VP_CONTEXT: /* the mask of exactly one platform: it decides the format */
		return (h->mask & (h->mask - 1)) != 0 ? IGVM_BAD_MASK : IGVM_OK;
	case IGVM_VP_COUNT:
	case IGVM_MEMORY_MAP:
	case IGVM_ENVIRONMENT_INFO:
		return parameter(f, h);
	case IGVM_PAGE_DATA:
	case IGVM_REQUIRED_MEMORY:
		break;
	}
	return IGVM_OK;
}

/* Platform 1, init 0x101, directives 0x301: which of them. */
static unsigned int phase(enum igvm_type type)
{
	return type < IGVM_GUEST_POLICY ? 0 : type < IGVM_PARAMETER_AREA ? 1 : 2;
}

static struct igvm_result headers(struct igvm *f)
{
	struct igvm_header h;
	uint32_t platforms = 0;
	bool policy = false;
	unsigned int now = 0;

	for (size_t at = f->first; at < f->end;) {
		enum igvm_error error = igvm_decode(f, &at, &h);

		if (error == IGVM_OK && phase(h.type) < now)
			error = IGVM_BAD_ORDER;
		else if (error == IGVM_OK && phase(h.type) > 0 && f->mask == 0)
			error = IGVM_NO_SNP;
		else if (error == IGVM_OK)
			error = add(f, &platforms, &policy, &h);
		if (error != IGVM_OK)
			return fail(error, h.offset);
		now = phase(h.type);
	}
	return f->mask == 0 ? fail(IGVM_NO_SNP, f->end) : fail(IGVM_OK, 0);
}

static bool launches(const struct igvm_header *h)
{
	return h->type == IGVM_PAGE_DATA || h->type == IGVM_PARAMETER_INSERT;
}

/* Does a header before `stop` launch a page of [low, high)? */
static bool launched_before(const struct igvm *f, size_t stop, uint64_t low, uint64_t high)
{
	struct igvm_header h;

	for (size_t at = 0; igvm_next(f, &at, &h) && h.offset < stop;) {
		if (launches(&h) && h.gpa < high && low < h.gpa + h.bytes)
			return true;
	}
	return false;
}

/* Each run of adjoining pages against everything before it: runs are few, pages many. */
static struct igvm_result overlaps(const struct igvm *f)
{
	struct igvm_header h;
	uint64_t low = 0, high = 0;
	size_t start = f->first;

	for (size_t at = 0; igvm_next(f, &at, &h);) {
		if (!launches(&h))
			continue;
		if (h.gpa <= IGVM_VMSA_GPA && IGVM_VMSA_GPA < h.gpa + h.bytes)
			return fail(IGVM_OVERLAP, h.offset);
		if (h.gpa == high) {
			high += h.bytes;
			continue;
		}
		if (launched_before(f, start, low, high))
			return fail(IGVM_OVERLAP, start);
		low = h.gpa;
		high = h.gpa + h.bytes;
		start = h.offset;
	}
	return launched_before(f, start, low, high) ? fail(IGVM_OVERLAP, start) : fail(IGVM_OK, 0);
}

/* Does an earlier header give a VMSA for the same VP? */
static bool seen(const struct igvm *f, const struct igvm_header *h)
{
	struct igvm_header other;

	for (size_t at = 0; igvm_next(f, &at, &other) && other.offset < h->offset;) {
		if (other.type == IGVM_VP_CONTEXT && other.index == h->index)
			return true;
	}
	return false;
}

static struct igvm_result contexts(const struct igvm *f)
{
	struct igvm_header h;

	for (size_t at = 0; igvm_next(f, &at, &h);) {
		if (h.type != IGVM_VP_CONTEXT)
			continue;
		if ((h.data[VMSA_SEV_FEATURES] & 1) == 0)
			return fail(IGVM_BAD_VMSA, h.offset);
		if (seen(f, &h))
			return fail(IGVM_DUP_VMSA, h.offset);
	}
	return igvm_vmsa(f, 0) == NULL ? fail(IGVM_NO_VMSA, f->end) : fail(IGVM_OK, 0);
}

struct igvm_result igvm_open(struct igvm *f, const void *file, size_t bytes)
{
	struct igvm_result r;

	memset(f, 0, sizeof(*f));
	f->file = file;
	f->bytes = bytes;
	f->policy = IGVM_DEFAULT_POLICY;
	r = fixed_header(f);
	if (r.error == IGVM_OK)
		r = headers(f);
	if (r.error == IGVM_OK)
		r = overlaps(f);
	if (r.error == IGVM_OK)
		r = contexts(f);
	return r;
}
