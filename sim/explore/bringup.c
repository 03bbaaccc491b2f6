/* SPDX-License-Identifier: MIT */
/*
 * The other machine that is explored: the boot CPU from its first instruction
 * in C to the guest's first, on memory as the launch leaves it. A little RAM:
 * what is launched, 2 MiB and two pages that are accepted.
 */
#include "explore.h"

#include <snp/ghcb_page.h>
#include <svsm/boot.h>
#include <svsm/vmsa.h>

#include <string.h>

#define HAS_APIC_IDS 0x10U /* hypervisor features [ghcb 4] */
#define CPUS 2U
#define MAP 4U /* entries */
#define RAM (HOST_KERNEL + PAGE_2M)

static struct bringup {
	struct boot boot;
	bool is_wrong; /* what was launched */
} * up;

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static uint64_t get(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

/* First how many pages the list takes, then the list: returns where; 0: nowhere. */
static uint64_t tell_apic_ids(uint8_t *page)
{
	uint64_t at = get(page, GHCB_PAGE_INFO1);
	uint32_t *list = at != 0 ? (void *)host_page(at) : NULL;

	if (list != NULL)
		memcpy(list, (const uint32_t[]){ CPUS, 0, 1 }, (CPUS + 1) * sizeof(*list));
	put(page, GHCB_PAGE_RAX, 1);
	memset(page + GHCB_PAGE_VALID, 0xff, 8);
	return at;
}

/* What the model has no answer to: VMPL0 on other CPUs, which are not there. */
uint32_t bringup_request(const struct host_op *op)
{
	uint8_t *page = host_page(op->gpa);
	uint64_t code = get(page, GHCB_PAGE_CODE), list = 0;

	if (code == GHCB_NAE_APIC_IDS)
		list = tell_apic_ids(page);
	else if (code != GHCB_NAE_AP_CREATION || (get(page, GHCB_PAGE_INFO1) >> 16 & 0xf) != 0)
		return 0;
	put(page, GHCB_PAGE_INFO1, 0);
	put(page, GHCB_PAGE_INFO2, 0);
	answer_given(list != 0 ? list : op->gpa);
	return 1;
}

size_t bringup_open(unsigned int vmpl, void **own)
{
	static uint8_t memory[PAGE_4K] __attribute__((aligned(4096)));
	const struct memory_map_entry map[MAP] = {
		{ .first_page = LAUNCH_START32 / PAGE_4K, .pages = 12 },
		{ .first_page = GUEST_BOOT_PARAMS / PAGE_4K, .pages = 12 },
		{ .first_page = HOST_KERNEL / PAGE_4K, .pages = HOST_KERNEL_PAGES },
		{ .first_page = RAM / PAGE_4K, .pages = FRAMES_PER_2M + 2 },
	};

	_Static_assert(sizeof(struct bringup) <= sizeof(memory), "a page of its own");
	host_launched(vmpl, 0);
	up = (void *)memory;
	memcpy(host_params()->map, map, sizeof(map));
	host_config()->kernel_end = HOST_KERNEL + HOST_KERNEL_PAGES * PAGE_4K;
	host.guest_of[0].asleep = true; /* there is none */
	*own = memory;
	return sizeof(memory);
}

static void bring_up(void)
{
	enum event ev = EV_START;

	boot_init(&up->boot);
	while (ev != EV_NONE)
		ev = boot_advance(&up->boot, ev);
	host.guest_of[0].next = EV_START;
	host_enter();
}

/* True: something is wrong with it. */
static bool change(enum explore_launch what)
{
	switch (what) {
	case LAUNCH_IDS:
		host_config()->apic_id_count = CPUS;
		host_config()->apic_id[1] = 1;
		return false;
	case LAUNCH_ASKS:
		host.snp.hv_features |= HAS_APIC_IDS;
		return false;
	case LAUNCH_BAD_CONFIG:
		host_config()->magic++;
		return true;
	case LAUNCH_BAD_CPUID:
		memset(host_page(LAUNCH_CPUID), 0, PAGE_4K);
		return true;
	case LAUNCH_BAD_SECRETS:
		memset(host_page(LAUNCH_SECRETS), 0, PAGE_4K);
		return true;
	case LAUNCH_BAD_MAP:
		host_params()->map[1].first_page = 0;
		return true;
	case LAUNCH_OWN_MAP:
		host_params()->map[MAP] =
			(struct memory_map_entry){ .first_page = HOST_SVSM_GPA / PAGE_4K,
						   .pages = HOST_SVSM_BYTES / PAGE_4K };
		return false;
	case LAUNCH_NO_TABLES:
		host.no_tables = true;
		return true;
	default:
		return false;
	}
}

/* True: it may stop the VM. */
bool bringup_begin(enum explore_launch what)
{
	bool is_wrong = change(what);

	host_part_run(0, bring_up);
	return is_wrong;
}

/* Nothing that was launched for the firmware is left, its keys least. */
static bool is_wiped(void)
{
	static const uint64_t pages[] = { LAUNCH_START32, LAUNCH_TABLES, LAUNCH_CPUID,
					  LAUNCH_SECRETS, LAUNCH_CONFIG, LAUNCH_PARAMS };
	static const uint8_t zeros[PAGE_4K];

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (memcmp(host_page(pages[i]), zeros, PAGE_4K) != 0)
			return false;
	return true;
}

const char *bringup_ended(void)
{
	if (up->boot.at != BOOT_READY)
		return "the guest runs before bring-up has ended";
	if (!host.lied && !is_wiped())
		return "a launch page was not wiped";
	return NULL;
}
