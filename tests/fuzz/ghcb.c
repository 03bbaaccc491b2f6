/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor that answers with the input's bytes: all that the firmware asks
 * it. Correct service, an error, or a stop for a reason that is its doing.
 */
#include "fuzz.h"

#include <svsm/accept.h>
#include <svsm/ghcb.h>

#define INFO1 0x398U
#define INFO2 0x3a0U
#define RAX 0x1f8U
#define VALID 0x3f0U
#define BUFFER 0x800U
#define BUFFER_WORDS 4U

static struct input in;
static uint8_t list[PAGE_4K];
static bool truth; /* the model answers */

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

/* Each answer is the truth, or a page and an MSR with words of the input. */
static uint32_t lie(const struct host_op *op)
{
	uint8_t *page = host_page(host.snp.vcpu[0].ghcb_gpa[0]);
	uint64_t how;

	if (op->kind != HOST_VMGEXIT || truth || in.left == 0)
		return 0;
	how = take(&in, 1);
	if (how % 4 == 0)
		return 0;
	put(page, INFO1, how & 4 ? take(&in, 2) : 0);
	put(page, INFO2, how & 8 ? take(&in, 8) : 0);
	put(page, RAX, how & 0x10 ? take(&in, 8) : 1);
	put(page, VALID, how & 0x20 ? take(&in, 8) : ~0ULL);
	for (unsigned int i = 0; how & 0x40 && i < BUFFER_WORDS; i++)
		put(page, BUFFER + i * 8, take(&in, 8));
	if ((op->gpa & (PAGE_4K - 1)) != 0) /* by the MSR */
		host.snp.vcpu[0].ghcb_msr[0] = how & 0x80 ? take(&in, 8) : op->gpa + 1;
	for (unsigned int i = 0; how & 0x80 && i < 16; i++)
		list[i] = (uint8_t)take(&in, 1);
	return 1;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	host_new(1);
	host_serve(EV_START);
	host.hook = lie;
	host_save();
	return 0;
}

static void ask(void)
{
	static uint32_t ids[CPU_MAX];
	unsigned int n;
	uint64_t done;
	enum err err = OK;

	switch (take(&in, 1) % 9) {
	case 0:
		msr_negotiate(&n);
		demand(n <= 0xff);
		break;
	case 1:
		(void)msr_hv_features();
		break;
	case 2:
		err = msr_psc(pa(HOST_SVSM_GPA + PAGE_2M), true);
		break;
	case 3:
		err = ghcb_psc(pa(HOST_SVSM_GPA + 2 * PAGE_2M), 1 + take(&in, 1) % 3, SIZE_2M, true,
			       &done);
		demand(done <= 3);
		break;
	case 4:
		err = ghcb_apic_ids(list, pa(HOST_SVSM_GPA), ids, &n);
		demand(err != OK || (n >= 1 && n <= CPU_MAX));
		break;
	case 5:
		err = ghcb_ap_create(0, 1, pa(HOST_GUEST_PAGES), 1, take(&in, 1) & 1);
		break;
	case 6:
		err = accept_more();
		demand(err == OK || err == ERR_HOST || err == ERR_RMP || err == ERR_NO_MEMORY);
		return;
	case 7:
		ghcb_out8(0x3f8, 'x');
		(void)ghcb_in8(0x3fd);
		break;
	default:
		ghcb_console("ab", 2);
		break;
	}
	demand(err == OK || err == ERR_HOST || err == ERR_STATE);
	hw_set_ghcb_msr(host.snp.vcpu[0].ghcb_gpa[0]); /* the MSR protocol is of bring-up alone */
}

static void all(void)
{
	truth = false;
	for (unsigned int n = 0; n < 12 && in.left > 0; n++)
		ask();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	int reason;

	in = (struct input){ bytes, count };
	memset(list, 0, sizeof(list));
	host_reset();
	host.lied = true;
	reason = host_stops(all);
	demand(reason == -1 || reason == REASON_GHCB_REPLY || reason == REASON_GHCB_VERSION ||
	       reason == REASON_PVALIDATE || reason == REASON_BUG);
	demand(reason != REASON_BUG || host.snp.terminated); /* the model has given up */
	truth = true;
	demand_sound();
	return 0;
}
