/* SPDX-License-Identifier: MIT */
/* One variable header at a time: bytes to fields, and the rules each obeys alone [boot-abi 6.2]. */
#include "snp/igvm.h"

#include <string.h>

#define HEADER_BYTES 8U /* type and length */
#define GPA_END (1ULL << 52)

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static size_t length_of(uint32_t type)
{
	switch (type) {
	case IGVM_SUPPORTED_PLATFORM:
	case IGVM_GUEST_POLICY:
	case IGVM_PARAMETER_AREA:
	case IGVM_PARAMETER_INSERT:
		return 16;
	case IGVM_PAGE_DATA:
	case IGVM_REQUIRED_MEMORY:
		return 24;
	case IGVM_VP_CONTEXT:
		return 20;
	case IGVM_VP_COUNT:
	case IGVM_MEMORY_MAP:
	case IGVM_ENVIRONMENT_INFO:
		return 8;
	default:
		return 0;
	}
}

/* The 4 KiB at a file offset must lie behind the headers. */
static enum igvm_error page_at(const struct igvm *f, uint32_t offset, const uint8_t **data)
{
	if (offset < f->end || f->bytes < IGVM_PAGE || offset > f->bytes - IGVM_PAGE)
		return IGVM_BAD_OFFSET;
	*data = f->file + offset;
	return IGVM_OK;
}

static enum igvm_error range(uint64_t gpa, uint64_t bytes)
{
	if ((gpa | bytes) % IGVM_PAGE != 0)
		return IGVM_UNALIGNED;
	return bytes == 0 || bytes > GPA_END || gpa > GPA_END - bytes ? IGVM_BAD_RANGE : IGVM_OK;
}

static enum igvm_error platform(const uint8_t *p, struct igvm_header *h)
{
	h->mask = le32(p);
	h->vtl = p[4];
	h->platform = p[5];
	h->platform_version = le16(p + 6);
	h->boundary = le64(p + 8);
	if (h->mask == 0 || (h->mask & (h->mask - 1)) != 0)
		return IGVM_BAD_MASK;
	if ((h->vtl != 0 && h->vtl != 2) || h->platform > 6 || h->platform_version != 1)
		return IGVM_BAD_PLATFORM;
	return h->platform < IGVM_PLATFORM_SNP && h->boundary != 0 ? IGVM_BAD_PLATFORM : IGVM_OK;
}

static enum igvm_error policy(const uint8_t *p, struct igvm_header *h)
{
	h->policy = le64(p);
	h->mask = le32(p + 8);
	if (le32(p + 12) != 0)
		return IGVM_BAD_PADDING;
	return (h->policy & 0x20000) == 0 ? IGVM_BAD_POLICY : IGVM_OK;
}

static enum igvm_error area(const uint8_t *p, struct igvm_header *h)
{
	h->bytes = le64(p);
	h->index = le32(p + 8);
	if (h->bytes > IGVM_AREA_BYTES)
		return IGVM_BAD_RANGE;
	return range(0, h->bytes);
}

static enum igvm_error page_data(const struct igvm *f, const uint8_t *p, struct igvm_header *h)
{
	uint32_t offset = le32(p + 12);

	h->gpa = le64(p);
	h->mask = le32(p + 8);
	h->flags = le32(p + 16);
	h->page_type = le16(p + 20);
	h->bytes = IGVM_PAGE;
	if (le16(p + 22) != 0)
		return IGVM_BAD_PADDING;
	if (h->page_type > IGVM_DATA_CPUID_XF || (h->flags & ~IGVM_FLAG_UNMEASURED) != 0)
		return IGVM_BAD_PAGE;
	if (offset != 0 && page_at(f, offset, &h->data) != IGVM_OK)
		return IGVM_BAD_OFFSET;
	return range(h->gpa, h->bytes);
}

/* The size comes from the area, see igvm_check.c. */
static enum igvm_error insert(const struct igvm *f, const uint8_t *p, struct igvm_header *h)
{
	h->gpa = le64(p);
	h->mask = le32(p + 8);
	h->index = le32(p + 12);
	for (uint32_t i = 0; i < f->areas; i++) {
		if (f->area[i].index == h->index)
			h->bytes = f->area[i].bytes;
	}
	return h->bytes == 0 ? IGVM_NO_AREA : range(h->gpa, h->bytes);
}

