/* SPDX-License-Identifier: MIT */
/* Section 1: what the SVSM tells its guest in the secrets page, and what it keeps from it. */
#include "conf.h"

#define KEY(n) (boot.secrets + SECRETS_VMPCK + (n)*SECRETS_VMPCK_BYTES)
#define SVSM_END (boot.svsm_base + boot.svsm_size)

static bool zero(const uint8_t *p, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void size(const struct rule *r)
{
	(void)r;
	check(boot.svsm_size != 0, "SVSM_SIZE is 0");
	check_eq(boot.svsm_size % PAGE_4K, 0, "SVSM_SIZE modulo 4 KiB");
	check(SVSM_END > boot.svsm_base, "the range wraps");
}

static void base(const struct rule *r)
{
	(void)r;
	check_eq(boot.svsm_base % PAGE_4K, 0, "SVSM_BASE modulo 4 KiB");
	check((SVSM_END - 1) < boot.c_bit, "the range reaches the C-bit");
}

static void caa_aligned(const struct rule *r)
{
	(void)r;
	check_eq(boot.caa % PAGE_4K, 0, "SVSM_CAA modulo 4 KiB");
}

static void caa_outside(const struct rule *r)
{
	(void)r;
	check(boot.caa < boot.svsm_base || boot.caa >= SVSM_END, "SVSM_CAA in the SVSM's range");
}

static void caa_open(const struct rule *r)
{
	uint64_t *last = (uint64_t *)page_private(boot.caa) + PAGE_4K / 8 - 1, old = *last;

	(void)r;
	probe_write(last, 0xc3c3c3c3c3c3c3c3);
	check_eq(trap.vector, TRAP_NONE, "a write");
	check_eq(probe_read(last), 0xc3c3c3c3c3c3c3c3, "what is read then");
	probe_fetch(last);
	check_eq(trap.vector, TRAP_NONE, "a fetch");
	*last = old;
}

/* The suite has made its first calls by now; the words behind byte 8 are its own. */
static void caa_idle(const struct rule *r)
{
	(void)r;
	check(zero((const uint8_t *)page_private(boot.caa), 1), "CALL_PENDING before a call");
}

static void version(const struct rule *r)
{
	(void)r;
	check(get(boot.secrets + SECRETS_SVSM_MAX_VERSION, 4) >= 1, "SVSM_MAX_VERSION is 0");
}

static void version_query(const struct rule *r)
{
	uint64_t max = get(boot.secrets + SECRETS_SVSM_MAX_VERSION, 4);

	(void)r;
	check_eq(call_core(CORE_QUERY_PROTOCOL, max, 0, 0, REG_RCX), OK, "QUERY_PROTOCOL");
	check_eq(call_last.out.rcx >> 32, max, "its highest version of the core protocol");
}

static void version_one(const struct rule *r)
{
	(void)r;
	check_eq(get(boot.secrets + SECRETS_SVSM_MAX_VERSION, 4), 1, "SVSM_MAX_VERSION");
}

static void vmpl(const struct rule *r)
{
	(void)r;
	check(boot.vmpl >= 1 && boot.vmpl < VMPLS, "SVSM_GUEST_VMPL");
}

static void reserved(const struct rule *r)
{
	(void)r;
	check(zero(boot.secrets + SECRETS_SVSM_GUEST_VMPL + 1, 3), "reserved bytes");
}

static void key_zero(const struct rule *r)
{
	if (r->a >= boot.vmpl)
		skip("the guest's VMPL is not below that");
	check(zero(KEY(r->a), SECRETS_VMPCK_BYTES), "the key is there");
}

static void key_own(const struct rule *r)
{
	(void)r;
	check(!zero(KEY(boot.vmpl), SECRETS_VMPCK_BYTES), "the key is zero");
}

static void page_version(const struct rule *r)
{
	(void)r;
	check(!zero(boot.secrets, 4), "the version of the secrets page is 0");
}

static void cpuid_page(const struct rule *r)
{
	uint64_t count = get(boot.cpuid, 4);

	(void)r;
	check(count > 0 && count <= CPUID_MAX, "count");
	check(zero(boot.cpuid + 4, 12), "reserved bytes");
	check_eq(boot.c_leaf, 1, "how often leaf 0x8000001f is there");
	check_eq(boot.sev_leaf & CPUID_SEV_BITS, CPUID_SEV_BITS, "SEV, SEV-ES, SEV-SNP, VMPL");
}

static void not_vmpl0(const struct rule *r)
{
	(void)r;
	check(probe_rmpadjust(page_private(mem_valid()), 0, 1) != 0 || trap.vector != TRAP_NONE,
	      "RMPADJUST of VMPL1 succeeds: this is VMPL0");
}

static void no_pvalidate(const struct rule *r)
{
	uint64_t gpa = mem_valid();

	(void)r;
	probe_pvalidate(page_private(gpa), 0, 0);
	check(trap_works(gpa), "PVALIDATE below VMPL0 has taken the page away");
}

static void own_vmpl(const struct rule *r)
{
	(void)r;
	check_eq(probe_rmpadjust(page_private(mem_valid()), 0, boot.vmpl | PERM_RWX << 8),
		 RMP_FAIL_PERMISSION, "RMPADJUST of the own VMPL");
}

static void range_closed(const struct rule *r)
{
	uint64_t at = r->a == 0 ? boot.svsm_base : boot.svsm_base + boot.svsm_size - PAGE_4K;

	if (at - boot.svsm_base >= 1ULL << 30)
		at = boot.svsm_base + (1ULL << 30) - PAGE_4K;
	if (r->b == 0)
		probe_read(page_private(at));
	else if (r->b == 1)
		probe_write(page_private(at), 1);
	else
		probe_fetch(page_private(at));
	check(trap.vector != TRAP_NONE, "nothing happens");
}

static void range_shared(const struct rule *r)
{
	(void)r;
	probe_write(page_shared(boot.svsm_base), 1);
	check(trap.vector != TRAP_NONE, "nothing happens");
}

static void range_not_ram(const struct rule *r)
{
	(void)r;
	for (uint64_t at = boot.svsm_base; at < SVSM_END; at += PAGE_2M)
		if (boot_is_ram(at, at + PAGE_4K)) {
			check(false, "RAM at %#lx", at);
			return;
		}
}

static const struct rule rules[] = {
	{ "1.1", "secrets: SVSM_SIZE is not 0, whole pages, does not wrap", size },
	{ "1.1", "secrets: SVSM_BASE is at a page, the range below the C-bit", base },
	{ "1.1", "secrets: SVSM_CAA is at a page", caa_aligned },
	{ "1.1", "secrets: SVSM_CAA is outside the SVSM's range", caa_outside },
	{ "1.1", "the calling area's page can be read, written, executed", caa_open },
	{ "2", "CALL_PENDING is 0 between calls", caa_idle },
	{ "1.1", "secrets: SVSM_MAX_VERSION is at least 1", version },
	{ "1.1", "secrets: SVSM_MAX_VERSION is what QUERY_PROTOCOL says", version_query },
	{ "1.1", "secrets: SVSM_MAX_VERSION is 1", version_one, .needs = NEED_STRICT },
	{ "1.1", "secrets: SVSM_GUEST_VMPL is 1 to 3", vmpl },
	{ "1.1", "secrets: reserved bytes are 0", reserved },
	{ "1.1", "secrets: VMPCK0 is wiped", key_zero },
	{ "1.1", "secrets: VMPCK1 is wiped for a guest below VMPL1", key_zero, .a = 1,
	  .needs = NEED_STRICT },
	{ "1.1", "secrets: VMPCK2 is wiped for a guest below VMPL2", key_zero, .a = 2,
	  .needs = NEED_STRICT },
	{ "1.1", "secrets: the key of the guest's VMPL is there", key_own },
	{ "1.1", "secrets: what the PSP wrote is there", page_version },
	{ "1.1", "the CPUID page: count, reserved bytes, leaf 0x8000001f", cpuid_page },
	{ "1.2", "the guest is not at VMPL0", not_vmpl0 },
	{ "1.2", "the guest cannot change rights of its own VMPL", own_vmpl },
	{ "1.2", "PVALIDATE is not the guest's", no_pvalidate },
	{ "1.1", "SVSM's range: read of the first page faults", range_closed,
	  .needs = NEED_REFLECT },
	{ "1.1", "SVSM's range: write to the first page faults", range_closed,
	  .needs = NEED_REFLECT, .b = 1 },
	{ "1.1", "SVSM's range: fetch from the first page faults", range_closed,
	  .needs = NEED_REFLECT, .b = 2 },
	{ "1.1", "SVSM's range: read of the last page faults", range_closed, .needs = NEED_REFLECT,
	  .a = 1 },
	{ "1.1", "SVSM's range: write to the last page faults", range_closed, .needs = NEED_REFLECT,
	  .a = 1, .b = 1 },
	{ "1.1", "SVSM's range: shared write faults", range_shared, .needs = NEED_REFLECT },
	{ "1.1", "SVSM's range is not RAM in the memory map", range_not_ram, .needs = NEED_E820 },
};

GROUP(secrets);
