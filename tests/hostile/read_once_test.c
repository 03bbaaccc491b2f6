/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor that changes an answer after it was looked at. Each word of
 * the shared page is read once at most for each answer; and what it holds at a
 * second look, or outside what is looked at, makes no difference.
 */
#include "hostile.h"
#include "unit/boot_rig.h"

#include <snp/ghcb_page.h>
#include <snp/watch.h>
#include <svsm/accept.h>
#include <svsm/frame.h>

#define WORDS (PAGE_4K / 4) /* of 4 bytes, as APIC ids are */

static unsigned int reads[WORDS], answers, lists, most, looked;
static uint8_t *page;
static uint64_t list; /* of APIC ids, in a page of its own [ghcb 5.6]; 0: not asked for */

static void access_to(unsigned int offset, bool write)
{
	if (write)
		return;
	looked++;
	if (++reads[offset / 4] > most)
		most = reads[offset / 4];
	/* Whoever looks again, or at a part of it later, finds garbage. */
	if (reads[offset / 4] > 1)
		memset(page + offset / 4 * 4, 0xa7, 4);
}

static uint32_t before(const struct host_op *op)
{
	uint64_t code;

	if (op->kind != HOST_VMGEXIT)
		return 0;
	watch_page(NULL, NULL);
	list = 0;
	if ((op->gpa & (PAGE_4K - 1)) != 0)
		return 0;
	memcpy(&code, host_page(op->gpa) + GHCB_PAGE_CODE, sizeof(code));
	if (code == GHCB_NAE_APIC_IDS)
		memcpy(&list, host_page(op->gpa) + GHCB_PAGE_INFO1, sizeof(list));
	lists += list != 0;
	return 0;
}

/* From the answer to the next request. */
static void after(void)
{
	uint64_t msr = host.snp.vcpu[host_cpu].ghcb_msr[0];

	if ((msr & (PAGE_4K - 1)) != 0)
		return;
	memset(reads, 0, sizeof(reads));
	answers++;
	page = host_page(list != 0 ? list : msr);
	watch_page(page, access_to);
}

static void watch_all(void (*run)(void))
{
	host.hook = before;
	host.reply = after;
	run();
	watch_page(NULL, NULL);
	host.hook = NULL;
	host.reply = NULL;
	check(answers > 2);
	check(looked >= answers);
	check_eq(most, 1);
	check_sound();
}

declare_named(read_once_boot,
	      "hypervisor: bring-up, an answer changes after it was checked -> boots")
{
	bootrig_new(1);
	host.snp.vcpus = 2;
	host.snp.hv_features |= 0x10;
	bootrig_config()->flags = 0;
	watch_all(bootrig_run);
	check_eq(booted.at, BOOT_READY);
	check_eq(lists, 1);
}

static void serve(void)
{
	check_eq(host_create(1, VMSA_1, CA_1), SVSM_SUCCESS);
	check_eq(pv_one(V4(PAGE_NEW)), SVSM_SUCCESS);
	check_eq(host_call_on(1, &(struct host_registers){ .rax = SVSM_CORE_QUERY_PROTOCOL }),
		 SVSM_SUCCESS);
	check_eq(delete_vcpu(VMSA_1), SVSM_SUCCESS);
	host_enter_on(1);
}

declare_named(read_once_served,
	      "hypervisor: an answer changes after it was checked -> as it was at first")
{
	pa_t frame;

	two_ready(1);
	while (frame_alloc(frame_cpu(0), &frame) == OK)
		;
	watch_all(serve);
	check_alive();
}
