/* SPDX-License-Identifier: MIT */
/* The machine of boot_rig.h: sim/host's seam on memory as the packer lays it out. */
#include "boot_rig.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>

#define SVSM_SPA 0x4000000ULL
#define MEMORY (SVSM_SPA + HOST_SVSM_BYTES)
#define OWN_VMSA (HOST_SVSM_GPA + PAGE_4K)

#define GHCB_CODE 0x390U
#define GHCB_INFO1 0x398U
#define GHCB_INFO2 0x3a0U
#define GHCB_BUFFER 0x800U
#define GHCB_RAX 0x1f8U
#define GHCB_VALID 0x3f0U
#define GHCB_PSC 0x80000010ULL
#define GHCB_AP_CREATION 0x80000013ULL
#define GHCB_APIC_IDS 0x80000017ULL
#define FEATURE_APIC_IDS 0x10U

struct boot booted;
struct bootrig_hv bootrig_hv;

static struct {
	enum { NOTHING, BY_MSR, BY_GHCB, BY_PSC } how;
	uint64_t code, answer, info2;
} lie;

static uint8_t *memory(struct snp *m, uint64_t spa)
{
	(void)m;
	check(spa < MEMORY);
	host_touch(spa);
	return host.memory + spa;
}

static void port_out(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value)
{
	(void)m;
	(void)bytes;
	if (port == 0x3f8 && host.console_bytes < HOST_CONSOLE_BYTES - 1)
		host.console[host.console_bytes++] = (char)value;
}

static uint32_t port_in(struct snp *m, uint16_t port, unsigned int bytes)
{
	(void)m;
	(void)port;
	(void)bytes;
	return 0x60;
}

static void cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)m;
	(void)subleaf;
	if (leaf == 0)
		out[0] = 7;
	else if (leaf == 7)
		out[1] = 1U << 7 | 1U << 20; /* SMEP, SMAP */
	else if (leaf == 0x80000000)
		out[0] = 0x8000001f;
	else if (leaf == 0x80000008)
		out[0] = 48;
}

static const struct snp_ops ops = {
	.memory = memory, .port_in = port_in, .port_out = port_out, .cpuid = cpuid
};

static void launch(enum snp_page_type type, uint64_t gpa, uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++)
		check(snp_launch_page(&host.snp, NULL, type, gpa + i * PAGE_4K));
}

static void launch_firmware(void)
{
	launch(SNP_PAGE_NORMAL, LAUNCH_START32, 1);
	launch(SNP_PAGE_NORMAL, LAUNCH_TABLES, LAUNCH_TABLE_PAGES);
	launch(SNP_PAGE_CPUID, LAUNCH_CPUID, 1);
	launch(SNP_PAGE_SECRETS, LAUNCH_SECRETS, 1);
	launch(SNP_PAGE_NORMAL, LAUNCH_CONFIG, 1);
	launch(SNP_PAGE_UNMEASURED, LAUNCH_PARAMS, LAUNCH_PARAM_PAGES);
	launch(SNP_PAGE_NORMAL, HOST_SVSM_GPA, 1);
	snp_vmsa_reset(host_page(OWN_VMSA), 0, SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION);
	launch(SNP_PAGE_VMSA, OWN_VMSA, 1);
	launch(SNP_PAGE_NORMAL, OWN_VMSA + PAGE_4K, BOOTRIG_IMAGE_PAGES - 2);
	check(snp_gpa_to_spa(&host.snp, OWN_VMSA, &host.snp.vcpu[0].vmsa_spa[0]));
	host.snp.vcpu[0].vmsa_gpa[0] = OWN_VMSA;
}

