/* SPDX-License-Identifier: MIT */
/*
 * Whole bring-ups: launch pages with the input's changes, then a hypervisor that answers with
 * the input's bytes. It ends with a guest that can run, or a stop before any guest did.
 */
#include "fuzz.h"
#include "test.h"
#include "unit/boot_rig.h"

#include <svsm/secrets.h>

#define CODE 0x390U
#define INFO1 0x398U
#define INFO2 0x3a0U
#define RAX 0x1f8U
#define BUFFER 0x800U
#define APIC_IDS 0x80000017ULL
#define SECRETS_VMPCK0 0x20U
#define RAM_PAGES (BOOTRIG_RAM / PAGE_4K)

static struct input in;
static uint32_t (*honest)(const struct host_op *op);
static bool changed; /* the launch pages are not as they should be */

void test_check(bool ok, const char *file, int line, const char *text)
{
	(void)file;
	(void)line;
	if (!ok)
		fuzz_fail(text);
}

void test_check_eq(uint64_t got, uint64_t want, const char *file, int line, const char *text)
{
	test_check(got == want, file, line, text);
}

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static void lie_by_page(uint8_t *page, uint64_t how)
{
	put(page, INFO1, how & 4 ? take(&in, 2) : 0);
	put(page, INFO2, how & 8 ? take(&in, 8) : 0);
	if (how & 0x10)
		put(page, RAX, take(&in, 8));
	if (how & 0x20)
		put(page, BUFFER + (unsigned int)(how >> 6) * 8, take(&in, 8));
}

/* Some answers are the input's; the list of APIC ids is tell_ids(). */
static uint32_t answer(const struct host_op *op)
{
	uint8_t *page = host_page(op->gpa & ~(PAGE_4K - 1));
	bool by_msr = op->gpa % PAGE_4K != 0;
	uint64_t code = 0, how;

	if (op->kind != HOST_VMGEXIT || in.left == 0)
		return honest(op);
	if (!by_msr)
		memcpy(&code, page + CODE, sizeof(code));
	how = take(&in, 1);
	if (how % 4 != 3 || code == APIC_IDS)
		return honest(op);
	host.lied = true;
	if (by_msr)
		host.snp.vcpu[0].ghcb_msr[0] = how & 4 ? take(&in, 8)
						       : (op->gpa + 1) ^ 1ULL << (how >> 3)
									      << take(&in, 1) % 32;
	else
		lie_by_page(page, how);
	return 1;
}

static void tell_ids(unsigned int asked, uint32_t *list, uint64_t *rax, bool *has_rax)
{
	uint64_t how = take(&in, 1);

	(void)asked;
	if (how % 4 != 3)
		return;
	host.lied = true;
	for (uint64_t i = 0; list != NULL && i < how >> 5; i++)
		list[take(&in, 1) % (CPU_MAX + 2)] = (uint32_t)take(&in, how & 8 ? 4 : 1);
	if (how & 4)
		*rax = take(&in, 2);
	*has_rax = (how & 0x10) == 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	bootrig_new(1);
	honest = host.hook;
	host.hook = answer;
	host_save();
	return 0;
}

/* Runs of pages, each from where the last one ended, and a gap, overlap or anything. */
static void change_map(void)
{
	struct memory_map_entry *map = bootrig_params()->map;
	uint64_t next = 0, count = take(&in, 1) % 129;

	memset(map, 0, 128 * sizeof(*map));
	for (uint64_t i = 0; i < count && i < 128; i++) {
		uint64_t how = in.left > 0 ? take(&in, 1) : 4;

		map[i].first_page = how & 0x80 ? take_address(&in) / PAGE_4K : next + (how & 3);
		map[i].pages = how & 0x40   ? take(&in, 8)
			       : how & 0x10 ? take(&in, 2)
					    : RAM_PAGES >> (how >> 2 & 3);
		map[i].type = how & 0x20 ? 1 : 0;
		next = map[i].first_page + map[i].pages;
	}
}

static void change_page(uint64_t gpa)
{
	for (uint64_t n = 1 + take(&in, 1) % 4; n > 0; n--)
		host_page(gpa)[take(&in, 2) % PAGE_4K] = (uint8_t)take(&in, 1);
}

static void prepare(void)
{
	struct svsm_config *c = bootrig_config();
	uint64_t what = take(&in, 1);

	c->flags = (what & 1 ? CONFIG_VERBOSE : 0) | (what & 2 ? CONFIG_ACCEPT_RAM : 0);
	host.vmpl = c->guest_vmpl = 1 + (what >> 2 & 3) % 3;
	if (what & 0x10) {
		bootrig_has_cpus(1 + (unsigned int)take(&in, 1) % CPU_MAX);
		bootrig_hv.lie = tell_ids;
	}
	changed = what >> 5 != 0;
	if (what & 0x20)
		change_map();
	if (what & 0x40)
		change_page(LAUNCH_CPUID);
	if (what & 0x80)
		change_page(LAUNCH_SECRETS);
}

static bool are_apart(const uint32_t *id, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		for (unsigned int j = 0; j < i; j++)
			if (id[i] == id[j])
				return false;
	return count >= 1 && count <= CPU_MAX;
}

/* Nothing of the firmware's own launch pages is left, keys that are not the guest's least. */
static void look_at_launch(void)
{
	static const uint64_t pages[] = { LAUNCH_START32, LAUNCH_TABLES, LAUNCH_CPUID,
					  LAUNCH_SECRETS, LAUNCH_CONFIG, LAUNCH_PARAMS };
	static const uint8_t zeros[PAGE_4K];

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		demand(memcmp(host_page(pages[i]), zeros, PAGE_4K) == 0);
	demand(memcmp(host_page(GUEST_SECRETS) + SECRETS_VMPCK0, zeros, host.vmpl * VMPCK_BYTES) ==
	       0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	int reason;

	in = (struct input){ bytes, count };
	host_reset();
	prepare();
	reason = host_stops(bootrig_run);
	if (reason != -1) {
		demand(changed || host.lied);
		demand(host.snp.count.switches == 0);
		demand(reason != REASON_MACHINE && (reason != REASON_BUG || host.snp.terminated));
		return 0;
	}
	demand(booted.at == BOOT_READY);
	demand(are_apart(booted.apic_id, booted.cpus) && booted.apic_id[0] == BOOT_APIC_ID);
	look_at_launch();
	demand_sound();
	return 0;
}
