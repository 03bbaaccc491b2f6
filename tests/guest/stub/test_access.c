/* SPDX-License-Identifier: MIT */
/* What the RMP keeps the guest from, seen from the guest [snp-arch 3]. */
#include "stub.h"

#define SECRET 0x5ec2e7ULL

static uint64_t take_valid(void)
{
	uint64_t gpa = page_take_4k();

	if (!ghcb_psc_msr(gpa, PSC_PRIVATE) || list_validate(gpa) != OK)
		check_bail("no page");
	return gpa;
}

/* The image, of which the VMPLs below 0 have nothing. */
static void svsm_image(void)
{
	uint8_t *at = page_private(boot.svsm_base);

	probe_read(at);
	check(trap_refused() && (trap.error & (PF_WRITE | PF_FETCH)) == 0,
	      "[snp-arch 3] read of the SVSM's image: #PF by the RMP");
	probe_write(at + 8, SECRET);
	check(trap_refused() && (trap.error & PF_WRITE) != 0,
	      "[snp-arch 3] write to the SVSM's image: #PF by the RMP");
	probe_fetch(at + 16);
	check(trap_refused() && (trap.error & PF_FETCH) != 0,
	      "[snp-arch 3] fetch from the SVSM's image: #PF by the RMP");
	probe_write(page_shared(boot.svsm_base), SECRET);
	check(trap_refused() && (trap.error & PF_WRITE) != 0,
	      "[snp-arch 3] shared write to the SVSM's image: #PF by the RMP");
}

/* Memory the SVSM may not have accepted yet: not the guest's in any case. */
static void svsm_memory(void)
{
	uint64_t window = boot.svsm_size < 1ULL << 30 ? boot.svsm_size : 1ULL << 30;
	const uint64_t places[] = { window / 2, window / 4 * 3, window - PAGE_4K };

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint8_t *at = page_private(boot.svsm_base + places[i]);

		probe_read(at);
		check(trap.vector != TRAP_NONE, "[snp-arch 3] read of SVSM memory at +%#lx faults",
		      places[i]);
		probe_write(at, SECRET);
		check(trap.vector != TRAP_NONE, "[snp-arch 3] write to SVSM memory at +%#lx faults",
		      places[i]);
		probe_fetch(at);
		check(trap.vector != TRAP_NONE,
		      "[snp-arch 3] fetch from SVSM memory at +%#lx faults", places[i]);
	}
}

static void own_page(void)
{
	uint64_t gpa = take_valid(), word;
	volatile uint64_t *at = page_private(gpa);

	*at = SECRET;
	probe_write(page_shared(gpa), ~SECRET);
	check(trap_refused() && (trap.error & PF_WRITE) != 0,
	      "[snp-arch 3] shared write to a private page: #PF by the RMP");
	check_eq(*at, SECRET, "[snp-arch 3] and the page is as it was");
	word = probe_read(page_shared(gpa));
	check(trap.vector == TRAP_NONE && word != SECRET,
	      "[snp-arch 3] shared read of a private page does not show what is in it");
	check(trap_works(gpa), "[snp-arch 3] and private accesses still work");
}

/* Private -> shared -> private: nothing survives, nothing leaks. */
static void contents(void)
{
	uint64_t gpa = take_valid();
	bool leaked = false;

	page_fill(page_private(gpa), 7);
	check(list_rescind(gpa) == OK && ghcb_psc_msr(gpa, PSC_SHARED),
	      "[ghcb 5.4] a private page is shared");
	for (unsigned int i = 0; i < PAGE_4K / 8; i++)
		leaked |= ((volatile uint64_t *)page_shared(gpa))[i] ==
			  (7 + i) * 0x9e3779b97f4a7c15ULL;
	check(!leaked, "[snp-arch 3] what was in it does not show");
	probe_read(page_private(gpa));
	check(trap.vector == VECTOR_VC && trap.error == VC_NOT_VALIDATED,
	      "[snp-arch 3.3] private read of a shared page: #VC 0x404");
}

void test_access(void)
{
	svsm_image();
	svsm_memory();
	own_page();
	contents();
	check(call_core(CORE_QUERY_PROTOCOL, 1, 0, 0, REG_RCX) == OK,
	      "[svsm 6.6] the SVSM still answers");
}
