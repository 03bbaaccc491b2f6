/* SPDX-License-Identifier: MIT */
/* Putting an IGVM file together, version 1, for SNP [boot-abi 6]. */
#pragma once
#include "snp/igvm.h"

struct write {
	uint8_t *headers;
	size_t header_bytes, header_room;
	uint8_t *pages;
	size_t page_bytes, page_room;
};

/* Platform and policy; the other headers follow in the order of the calls. */
void write_start(struct write *w);
void write_required_memory(struct write *w, uint64_t gpa, uint32_t bytes);
void write_area(struct write *w, uint32_t index, uint64_t bytes);
void write_parameter(struct write *w, enum igvm_type type, uint32_t index, uint32_t at);
void write_insert(struct write *w, uint32_t index, uint64_t gpa);
/* One page; a page of zeros takes no room in the file. NULL: zeros. */
void write_page(struct write *w, uint64_t gpa, uint16_t type, uint32_t flags, const uint8_t *page);
/* `bytes` of data as NORMAL pages, the last one padded with zeros. */
void write_pages(struct write *w, uint64_t gpa, const uint8_t *data, size_t bytes);
void write_vmsa(struct write *w, uint16_t vp, const uint8_t *page);
/* The finished file, malloc'd. Frees the rest. */
uint8_t *write_finish(struct write *w, size_t *bytes);
