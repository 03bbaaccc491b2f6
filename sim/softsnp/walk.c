/* SPDX-License-Identifier: MIT */
/* Guest memory by linear address, under the rights of the VMPL that runs. */
#include "softsnp.h"
#include <string.h>

#define ENTRY_P 0x1ULL
#define ENTRY_W 0x2ULL
#define ENTRY_U 0x4ULL
#define ENTRY_PS 0x80ULL
#define ENTRY_NX (1ULL << 63)
#define ENTRY_ADDRESS 0xffffffffff000ULL

bool walk_is_paged(const struct cpu *c)
{
	return (c->v->cr0 & CR0_PG) != 0 && (c->v->cr4 & CR4_PAE) != 0;
}

static struct walk unpaged(uint64_t linear)
{
	return (struct walk){
		.present = true,
		.gpa = linear & 0xffffffffULL & ~PAGE_MASK,
		.bytes = SNP_PAGE,
		.cbit = true,
		.writable = true,
		.user = true,
		.executable = true,
	};
}

struct walk walk_linear(const struct cpu *c, uint64_t linear)
{
	struct walk w = { .writable = true, .user = true, .executable = true };
	uint64_t cbit = 1ULL << machine.cbit, table = c->v->cr3;

	if ((c->v->cr0 & CR0_PG) == 0)
		return unpaged(linear);
	if ((c->v->efer & EFER_LMA) == 0)
		return w; /* legacy paging: no guest of ours uses it */
	for (unsigned int level = (c->v->cr4 & CR4_LA57) != 0 ? 5 : 4; level >= 1; level--) {
		uint64_t bytes = 1ULL << (12 + 9 * (level - 1)), entry;
		const uint8_t *page = snp_gpa_memory(&machine.snp, table & ENTRY_ADDRESS & ~cbit);

		if (page == NULL)
			return w;
		entry = load64(page + linear / bytes % 512 * 8);
		if ((entry & ENTRY_P) == 0)
			return w;
		w.writable &= (entry & ENTRY_W) != 0;
		w.user &= (entry & ENTRY_U) != 0;
		w.executable &= (entry & ENTRY_NX) == 0;
		table = entry;
		if (level == 1 || (level <= 3 && (entry & ENTRY_PS) != 0)) {
			w.present = true;
			w.cbit = (entry & cbit) != 0;
			w.bytes = bytes;
			w.gpa = (entry & ENTRY_ADDRESS & ~cbit & ~(bytes - 1)) |
				(linear & (bytes - 1) & ~PAGE_MASK);
			return w;
		}
	}
	return w;
}

/* Host pointer to a linear address, NULL when the access is not allowed. */
static uint8_t *reach(struct cpu *c, uint64_t linear, enum snp_access_kind kind)
{
	struct walk w = walk_linear(c, linear);
	struct snp_fault f;

	if (!w.present)
		return NULL;
	f = snp_check(&machine.snp, cpu_vmpl(c), w.gpa, w.cbit, kind);
	if (f.outcome == SNP_ACCESS_NPF && snp_nested_fault(&machine.snp, w.gpa, f.error))
		f = snp_check(&machine.snp, cpu_vmpl(c), w.gpa, w.cbit, kind);
	if (f.outcome != SNP_ACCESS_OK)
		return NULL;
	return snp_gpa_memory(&machine.snp, w.gpa) + (linear & PAGE_MASK);
}

static size_t in_page(uint64_t linear, size_t bytes)
{
	size_t left = SNP_PAGE - (linear & PAGE_MASK);

	return bytes < left ? bytes : left;
}

bool walk_read(struct cpu *c, uint64_t linear, void *to, size_t bytes)
{
	uint8_t *out = to;

	while (bytes != 0) {
		size_t part = in_page(linear, bytes);
		const uint8_t *from = reach(c, linear, SNP_READ);

		if (from == NULL)
			return false;
		memcpy(out, from, part);
		out += part;
		linear += part;
		bytes -= part;
	}
	return true;
}

bool walk_write(struct cpu *c, uint64_t linear, const void *from, size_t bytes)
{
	const uint8_t *in = from;

	while (bytes != 0) {
		size_t part = in_page(linear, bytes);
		uint8_t *to = reach(c, linear, SNP_WRITE);

		if (to == NULL)
			return false;
		memcpy(to, in, part);
		in += part;
		linear += part;
		bytes -= part;
	}
	return true;
}

size_t walk_code(struct cpu *c, uint8_t bytes[15])
{
	bool is_long = (c->v->cs.attributes & SEG_LONG) != 0 && (c->v->efer & EFER_LMA) != 0;
	uint64_t linear = c->v->rip + (is_long ? 0 : c->v->cs.base);
	enum snp_access_kind kind = c->v->cpl == 3 ? SNP_EXEC_USER : SNP_EXEC_SUPER;
	size_t done = 0;

	memset(bytes, 0, 15);
	while (done < 15) {
		size_t part = in_page(linear + done, 15 - done);
		const uint8_t *from = reach(c, linear + done, kind);

		if (from == NULL)
			break;
		memcpy(bytes + done, from, part);
		done += part;
	}
	return done;
}
