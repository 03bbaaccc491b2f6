/* SPDX-License-Identifier: MIT */
/* What there is to begin with: vCPUs registered, seated, deleted, pages lent. */
#include "vcpus.h"

#include "vcpus_offers.h"

#include <string.h>

/* What sm/ has in memory, see vcpus.sh. */
extern uint8_t __start_firmware_data[], __stop_firmware_data[];

static void act(unsigned int i, enum vcpu_op kind, unsigned int where, unsigned int size)
{
	do_now(i, &(struct op){ (uint8_t)kind, (uint8_t)size, (uint8_t)where, (uint16_t)where });
}

/* The startup vCPU sits on CPU 0; the first `lent` pages are lent. */
static void begin(bool own_frames, unsigned int lent)
{
	static const uint32_t apic_id[CPUS] = { 0, 1, 2 };
	struct vcpu *v;

	memset(__start_firmware_data, 0, (size_t)(__stop_firmware_data - __start_firmware_data));
	memset(&world, 0, sizeof(world));
	for (unsigned int i = 0; i < PAGES; i++)
		world.page[i].record.raw = IS_GUEST;
	world.own_frames = own_frames;
	world.page[VMSA(0)] = (struct page_words){ { IS_USED }, { EFER_SVME }, { 0 }, { 0 } };
	acting = 0;
	vcpu_cpus(apic_id, CPUS);
	if (lent > 0)
		act(0, OP_ADD, LENT(0), lent);
	v = vcpu_boot(page_at(VMSA(0)), page_at(CA(0)), GUEST_VMPL, apic_id[0]);
	check_begins(v->slot);
	act(0, OP_ENTER, 0, 0);
}

static void boot(void)
{
	begin(true, 0);
}

static void left(void)
{
	boot();
	act(0, OP_CREATE, 1, 1);
}

static void seated(void)
{
	left();
	act(1, OP_ENTER, 0, 0);
}

static void newer(void)
{
	seated();
	act(0, OP_CREATE, 2, 1);
}

static void dead(void)
{
	seated();
	act(0, OP_DELETE, 1, 0);
}

static void stale(void)
{
	left();
	act(0, OP_DELETE, 1, 0);
}

/* Contexts of lent pages; one page is left. */
static void lent(void)
{
	begin(false, 3);
	act(0, OP_CREATE, 1, 1);
	act(1, OP_ENTER, 0, 0);
}

static void scarce(void)
{
	begin(false, 2);
	act(0, OP_CREATE, 1, 1);
	act(1, OP_ENTER, 0, 0);
}

/* A page is lent that nobody needs. */
static void idle_page(void)
{
	begin(true, 1);
	act(0, OP_CREATE, 1, 1);
	act(1, OP_ENTER, 0, 0);
}

static void table_none(void)
{
	boot();
}

static void table_one(void)
{
	begin(true, 1);
}

static void table_full(void)
{
	begin(true, DEPOSIT_PAGES);
}

const struct setup setups[] = {
	{ "boot", boot, VCPUS },
	{ "left", left, VCPUS | LIVE_1 },
	{ "seated", seated, VCPUS | LIVE_1 },
	{ "newer", newer, VCPUS | LIVE_1 | LIVE_2 },
	{ "dead", dead, VCPUS | SOAK },
	{ "stale", stale, VCPUS | SOAK },
	{ "lent", lent, VCPUS | LIVE_1 | LENDS | SOAK },
	{ "scarce", scarce, VCPUS | LIVE_1 | LENDS | SOAK },
	{ "idle-page", idle_page, VCPUS | LIVE_1 | LENDS },
	{ "table-none", table_none, TABLE | ALIKE },
	{ "table-one", table_one, TABLE | ALIKE },
	{ "table-full", table_full, TABLE | ALIKE },
};
const unsigned int setup_count = sizeof(setups) / sizeof(setups[0]);

void world_begin(const struct setup *setup)
{
	pieces[0] = (struct piece){ __start_firmware_data,
				    (size_t)(__stop_firmware_data - __start_firmware_data) };
	pieces[1] = (struct piece){ &world, sizeof(world) };
	setup->build();
	check_begins(slot_at(0));
}
