/* SPDX-License-Identifier: MIT */
/* The machine of boot_rig.h: sim/host's, and a hypervisor. */
#include "boot_rig.h"

#include "test.h"

#include <snp/ghcb_page.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>

#define FEATURE_APIC_IDS 0x10U

struct boot booted;
struct bootrig_hv bootrig_hv;

static struct {
	enum { NOTHING, BY_MSR, BY_GHCB, BY_PSC } how;
	uint64_t code, answer, info2;
} lie;

static uint64_t word(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

static void reply(uint8_t *page, uint64_t info1, uint64_t info2)
{
	memcpy(page + GHCB_PAGE_INFO1, &info1, sizeof(info1));
	memcpy(page + GHCB_PAGE_INFO2, &info2, sizeof(info2));
}

static void tell_apic_ids(uint8_t *page)
{
	struct bootrig_hv *hv = &bootrig_hv;
	uint64_t rax = word(page, GHCB_PAGE_RAX), at = word(page, GHCB_PAGE_INFO1);
	uint32_t *list = at != 0 ? (void *)host_page(at) : NULL;
	bool has_rax = true;

	check_eq(rax, hv->asked);
	check_eq(at != 0, hv->asked != 0);
	if (list != NULL) {
		memset(list, 0xee, PAGE_4K);
		list[0] = hv->cpus;
		memcpy(list + 1, hv->apic_id, sizeof(hv->apic_id));
	}
	rax = 1;
	if (hv->lie != NULL)
		hv->lie(hv->asked, list, &rax, &has_rax);
	hv->asked++;
	memcpy(page + GHCB_PAGE_RAX, &rax, sizeof(rax));
	memset(page + GHCB_PAGE_VALID, has_rax ? 0xff : 0, 8);
	reply(page, 0, 0);
}

static void note_creation(uint8_t *page)
{
	struct bootrig_hv *hv = &bootrig_hv;

	check(hv->creations <= CPU_MAX);
	hv->created[hv->creations].info1 = word(page, GHCB_PAGE_INFO1);
	hv->created[hv->creations].vmsa = word(page, GHCB_PAGE_INFO2);
	hv->created[hv->creations].features = word(page, GHCB_PAGE_RAX);
	reply(page, 0, 0);
	if (hv->refuse != 0 && hv->created[hv->creations].info1 == hv->refuse)
		reply(page, 2, 5);
	hv->creations++;
}

static bool by_rig(uint8_t *page, uint64_t code)
{
	if (bootrig_hv.cpus == 0)
		return false;
	if (code == GHCB_NAE_APIC_IDS)
		tell_apic_ids(page);
	else if (code == GHCB_NAE_AP_CREATION)
		note_creation(page);
	return code == GHCB_NAE_APIC_IDS || code == GHCB_NAE_AP_CREATION;
}

void bootrig_has_cpus(unsigned int cpus)
{
	bootrig_hv.cpus = cpus;
	for (unsigned int i = 0; i < CPU_MAX; i++)
		bootrig_hv.apic_id[i] = i;
	host.snp.hv_features |= FEATURE_APIC_IDS;
}

static uint32_t tell(const struct host_op *op)
{
	uint8_t *page = host_page(op->gpa & ~(PAGE_4K - 1));
	uint64_t code = op->gpa & 0xfff;

	if (op->kind != HOST_VMGEXIT)
		return 0;
	if (lie.how != BY_MSR && code == 0)
		code = word(page, GHCB_PAGE_CODE);
	if (lie.how == NOTHING || code != lie.code)
		return by_rig(page, code);
	switch (lie.how) {
	case BY_MSR:
		host.snp.vcpu[host_cpu].ghcb_msr[0] = lie.answer;
		break;
	case BY_PSC:
		memcpy(page + GHCB_PAGE_BUFFER, &lie.answer, sizeof(lie.answer));
		memset(page + GHCB_PAGE_INFO1, 0, 8);
		memcpy(page + GHCB_PAGE_INFO2, &lie.info2, sizeof(lie.info2));
		break;
	default:
		memcpy(page + GHCB_PAGE_INFO1, &lie.answer, sizeof(lie.answer));
		memcpy(page + GHCB_PAGE_INFO2, &lie.info2, sizeof(lie.info2));
		break;
	}
	lie.how = NOTHING;
	return 1;
}

void bootrig_answer_msr(unsigned int code, uint64_t answer)
{
	lie.how = BY_MSR;
	lie.code = code;
	lie.answer = answer;
}

void bootrig_answer_ghcb(uint64_t code, uint64_t info1, uint64_t info2)
{
	lie.how = BY_GHCB;
	lie.code = code;
	lie.answer = info1;
	lie.info2 = info2;
}

void bootrig_answer_psc(uint64_t header, uint64_t info2)
{
	lie.how = BY_PSC;
	lie.code = GHCB_NAE_PSC;
	lie.answer = header;
	lie.info2 = info2;
}

void bootrig_new(unsigned int vmpl)
{
	host_launched(vmpl, 0xcc);
	host.hook = tell;
}

void bootrig_run(void)
{
	enum event ev = EV_START;

	boot_init(&booted);
	while (ev != EV_NONE)
		ev = boot_advance(&booted, ev);
}
