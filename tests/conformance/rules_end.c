/* SPDX-License-Identifier: MIT */
/* What was looked at in every call of the suite. */
#include "conf.h"

static void damaged(const struct rule *r)
{
	(void)r;
	check_eq(call_count.damaged, 0, "calls after which another register had changed");
}

static void pending(const struct rule *r)
{
	(void)r;
	check_eq(call_count.left_pending, 0, "calls after which CALL_PENDING was not 0");
}

static void hypervisor(const struct rule *r)
{
	(void)r;
	check_eq(call_count.hv_failed, 0, "calls after which the hypervisor reported a failure");
}

static void high_half(const struct rule *r)
{
	(void)r;
	check_eq(call_count.high_rax, 0, "calls after which RAX bits 63:32 were not 0");
}

static const struct rule rules[] = {
	{ "3.1", "every call of the run: registers unchanged but outputs", damaged },
	{ "3.2", "every call of the run: CALL_PENDING cleared", pending },
	{ "3.2", "every call of the run: the hypervisor reports success", hypervisor },
	{ "3.1", "every call of the run: RAX bits 63:32 are 0", high_half },
};

GROUP(end);
