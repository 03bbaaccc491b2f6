/* SPDX-License-Identifier: MIT */
/* The seam: memory, page by page through the model's check and TLB. */
#include <snp/host.h>

#include <string.h>

static uint8_t *reach(uint64_t gpa, enum snp_access_kind kind)
{
	struct snp_fault f;

	if (host.threads)
		return host_page(gpa) + gpa % PAGE_4K;
	do
		f = snp_access(&host.snp, host_cpu, gpa & ~(PAGE_4K - 1), true, kind);
	while (f.outcome == SNP_ACCESS_NPF && snp_nested_fault(&host.snp, f.gpa, f.error));
	if (f.outcome != SNP_ACCESS_OK)
		return NULL;
	return host.snp.ops.memory(&host.snp, f.spa & ~(PAGE_4K - 1)) + gpa % PAGE_4K;
}

/* Calls for each part that lies in one page; ERR_FAULT at the first that cannot be reached. */
static enum err copy(uint64_t gpa, size_t bytes, uint8_t *in, const uint8_t *out)
{
	while (bytes != 0) {
		size_t room = PAGE_4K - gpa % PAGE_4K;
		size_t part = bytes < room ? bytes : room;
		uint8_t *at = reach(gpa, in != NULL ? SNP_READ : SNP_WRITE);

		if (at == NULL)
			return ERR_FAULT;
		if (in != NULL) {
			memcpy(in, at, part);
			in += part;
		} else if (out != NULL) {
			memcpy(at, out, part);
			out += part;
		} else {
			memset(at, 0, part);
		}
		gpa += part;
		bytes -= part;
	}
	return OK;
}

enum err hw_copy_in(void *to, pa_t from, size_t bytes)
{
	if (host_begin(HOST_COPY_IN, from.raw, SIZE_4K, bytes) != 0)
		return ERR_FAULT;
	return copy(from.raw, bytes, to, NULL);
}

enum err hw_copy_out(pa_t to, const void *from, size_t bytes)
{
	if (host_begin(HOST_COPY_OUT, to.raw, SIZE_4K, bytes) != 0)
		return ERR_FAULT;
	return copy(to.raw, bytes, NULL, from);
}

static bool zero(pa_t page, enum page_size size)
{
	if (host_begin(HOST_ZERO, page.raw, size, 0) != 0 ||
	    copy(page.raw, size_bytes(size), NULL, NULL) != OK)
		return false;
	host_zeroed(page.raw, size_bytes(size));
	return true;
}

unsigned int hw_zero_pages(const struct hw_pages *pages)
{
	unsigned int i = 0;

	while (i < pages->count && zero(host_nth(pages, i), pages->size))
		i++;
	return i;
}

enum err hw_load8(pa_t from, uint8_t *value)
{
	uint8_t *at;

	if (host_begin(HOST_LOAD, from.raw, SIZE_4K, 1) != 0 ||
	    (at = reach(from.raw, SNP_READ)) == NULL)
		return ERR_FAULT;
	*value = __atomic_load_n(at, __ATOMIC_SEQ_CST);
	return OK;
}

enum err hw_store8(pa_t to, uint8_t value)
{
	uint8_t *at;

	if (host_begin(HOST_STORE, to.raw, SIZE_4K, value) != 0 ||
	    (at = reach(to.raw, SNP_WRITE)) == NULL)
		return ERR_FAULT;
	__atomic_store_n(at, value, __ATOMIC_SEQ_CST);
	return OK;
}

/* memory is aligned, and so is every address that the core may give. */
static uint64_t *reach64(uint64_t gpa, enum snp_access_kind kind)
{
	CHECK(is_aligned(gpa, sizeof(uint64_t)));
	return (uint64_t *)(void *)reach(gpa, kind);
}

enum err hw_load64(pa_t from, uint64_t *value)
{
	uint64_t *at;

	if (host_begin(HOST_LOAD, from.raw, SIZE_4K, 8) != 0 ||
	    (at = reach64(from.raw, SNP_READ)) == NULL)
		return ERR_FAULT;
	*value = __atomic_load_n(at, __ATOMIC_SEQ_CST);
	return OK;
}

enum err hw_load64_list(uint64_t *to, pa_t from, const uint16_t *offset, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (hw_load64(pa_add(from, offset[i]), &to[i]) != OK)
			return ERR_FAULT;
	return OK;
}

enum err hw_store64(pa_t to, uint64_t value)
{
	uint64_t *at;

	if (host_begin(HOST_STORE, to.raw, SIZE_4K, value) != 0 ||
	    (at = reach64(to.raw, SNP_WRITE)) == NULL)
		return ERR_FAULT;
	__atomic_store_n(at, value, __ATOMIC_SEQ_CST);
	return OK;
}

enum err hw_cas64(pa_t at, uint64_t expected, uint64_t desired, uint64_t *seen)
{
	uint64_t *word;

	if (host_begin(HOST_CAS, at.raw, SIZE_4K, desired) != 0 ||
	    (word = reach64(at.raw, SNP_WRITE)) == NULL)
		return ERR_FAULT;
	*seen = expected;
	__atomic_compare_exchange_n(word, seen, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return OK;
}