static uint64_t word(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

static void reply(uint8_t *page, uint64_t info1, uint64_t info2)
{
	memcpy(page + GHCB_INFO1, &info1, sizeof(info1));
	memcpy(page + GHCB_INFO2, &info2, sizeof(info2));
}

static void tell_apic_ids(uint8_t *page)
{
	struct bootrig_hv *hv = &bootrig_hv;
	uint64_t rax = word(page, GHCB_RAX), at = word(page, GHCB_INFO1);
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
	memcpy(page + GHCB_RAX, &rax, sizeof(rax));
	memset(page + GHCB_VALID, has_rax ? 0xff : 0, 8);
	reply(page, 0, 0);
}

static void note_creation(uint8_t *page)
{
	struct bootrig_hv *hv = &bootrig_hv;

	check(hv->creations <= CPU_MAX);
	hv->created[hv->creations].info1 = word(page, GHCB_INFO1);
	hv->created[hv->creations].vmsa = word(page, GHCB_INFO2);
	hv->created[hv->creations].features = word(page, GHCB_RAX);
	reply(page, 0, 0);
	if (hv->refuse != 0 && hv->created[hv->creations].info1 == hv->refuse)
		reply(page, 2, 5);
	hv->creations++;
}

static bool by_rig(uint8_t *page, uint64_t code)
{
	if (bootrig_hv.cpus == 0)
		return false;
	if (code == GHCB_APIC_IDS)
		tell_apic_ids(page);
	else if (code == GHCB_AP_CREATION)
		note_creation(page);
	return code == GHCB_APIC_IDS || code == GHCB_AP_CREATION;
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
		code = word(page, GHCB_CODE);
	if (lie.how == NOTHING || code != lie.code)
		return by_rig(page, code);
	switch (lie.how) {
	case BY_MSR:
		host.snp.vcpu[host_cpu].ghcb_msr[0] = lie.answer;
		break;
	case BY_PSC:
		memcpy(page + GHCB_BUFFER, &lie.answer, sizeof(lie.answer));
		memset(page + GHCB_INFO1, 0, 8);
		memcpy(page + GHCB_INFO2, &lie.info2, sizeof(lie.info2));
		break;
	default:
		memcpy(page + GHCB_INFO1, &lie.answer, sizeof(lie.answer));
		memcpy(page + GHCB_INFO2, &lie.info2, sizeof(lie.info2));
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
	lie.code = GHCB_PSC;
	lie.answer = header;
	lie.info2 = info2;
}

struct svsm_config *bootrig_config(void)
{
	return (void *)host_page(LAUNCH_CONFIG);
}

struct launch_params *bootrig_params(void)
{
	return (void *)host_page(LAUNCH_PARAMS);
}

static void configure(unsigned int vmpl)
{
	*bootrig_config() = (struct svsm_config){
		.magic = CONFIG_MAGIC,
		.bytes = sizeof(struct svsm_config),
		.flags = CONFIG_ACCEPT_RAM,
		.svsm_gpa = HOST_SVSM_GPA,
		.svsm_mem = HOST_SVSM_BYTES,
		.image_bytes = BOOTRIG_IMAGE_PAGES * PAGE_4K,
		.entry = IMAGE_VA,
		.guest_vmpl = vmpl,
		.range_count = 2,
		.kernel_entry = BOOTRIG_KERNEL + 0x200,
		.kernel_end = BOOTRIG_KERNEL + 0x400000,
		.range = { { GUEST_BOOT_PARAMS, 12 }, { BOOTRIG_KERNEL, BOOTRIG_KERNEL_PAGES } },
	};
	bootrig_params()->map[0].pages = BOOTRIG_RAM / PAGE_4K;
}

void bootrig_new(unsigned int vmpl)
{
	host.vmpl = vmpl;
	host.memory = aligned_alloc(PAGE_4K, MEMORY);
	host.rmp = calloc(MEMORY / PAGE_4K, sizeof(*host.rmp));
	check(host.memory != NULL && host.rmp != NULL);
	memset(host.memory, 0xcc, MEMORY);
	snp_init(&host.snp, &ops, host.rmp, 0, MEMORY / PAGE_4K, 51);
	for (unsigned int i = 0; i < sizeof(host.snp.vmpck); i++)
		((uint8_t *)host.snp.vmpck)[i] = (uint8_t)(0x80 + i);
	check(snp_add_slot(&host.snp, 0, 0, BOOTRIG_RAM));
	check(snp_add_slot(&host.snp, HOST_SVSM_GPA, SVSM_SPA, HOST_SVSM_BYTES));
	memset(host_page(LAUNCH_CONFIG), 0, PAGE_4K);
	memset(host_page(LAUNCH_PARAMS), 0, PAGE_4K);
	memset(host_page(GUEST_BOOT_PARAMS), 0, PAGE_4K);
	configure(vmpl);
	launch_firmware();
	launch(SNP_PAGE_NORMAL, GUEST_BOOT_PARAMS, 12);
	launch(SNP_PAGE_NORMAL, BOOTRIG_KERNEL, BOOTRIG_KERNEL_PAGES);
	host.hook = tell;
}

void bootrig_run(void)
{
	enum event ev = EV_START;

	boot_init(&booted);
	while (ev != EV_NONE)
		ev = boot_advance(&booted, ev);
}
