/* SPDX-License-Identifier: MIT */
/* What bring-up is handed: configuration, SEV_STATUS, memory map. [boot-abi 2, 6, 7] */
#include "prove.h"

#include <svsm/page.h>
/* Three ranges of RAM instead of 31: room for one more is what the code tells apart. */
#undef PAGE_RANGES
#define PAGE_RANGES 4U
#include "sm/boot_config.c"
#include "sm/boot_memory.c"
#undef E820_AT
#define lower params_lower
#define higher params_higher
#define add params_add
#include "sm/boot_params.c"

#include <svsm/vmsa.h>
#undef lower
#undef higher
#undef add

NO_STOP

#define TOP (1ULL << 46)

bool boot_apics_check(const uint32_t *apic_id, unsigned int count)
{
	any(bool, good);

	prove(readable(apic_id, CPU_MAX * sizeof(*apic_id)));
	return good && count <= CPU_MAX;
}

void boot_config_total(void)
{
	any(struct svsm_config, c);
	uint64_t svsm_end = c.svsm_gpa + c.svsm_mem;

	if (!boot_config_check(&c))
		return;
	prove(c.bytes == sizeof(c) && c.guest_vmpl >= 1 && c.guest_vmpl <= 3);
	prove(c.range_count <= CONFIG_RANGES);
	prove(c.svsm_mem > 0 && svsm_end > c.svsm_gpa && svsm_end <= TOP);
	prove(c.svsm_gpa % PAGE_2M == 0 && c.svsm_mem % PAGE_2M == 0);
	prove(c.image_bytes > 0 && c.image_bytes < c.svsm_mem && c.image_bytes % PAGE_4K == 0);
	prove(c.entry >= IMAGE_VA && c.entry - IMAGE_VA < c.image_bytes);
	prove(c.kernel_end <= TOP && c.kernel_entry < c.kernel_end);
}

/* The same with few ranges: what it promises of each and of each two. */
void boot_config_ranges(void)
{
	any(struct svsm_config, c);

	assume(c.range_count <= 3);
	if (!boot_config_check(&c))
		return;
	for (unsigned int i = 0; i < c.range_count; i++) {
		const struct config_range *r = &c.range[i];

		prove(r->gpa % PAGE_4K == 0 && r->pages > 0 && r->pages <= TOP / PAGE_4K);
		prove(r->gpa < TOP && r->gpa >= LAUNCH_PARAMS + PAGE_4K);
		prove(!meet(r->gpa, r->pages * PAGE_4K, c.svsm_gpa, c.svsm_mem));
		prove(i == 0 || r->gpa >= r[-1].gpa + r[-1].pages * PAGE_4K);
	}
}

static bool is_map_fault(enum map_fault f)
{
	return f >= MAP_OK && f <= MAP_TOO_MANY;
}

/* Pairwise: ascending, apart with a gap, 4 KiB aligned, out of the hole and the SVSM. */
static bool good_range(const struct ram_range *r, uint64_t top, const struct ram_range *svsm)
{
	return r->start < r->end && r->end <= top && (r->start | r->end) % PAGE_4K == 0 &&
	       (r->end <= 0xa0000 || r->start >= 0xc0000) &&
	       (r->end <= svsm->start || r->start >= svsm->end);
}

static void assume_good(const struct boot_memory *m, uint64_t top, const struct ram_range *svsm)
{
	assume(m->count <= RAM_RANGES);
	for (unsigned int i = 0; i < RAM_RANGES; i++) {
		assume(i >= m->count || good_range(&m->range[i], top, svsm));
		assume(i + 1 >= m->count || m->range[i].end < m->range[i + 1].start);
	}
}

static void prove_good(const struct boot_memory *m, uint64_t top, const struct ram_range *svsm)
{
	any(unsigned int, at);

	prove(m->count <= RAM_RANGES);
	assume(at < m->count);
	prove(good_range(&m->range[at], top, svsm));
	prove(implies(at + 1 < m->count, m->range[at].end < m->range[at + 1].start));
}

static void any_svsm(struct ram_range *svsm)
{
	any(struct ram_range, range);

	assume(range.start % PAGE_2M == 0 && range.end % PAGE_2M == 0);
	assume(range.start >= PAGE_2M && range.start < range.end && range.end <= TOP);
	*svsm = range;
}

/* One more entry on any map that is well-formed so far: the step of an induction. */
void boot_memory_step(void)
{
	any(struct boot_memory, m);
	any(uint64_t, first);
	any(uint64_t, pages);
	any(unsigned int, at);
	const struct boot_memory was = m;
	struct ram_range svsm;
	enum map_fault fault;

	any_svsm(&svsm);
	assume(m.count <= RAM_RANGES && at < RAM_RANGES);
	assume(m.count == 0 || good_range(&m.range[m.count - 1], TOP, &svsm));
	assume(first <= TOP / PAGE_4K && pages > 0 && pages <= TOP / PAGE_4K - first);
	assume(m.count == 0 || m.range[m.count - 1].end <= first * PAGE_4K);
	fault = add_ram(&m, first * PAGE_4K, (first + pages) * PAGE_4K, &svsm);
	prove(fault == MAP_OK || fault == MAP_TOO_MANY);
	prove(m.count >= was.count && m.count <= RAM_RANGES);
	if (at + 1 < was.count) /* the earlier ones are as they were */
		prove(m.range[at].start == was.range[at].start &&
		      m.range[at].end == was.range[at].end);
	else if (at < m.count)
		prove(good_range(&m.range[at], TOP, &svsm) &&
		      (at < was.count || at == 0 || m.range[at - 1].end < m.range[at].start));
	prove(m.count == 0 || m.range[m.count - 1].end <= (first + pages) * PAGE_4K);
}

