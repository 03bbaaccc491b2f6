/* SPDX-License-Identifier: MIT */
/* The machine as the launch leaves it, memory as the packer lays it out: see host.h. */
#include <snp/host.h>

#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>
#include <sys/mman.h>

#define SVSM_SPA (host_spa_bytes() - HOST_SVSM_BYTES)
#define OWN_VMSA (HOST_SVSM_GPA + PAGE_4K)
#define IMAGE_PAGES 4ULL

static void launch(enum snp_page_type type, uint64_t gpa, uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++)
		CHECK(snp_launch_page(&host.snp, NULL, type, gpa + i * PAGE_4K));
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
	launch(SNP_PAGE_NORMAL, OWN_VMSA + PAGE_4K, IMAGE_PAGES - 2);
	CHECK(snp_gpa_to_spa(&host.snp, OWN_VMSA, &host.snp.vcpu[0].vmsa_spa[0]));
	host.snp.vcpu[0].vmsa_gpa[0] = OWN_VMSA;
}

struct svsm_config *host_config(void)
{
	return (void *)host_page(LAUNCH_CONFIG);
}

struct launch_params *host_params(void)
{
	return (void *)host_page(LAUNCH_PARAMS);
}

static void configure(unsigned int vmpl)
{
	*host_config() = (struct svsm_config){
		.magic = CONFIG_MAGIC,
		.bytes = sizeof(struct svsm_config),
		.flags = CONFIG_ACCEPT_RAM,
		.svsm_gpa = HOST_SVSM_GPA,
		.svsm_mem = HOST_SVSM_BYTES,
		.image_bytes = IMAGE_PAGES * PAGE_4K,
		.entry = IMAGE_VA,
		.guest_vmpl = vmpl,
		.range_count = 2,
		.kernel_entry = HOST_KERNEL + 0x200,
		.kernel_end = HOST_KERNEL + 0x400000,
		.range = { { GUEST_BOOT_PARAMS, 12 }, { HOST_KERNEL, HOST_KERNEL_PAGES } },
	};
	host_params()->map[0].pages = HOST_RAM / PAGE_4K;
}

static uint8_t *filled(size_t bytes, uint8_t with)
{
	uint8_t *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(at != MAP_FAILED);
	if (with != 0)
		memset(at, with, bytes);
	return at;
}

void host_launched(unsigned int vmpl, uint8_t filling)
{
	const uint64_t frames = host_spa_bytes() / PAGE_4K;

	host.vmpl = vmpl;
	host.memory = filled(host_spa_bytes(), filling);
	host.rmp = (void *)filled(frames * sizeof(*host.rmp), 0);
	snp_init(&host.snp, &host_ops, host.rmp, 0, frames, HOST_CBIT);
	for (unsigned int i = 0; i < sizeof(host.snp.vmpck); i++)
		((uint8_t *)host.snp.vmpck)[i] = (uint8_t)(0x80 + i);
	CHECK(snp_add_slot(&host.snp, 0, 0, HOST_RAM));
	CHECK(snp_add_slot(&host.snp, HOST_SVSM_GPA, SVSM_SPA, HOST_SVSM_BYTES));
	memset(host_page(LAUNCH_CONFIG), 0, PAGE_4K);
	memset(host_page(LAUNCH_PARAMS), 0, PAGE_4K);
	memset(host_page(GUEST_BOOT_PARAMS), 0, PAGE_4K);
	configure(vmpl);
	launch_firmware();
	launch(SNP_PAGE_NORMAL, GUEST_BOOT_PARAMS, 12);
	launch(SNP_PAGE_NORMAL, HOST_KERNEL, HOST_KERNEL_PAGES);
}
