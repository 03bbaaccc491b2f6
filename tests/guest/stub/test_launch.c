/* SPDX-License-Identifier: MIT */
/* Pages that only the launch used hold nothing when the guest runs. */
#include "stub.h"

/* Entry code and tables; CPUID page, secrets, configuration, parameters. */
static const struct {
	uint64_t gpa;
	const char *what;
} launch[] = {
	{ 0x10000, "32-bit entry" },  { 0x11000, "early table" },     { 0x12000, "early table" },
	{ 0x13000, "early table" },   { 0x14000, "early table" },     { 0x15000, "early table" },
	{ 0x16000, "early table" },   { 0x18000, "CPUID page" },      { 0x19000, "secrets page" },
	{ 0x1a000, "configuration" }, { 0x1b000, "IGVM parameters" },
};

void test_launch(void)
{
	for (unsigned int i = 0; i < sizeof(launch) / sizeof(launch[0]); i++) {
		const void *page = page_private(launch[i].gpa);

		probe_read(page);
		check(trap.vector != TRAP_NONE || page_zero(page),
		      "[config] launch page %#lx (%s) is wiped", launch[i].gpa, launch[i].what);
		check(boot_is_ram(launch[i].gpa, launch[i].gpa + PAGE_4K) &&
			      trap_works(launch[i].gpa),
		      "[config] launch page %#lx is the guest's RAM", launch[i].gpa);
	}
}