/* The whole of it with two entries, anything behind them. */
void boot_memory_read_total(void)
{
	static struct memory_map_entry map[128];
	any(struct boot_memory, m);
	any(unsigned int, bits);
	struct ram_range svsm;
	enum map_fault fault;

	havoc(map);
	any_svsm(&svsm);
	assume(bits >= 32 && bits <= 46 && map[2].pages == 0);
	fault = boot_memory_read(&m, map, 1ULL << bits, &svsm);
	prove(is_map_fault(fault) && fault != MAP_UNTERMINATED);
	if (fault == MAP_OK) {
		prove(m.count > 0);
		prove_good(&m, 1ULL << bits, &svsm);
	}
}

#define FEW RAM_RANGES

static void any_memory(struct boot_memory *memory, struct ram_range *svsm)
{
	any(struct boot_memory, m);

	any_svsm(svsm);
	assume_good(&m, TOP, svsm);
	assume(m.count > 0 && m.count <= FEW);
	*memory = m;
}

void boot_memory_blocks_total(void)
{
	struct ram_range svsm, blocks[RAM_RANGES];
	struct boot_memory m;
	any(bool, large);
	any(unsigned int, at);
	any(uint64_t, byte);
	uint64_t unit = large ? PAGE_1G : PAGE_2M;
	unsigned int count;
	bool in_block = false;

	any_memory(&m, &svsm);
	count = boot_memory_blocks(&m, unit, blocks);
	prove(count >= 1 && count <= m.count);
	for (unsigned int i = 0; i < count && i < FEW; i++) {
		prove(blocks[i].start % unit == 0 && blocks[i].end % unit == 0);
		prove(i == 0 || blocks[i - 1].end < blocks[i].start);
		in_block |= byte >= blocks[i].start && byte < blocks[i].end;
	}
	assume(at < m.count && byte >= m.range[at].start && byte < m.range[at].end);
	prove(in_block);
}

/* No window shows the image, and the SVSM's memory is in none that is the guest's. */
void boot_memory_windows_total(void)
{
	static struct boot b;
	static struct cpu_window windows[WINDOWS];
	struct ram_range svsm;
	any(unsigned int, at);
	any(uint64_t, image_end);
	unsigned int count;

	any_memory(&b.memory, &svsm);
	assume(image_end % PAGE_2M == 0 && image_end > svsm.start && image_end <= svsm.end);
	b.config.svsm_gpa = svsm.start;
	b.svsm_end = svsm.end;
	b.image_end = image_end;
	count = boot_memory_windows(&b, windows);
	prove(count <= WINDOWS);
	assume(at < count);
	prove(windows[at].bytes > 0 && (windows[at].start | windows[at].bytes) % PAGE_2M == 0);
	prove(windows[at].start + windows[at].bytes <= TOP);
	prove(!meet(windows[at].start, windows[at].bytes, svsm.start, image_end - svsm.start));
	prove(implies(windows[at].guest, !meet(windows[at].start, windows[at].bytes, svsm.start,
					       svsm.end - svsm.start)));
}

void boot_memory_launched_total(void)
{
	any(struct svsm_config, c);
	struct ram_range runs[LAUNCHED_RUNS];

	assume(c.range_count <= CONFIG_RANGES);
	prove(boot_memory_launched(&c, runs) == c.range_count + LAUNCHED_OWN);
}

/* The table takes an entry or says it is full; nothing behind its 128 is written. */
void boot_params_entry(void)
{
	static uint8_t page[PAGE_4K];
	any(struct e820, table);
	any(uint64_t, start);
	any(uint64_t, end);
	unsigned int before;

	assume(table.count <= E820_MAX && !table.full);
	before = table.count;
	table.params = page;
	params_add(&table, start, end, E820_RAM);
	prove(table.count <= E820_MAX && table.count - before <= 1);
	prove(table.full == (start < end && before == E820_MAX));
	prove(E820_AT + E820_MAX * sizeof(struct e820_entry) <= PAGE_4K);
}

void boot_params_pages(void)
{
	static uint8_t page[PAGE_4K];
	static uint64_t words[512];
	any(unsigned int, index);

	assume(index < GUEST_TABLE_PAGES);
	boot_params_blob(page);
	boot_params_table(words, index, 1ULL << 51);
	prove(index < 2 || (words[511] & 0xfff) == 0xe3);
}
