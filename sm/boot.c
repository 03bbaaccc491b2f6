/* SPDX-License-Identifier: MIT */
/* Bring-up up to a GHCB: what was launched, what the CPU and the hypervisor are. */
#include <string.h>
#include <svsm/boot.h>
#include <svsm/cpuid.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>
#include <svsm/ring.h>
#include <svsm/secrets.h>
#include <svsm/vcpu.h>
#include <svsm/vmsa.h>

#define HV_REQUIRED (HV_SNP | HV_AP_CREATION | HV_MULTI_VMPL)

#define LEAF7_EBX_SMEP (1U << 7)
#define LEAF7_EBX_SMAP (1U << 20)
#define LEAF7_ECX_UMIP (1U << 2)
#define LEAF_8000_0008_EBX_INVLPGB (1U << 3)

static struct boot boot;
static uint8_t page[PAGE_4K] __attribute__((aligned(8)));

enum event boot_advance(struct boot *b, enum event ev)
{
	ring_append(MACHINE_BOOT, 0, b->at, ev, 0);
	return boot_step(b, ev);
}

_Noreturn void sm_main(void)
{
	enum event ev = EV_START;

	boot_init(&boot);
	while (ev != EV_NONE)
		ev = boot_advance(&boot, ev);
	vcpu_cpu_run();
}

enum event boot_refuse(struct boot *b, enum reason reason, uint64_t detail)
{
	b->reason = reason;
	b->detail = detail;
	return EV_FAILED;
}

enum event boot_stop(struct boot *b)
{
	hw_stop(b->reason, b->detail);
}

enum event boot_wrong(struct boot *b, enum event ev)
{
	hw_stop(REASON_MACHINE, (uint64_t)b->at << 32 | (uint64_t)ev);
}

enum event boot_ready(struct boot *b)
{
	cpu_seal();
	log_line("guest at VMPL%u, entry 0x%llx", b->config.guest_vmpl,
		 (unsigned long long)b->config.kernel_entry);
	return boot_start_cpus(b) == EV_DONE ? EV_NONE : EV_FAILED;
}

enum event boot_config(struct boot *b)
{
	if (hw_copy_in(&b->config, pa(LAUNCH_CONFIG), sizeof(b->config)) != OK ||
	    !boot_config_check(&b->config))
		return boot_refuse(b, REASON_CONFIG, 0);
	b->image_end = align_up(b->config.svsm_gpa + b->config.image_bytes, PAGE_2M);
	b->svsm_end = b->config.svsm_gpa + b->config.svsm_mem;
	log_set_verbose((b->config.flags & CONFIG_VERBOSE) != 0);
	return EV_DONE;
}

enum event boot_cpuid(struct boot *b)
{
	unsigned int c_bit;

	if (hw_copy_in(page, pa(LAUNCH_CPUID), sizeof(page)) != OK || cpuid_load(page) != OK)
		return boot_refuse(b, REASON_CPUID_PAGE, 0);
	c_bit = cpuid_c_bit();
	if (c_bit < 32 || c_bit > 51)
		return boot_refuse(b, REASON_C_BIT, c_bit);
	if (b->svsm_end > 1ULL << cpuid_address_bits() || b->svsm_end > 1ULL << WINDOW_BITS)
		return boot_refuse(b, REASON_CONFIG, b->svsm_end);
	return EV_DONE;
}

/*
 * Restricted injection is required: without it the hypervisor could inject
 * any vector at VMPL0, and pretend exceptions that never happened. What may
 * be on besides changes nothing the firmware would have to know. [snp-arch 5]
 */
#define FEATURES_REQUIRED (SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION)
#define FEATURES_ALLOWED                                                                           \
	(FEATURES_REQUIRED | SEV_DEBUG_VIRTUALIZATION | SEV_PREVENT_HOST_IBS | SEV_BTB_ISOLATION | \
	 SEV_SMT_PROTECTION | SEV_IBPB_ON_ENTRY)

bool boot_features_check(uint64_t sev_status, enum reason *why)
{
	uint64_t features = sev_status >> 2;

	if ((features & SEV_SNP_ACTIVE) == 0)
		*why = REASON_NOT_SNP;
	else if ((features & FEATURES_REQUIRED) != FEATURES_REQUIRED)
		*why = REASON_FEATURES_MISSING;
	else if ((features & ~FEATURES_ALLOWED) != 0)
		*why = REASON_FEATURES_UNKNOWN;
	else
		return true;
	return false;
}

/* VMPL0 alone may take VMPL1's rights to a page away [snp-arch 2.5]. */
static bool is_vmpl0(void)
{
	return hw_rmpadjust(pa(LAUNCH_CONFIG), SIZE_4K, 1, PERM_NONE, false) == RMP_OK;
}

enum event boot_features(struct boot *b)
{
	const struct cpuid_regs leaf7 = cpuid_get(7, 0);
	unsigned int vmpls = cpuid_get(0x8000001f, 0).ebx >> 12 & 0xf;
	uint64_t status = hw_sev_status();
	enum reason why;

	if (!boot_features_check(status, &why))
		return boot_refuse(b, why, status);
	if (!is_vmpl0())
		return boot_refuse(b, REASON_NOT_VMPL0, 0);
	if ((cpuid_get(0x80000008, 0).ebx & LEAF_8000_0008_EBX_INVLPGB) == 0)
		return boot_refuse(b, REASON_NO_INVLPGB, 0);
	if ((leaf7.ebx & LEAF7_EBX_SMEP) == 0 || (leaf7.ebx & LEAF7_EBX_SMAP) == 0)
		return boot_refuse(b, REASON_CPU, leaf7.ebx);
	if (b->config.guest_vmpl >= vmpls)
		return boot_refuse(b, REASON_VMPLS, vmpls);
	cpu_protect((leaf7.ecx & LEAF7_ECX_UMIP) != 0);
	return EV_DONE;
}

enum event boot_negotiate(struct boot *b)
{
	unsigned int c_bit;

	msr_negotiate(&c_bit);
	if (c_bit != cpuid_c_bit())
		return boot_refuse(b, REASON_C_BIT, c_bit);
	b->hv_features = msr_hv_features();
	if ((b->hv_features & HV_REQUIRED) != HV_REQUIRED)
		return boot_refuse(b, REASON_HV_FEATURES, b->hv_features);
	return EV_DONE;
}

enum event boot_ghcb(struct boot *b)
{
	void *va;
	pa_t at;

	switch (cpu_share_ghcb(hw_cpu(), &va, &at)) {
	case OK:
		break;
	case ERR_HOST:
		return boot_refuse(b, REASON_PSC, at.raw);
	default:
		return boot_refuse(b, REASON_PVALIDATE, at.raw);
	}
	if (ghcb_init(va, at) != OK)
		return boot_refuse(b, REASON_GHCB_REGISTER, at.raw);
	log_verbose("C-bit %u, %u address bits, SEV_STATUS 0x%llx", cpuid_c_bit(),
		    cpuid_address_bits(), (unsigned long long)hw_sev_status());
	return EV_DONE;
}

/* The launch page is wiped at once: from here on there is one copy of the keys. */
enum event boot_secrets(struct boot *b)
{
	enum err copied = hw_copy_in(page, pa(LAUNCH_SECRETS), sizeof(page));
	enum err loaded = secrets_load(page);

	memset(page, 0, sizeof(page));
	if (copied != OK || loaded != OK || hw_zero(pa(LAUNCH_SECRETS), SIZE_4K) != OK)
		return boot_refuse(b, REASON_SECRETS_PAGE, 0);
	return EV_DONE;
}
