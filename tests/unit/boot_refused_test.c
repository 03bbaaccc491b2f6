/* SPDX-License-Identifier: MIT */
/* Steps of bring-up that fail for want of a page or of page tables. */
#include "boot_rig.h"
#include "test.h"

declare_test(boot_refused_guest_page)
{
	bootrig_new(1);
	host_fail(HOST_COPY_OUT, 1, 1);
	check_eq(host_stops(bootrig_run), REASON_GUEST_PAGE);
	check_eq(host.detail, GUEST_BOOT_PARAMS);
}

declare_test(boot_refused_no_tables)
{
	bootrig_new(1);
	host.no_tables = true;
	check_eq(host_stops(bootrig_run), REASON_NO_MEMORY);
	check_eq(host.snp.count.switches, 0);
}
