/* SPDX-License-Identifier: MIT */
/* Direct boot: the guest's pages at GUEST_AREA, its save area, its vCPU. [boot-abi 7] */
#include <string.h>
#include <svsm/accept.h>
#include <svsm/boot.h>
#include <svsm/cpuid.h>
#include <svsm/frame.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>
#include <svsm/secrets.h>
#include <svsm/vcpu.h>
#include <svsm/vmsa.h>

#define GDT_AT (GUEST_CC_BLOB + 0x80)
#define GDT_LIMIT 0x1fU

static union {
	uint8_t bytes[PAGE_4K];
	uint64_t words[512];
} page;

static bool put_page(uint64_t at)
{
	return hw_copy_out(pa(at), page.bytes, sizeof(page)) == OK;
}

static bool put_params(const struct boot *b)
{
	const struct ram_range svsm = { b->config.svsm_gpa, b->svsm_end };
	bool acpi = (b->config.flags & CONFIG_ACPI) != 0;

	return hw_copy_in(page.bytes, pa(GUEST_BOOT_PARAMS), sizeof(page)) == OK &&
	       boot_params_fill(page.bytes, &b->memory, &svsm, acpi) && put_page(GUEST_BOOT_PARAMS);
}

static bool put_secrets(const struct boot *b)
{
	const struct secrets_guest guest = {
		.svsm_base = b->config.svsm_gpa,
		.svsm_size = b->config.svsm_mem,
		.caa = GUEST_CAA,
		.vmpl = b->config.guest_vmpl,
	};
	bool ok;

	secrets_for_guest(page.bytes, &guest);
	ok = put_page(GUEST_SECRETS);
	memset(page.bytes, 0, sizeof(page));
	return ok;
}

static bool put_tables(void)
{
	for (unsigned int i = 0; i < GUEST_TABLE_PAGES; i++) {
		boot_params_table(page.words, i, 1ULL << cpuid_c_bit());
		if (!put_page(GUEST_TABLES + i * PAGE_4K))
			return false;
	}
	return true;
}

enum event boot_prepare(struct boot *b)
{
	if (!put_params(b))
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_BOOT_PARAMS);
	boot_params_blob(page.bytes);
	if (!put_page(GUEST_CC_BLOB))
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_CC_BLOB);
	if (!put_secrets(b))
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_SECRETS);
	if (hw_copy_out(pa(GUEST_CPUID), cpuid_page(), PAGE_4K) != OK)
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_CPUID);
	if (hw_zero(pa(GUEST_CAA), SIZE_4K) != OK)
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_CAA);
	if (!put_tables())
		return boot_refuse(b, REASON_GUEST_PAGE, GUEST_TABLES);
	return EV_DONE;
}

static enum err alloc(bool vmsa, pa_t *frame)
{
	struct frame_cpu *me = frame_cpu(hw_cpu());

	return vmsa ? frame_alloc_vmsa(me, frame) : frame_alloc(me, frame);
}

/* The first ones of the SVSM's memory are accepted for it. */
enum event boot_frame(struct boot *b, bool vmsa, pa_t *frame)
{
	enum err err = alloc(vmsa, frame);

	while (err == ERR_NO_MEMORY && (err = accept_more()) == OK)
		err = alloc(vmsa, frame);
	switch (err) {
	case OK:
		return EV_DONE;
	case ERR_HOST:
		return boot_refuse(b, REASON_PSC, 0);
	case ERR_RMP:
		return boot_refuse(b, REASON_PVALIDATE, 0);
	default:
		return boot_refuse(b, REASON_NO_MEMORY, 0);
	}
}

/* No VMPL may touch the page; target VMPL1, or the VMSA bit is ignored [snp-arch 2.6]. */
static bool put_vmsa(const struct boot *b, pa_t frame)
{
	const struct vmsa_guest guest = {
		.rip = b->config.kernel_entry,
		.rsi = GUEST_BOOT_PARAMS,
		.cr3 = GUEST_TABLES | 1ULL << cpuid_c_bit(),
		.gdt = GDT_AT,
		.gdt_limit = GDT_LIMIT,
		.vmpl = (uint8_t)b->config.guest_vmpl,
	};

	vmsa_build(page.bytes, &guest);
	return hw_copy_out(frame, page.bytes, sizeof(page)) == OK &&
	       hw_rmpadjust(frame, SIZE_4K, 1, PERM_NONE, true) == RMP_OK;
}

enum event boot_guest(struct boot *b)
{
	pa_t frame;

	if (boot_frame(b, true, &frame) != EV_DONE)
		return EV_FAILED;
	if (!put_vmsa(b, frame))
		return boot_refuse(b, REASON_RMPADJUST, frame.raw);
	if (ghcb_ap_create(BOOT_APIC_ID, b->config.guest_vmpl, frame, SEV_SNP_ACTIVE, false) != OK)
		return boot_refuse(b, REASON_AP_CREATION, frame.raw);
	b->vcpu = vcpu_boot(frame, pa(GUEST_CAA), b->config.guest_vmpl, BOOT_APIC_ID);
	return b->vcpu != NULL ? EV_DONE : boot_refuse(b, REASON_NO_MEMORY, 0);
}