static enum igvm_error vp_context(const struct igvm *f, const uint8_t *p, struct igvm_header *h)
{
	h->gpa = le64(p);
	h->mask = le32(p + 8);
	h->index = le16(p + 16);
	h->bytes = IGVM_PAGE;
	if (le16(p + 18) != 0)
		return IGVM_BAD_PADDING;
	if ((h->mask & f->mask) != 0 && h->gpa != IGVM_VMSA_GPA)
		return IGVM_BAD_VMSA;
	return page_at(f, le32(p + 12), &h->data);
}

static enum igvm_error required(const uint8_t *p, struct igvm_header *h)
{
	h->gpa = le64(p);
	h->mask = le32(p + 8);
	h->bytes = le32(p + 12);
	h->flags = le32(p + 16);
	if (le32(p + 20) != 0 || (h->flags & ~1U) != 0)
		return IGVM_BAD_PADDING;
	return range(h->gpa, h->bytes);
}

static enum igvm_error fields(const struct igvm *f, const uint8_t *p, struct igvm_header *h)
{
	switch (h->type) {
	case IGVM_SUPPORTED_PLATFORM:
		return platform(p, h);
	case IGVM_GUEST_POLICY:
		return policy(p, h);
	case IGVM_PARAMETER_AREA:
		return area(p, h);
	case IGVM_PAGE_DATA:
		return page_data(f, p, h);
	case IGVM_PARAMETER_INSERT:
		return insert(f, p, h);
	case IGVM_VP_CONTEXT:
		return vp_context(f, p, h);
	case IGVM_REQUIRED_MEMORY:
		return required(p, h);
	case IGVM_VP_COUNT:
	case IGVM_MEMORY_MAP:
	case IGVM_ENVIRONMENT_INFO:
		h->index = le32(p);
		h->at = le32(p + 4);
		return IGVM_OK;
	}
	return IGVM_BAD_TYPE;
}

/* Headers and their section are multiples of 8, so type and length are always there. */
enum igvm_error igvm_decode(const struct igvm *f, size_t *at, struct igvm_header *h)
{
	const uint8_t *p = f->file + *at;
	size_t length, padded;
	enum igvm_error error;

	memset(h, 0, sizeof(*h));
	h->type = (enum igvm_type)le32(p);
	h->offset = *at;
	h->mask = f->masks;
	length = length_of(le32(p));
	if (length == 0)
		return IGVM_BAD_TYPE;
	if (le32(p + 4) != length)
		return IGVM_BAD_LENGTH;
	padded = (length + 7) & ~(size_t)7;
	if (f->end - *at < HEADER_BYTES + padded)
		return IGVM_TRUNCATED;
	for (size_t i = length; i < padded; i++) {
		if (p[HEADER_BYTES + i] != 0)
			return IGVM_BAD_PADDING;
	}
	error = fields(f, p + HEADER_BYTES, h);
	if (error == IGVM_OK)
		*at += HEADER_BYTES + padded;
	return error;
}

bool igvm_next(const struct igvm *f, size_t *at, struct igvm_header *h)
{
	if (*at == 0)
		*at = f->first;
	while (*at < f->end && igvm_decode(f, at, h) == IGVM_OK) {
		if ((h->mask & f->mask) != 0)
			return true;
	}
	return false;
}

bool igvm_next_parameter(const struct igvm *f, size_t *at, uint32_t index, struct igvm_header *h)
{
	while (igvm_next(f, at, h)) {
		if (h->index == index && (h->type == IGVM_VP_COUNT || h->type == IGVM_MEMORY_MAP ||
					  h->type == IGVM_ENVIRONMENT_INFO))
			return true;
	}
	return false;
}

const uint8_t *igvm_vmsa(const struct igvm *f, uint32_t vp)
{
	struct igvm_header h;
	size_t at = 0;

	while (igvm_next(f, &at, &h)) {
		if (h.type == IGVM_VP_CONTEXT && h.index == vp)
			return h.data;
	}
	return NULL;
}
