/* SPDX-License-Identifier: MIT */
/* AP creation, RUN_VMPL, the APIC id list [ghcb 5.5 to 5.7]. */
#include "snp_rig.h"
#include "test.h"

#define SEV_INFO 0x0002000133000001ULL
#define VMSA_GPA 0x8000ULL

static struct snp *m;
static uint8_t *ghcb;

static struct {
	unsigned int calls, cpu;
} woken;

static void wake(struct snp *machine, unsigned int cpu)
{
	check(machine == m);
	woken.calls++;
	woken.cpu = cpu;
}

static void fresh(void)
{
	m = rig_new();
	m->vcpus = 2;
	m->vcpu[1].apic_id = 0x42;
	m->hv_features |= 0x10;
	m->ops.wake = wake;
	woken.calls = 0;
	ghcb = rig_ghcb(m);
}

static enum snp_exit event(uint64_t code, uint64_t info1, uint64_t info2, uint64_t rax)
{
	rig_request(ghcb, code, info1, info2);
	rig_field(ghcb, GHCB_RAX, rax);
	return snp_vmgexit(m, 0);
}

static void answer(uint64_t out1, uint64_t out2)
{
	check_eq(rig_get(ghcb + GHCB_INFO1, 8), out1);
	check_eq(rig_get(ghcb + GHCB_INFO2, 8), out2);
}

#define CREATE(apic, vmpl, request) ((uint64_t)(apic) << 32 | (vmpl) << 16 | (request))

declare_test(snp_ap_creation_table)
{
	static const struct {
		uint64_t info1, info2, rax;
		bool ok;
	} rows[] = {
		{ CREATE(0, 1U, 1U), VMSA_GPA, 1, true },
		{ CREATE(0, 3U, 0U), VMSA_GPA, 1, true },
		{ CREATE(0x42, 1U, 1U), VMSA_GPA, 1, true },
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x9, true },
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x2080e9, true }, /* all that are offered */
		{ CREATE(0, 4U, 1U), VMSA_GPA, 1, false },
		{ CREATE(0, 1U, 3U), VMSA_GPA, 1, false },
		{ CREATE(0, 1U, 1U) | 1U << 20, VMSA_GPA, 1, false },
		{ CREATE(1, 1U, 1U), VMSA_GPA, 1, false }, /* no such APIC id */
		{ CREATE(0, 1U, 1U), VMSA_GPA + 8, 1, false },
		{ CREATE(0, 1U, 1U), RIG_REGION, 1, false }, /* erratum 1467 */
		{ CREATE(0, 1U, 1U), RIG_NO_SLOT + 0x1000, 1, false },
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0, false },	 /* not SNP */
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x3, false },	 /* vTOM */
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x11, false },	 /* alternate injection */
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x4001, false },	 /* VmsaRegProt */
		{ CREATE(0, 1U, 1U), VMSA_GPA, 0x10001, false }, /* Secure AVIC */
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int cpu = rows[i].info1 >> 32 == 0x42, vmpl = rows[i].info1 >> 16 & 7;

		vmpl = vmpl < SNP_VMPLS ? vmpl : SNP_VMPLS - 1;
		fresh();
		m->vcpu[cpu].ghcb_gpa[vmpl] = 0x1234000;
		check_eq(event(0x80000013, rows[i].info1, rows[i].info2, rows[i].rax), SNP_RESUME);
		check_eq(i << 8 | rig_get(ghcb + GHCB_INFO1, 1), i << 8 | (rows[i].ok ? 0 : 2));
		answer(rows[i].ok ? 0 : 2, rows[i].ok ? 0 : 5);
		check_eq(m->vcpu[cpu].vmsa_gpa[vmpl], rows[i].ok ? rows[i].info2 : 0);
		check_eq(m->vcpu[cpu].vmsa_spa[vmpl], rows[i].ok ? rows[i].info2 : 0);
		check_eq(m->vcpu[cpu].ghcb_gpa[vmpl], rows[i].ok ? ~0ULL : 0x1234000);
		check_eq(m->vcpu[1].created, rows[i].ok && cpu == 1);
		check_eq(woken.calls, rows[i].ok && cpu == 1);
		check_eq(m->vcpu[0].vmpl, 0);
	}
}

declare_test(snp_ap_create_and_destroy)
{
	fresh();
	check_eq(snp_next(m, 0), SNP_RESUME);
	check_eq(snp_next(m, 1), SNP_WAIT);
	event(0x80000013, CREATE(0x42, 2U, 0U), VMSA_GPA, 1); /* on INIT: not run yet */
	check_eq(snp_next(m, 1), SNP_WAIT);
	event(0x80000013, CREATE(0x42, 2U, 1U), VMSA_GPA, 1);
	check_eq(woken.calls, 1);
	check_eq(woken.cpu, 1);
	check_eq(snp_next(m, 1), SNP_SWITCH);
	check(m->vcpu[1].started && m->vcpu[1].vmpl == 2);
	check_eq(m->vcpu[1].ghcb_msr[2], SEV_INFO);
	check_eq(snp_next(m, 1), SNP_RESUME);
	event(0x80000013, CREATE(0x42, 1U, 2U), 0, 0); /* another VMPL: it runs on */
	check_eq(snp_next(m, 1), SNP_RESUME);
	check_eq(woken.calls, 1);
	event(0x80000013, CREATE(0x42, 2U, 2U), 0, 0);
	answer(0, 0);
	check_eq(woken.calls, 2);
	check_eq(m->vcpu[1].vmsa_spa[2], 0);
	check_eq(snp_next(m, 1), SNP_WAIT);
	/* the caller's own VMPL: its GHCB stays registered */
	event(0x80000013, CREATE(0, 0U, 1U), VMSA_GPA, 1);
	answer(0, 0);
	check_eq(m->vcpu[0].ghcb_gpa[0], RIG_GHCB);
	check_eq(m->count.nae_other, 5);
	check_eq(m->count.ap_created, 3);
	check_eq(m->count.ap_destroyed, 2);
	/* and without a VMSA there it does not come back */
	check_eq(event(0x80000013, CREATE(0, 0U, 2U), 0, 0), SNP_WAIT);
	answer(0, 0);
	check_eq(snp_next(m, 0), SNP_WAIT);
}

/* A VMSA that was destroyed before it was entered is not entered. */
declare_test(snp_ap_destroyed_in_time)
{
	fresh();
	event(0x80000013, CREATE(0x42, 2U, 1U), VMSA_GPA, 1);
	event(0x80000013, CREATE(0x42, 2U, 2U), 0, 0);
	check_eq(snp_next(m, 1), SNP_WAIT);
	event(0x80000013, CREATE(0x42, 2U, 1U), VMSA_GPA, 1);
	event(0x80000013, CREATE(0x42, 1U, 2U), 0, 0);
	check_eq(snp_next(m, 1), SNP_SWITCH);
}

/* Runs vCPU 1 at `vmpl` with a GHCB of its own. */
static uint8_t *run_second(unsigned int vmpl)
{
	fresh();
	m->vcpu[1].started = true;
	m->vcpu[1].vmpl = vmpl;
	m->vcpu[1].vmsa_spa[vmpl] = m->vcpu[1].vmsa_gpa[vmpl] = VMSA_GPA + SNP_PAGE;
	m->vcpu[1].ghcb_msr[vmpl] = m->vcpu[1].ghcb_gpa[vmpl] = RIG_GHCB + SNP_PAGE;
	return snp_gpa_memory(m, RIG_GHCB + SNP_PAGE);
}

/* Below VMPL0 a new VMSA replaces what runs, GHCB registration included. */
declare_test(snp_ap_created_while_guest_runs)
{
	run_second(1);
	event(0x80000013, CREATE(0x42, 1U, 1U), VMSA_GPA, 1);
	check_eq(woken.calls, 1);
	check_eq(m->vcpu[1].ghcb_gpa[1], RIG_GHCB + SNP_PAGE); /* not entered yet */
	check_eq(snp_next(m, 1), SNP_SWITCH);
	check_eq(m->vcpu[1].vmsa_gpa[1], VMSA_GPA);
	check_eq(m->vcpu[1].ghcb_gpa[1], ~0ULL);
	check_eq(m->vcpu[1].ghcb_msr[1], SEV_INFO);
	check_eq(snp_next(m, 1), SNP_RESUME);
}

/* VMPL0 is not interrupted: the VMSA is taken when it gives up the CPU. */
declare_test(snp_ap_created_while_vmpl0_runs)
{
	for (unsigned int by_hold = 0; by_hold < 2; by_hold++) {
		uint8_t *other = run_second(0);

		rig_vmsa(m, VMSA_GPA, 1);
		event(0x80000013, CREATE(0x42, 1U, 1U), VMSA_GPA, 1);
		check_eq(snp_next(m, 1), SNP_RESUME);
		rig_request(other, by_hold ? 0x80000004 : 0x80000018, by_hold ? 0 : 1, 0);
		check_eq(snp_vmgexit(m, 1), SNP_SWITCH);
		check_eq(rig_get(other + GHCB_INFO1, 8), 0);
		check_eq(rig_get(other + GHCB_INFO2, 8), 0);
		check_eq(m->vcpu[1].vmpl, 1);
		check_eq(snp_next(m, 1), SNP_RESUME); /* once only */
	}
}

/* Another VMPL than the one VMPL0 enters is taken right behind that. */
declare_test(snp_ap_created_for_another_vmpl)
{
	uint8_t *other = run_second(0);

	rig_vmsa(m, VMSA_GPA, 1);
	event(0x80000013, CREATE(0x42, 1U, 0U), VMSA_GPA, 1);
	event(0x80000013, CREATE(0x42, 2U, 1U), VMSA_GPA + 2 * SNP_PAGE, 1);
	rig_request(other, 0x80000018, 1, 0);
	check_eq(snp_vmgexit(m, 1), SNP_SWITCH);
	check_eq(m->vcpu[1].vmpl, 1);
	check_eq(snp_next(m, 1), SNP_SWITCH);
	check_eq(m->vcpu[1].vmpl, 2);
}

/* Both forms: asleep, woken by AP_CREATION, resumed behind the VMGEXIT by RUN_VMPL. */
declare_test(snp_ap_reset_hold)
{
	for (unsigned int by_msr = 0; by_msr < 2; by_msr++) {
		uint8_t *other = run_second(0);

		rig_vmsa(m, VMSA_GPA, 1);
		rig_vmsa(m, VMSA_GPA + SNP_PAGE, 0);
		if (by_msr)
			m->vcpu[1].ghcb_msr[0] = 0x006;
		else
			rig_request(other, 0x80000004, 0, 0);
		check_eq(snp_vmgexit(m, 1), SNP_WAIT);
		check_eq(snp_next(m, 1), SNP_WAIT);
		if (by_msr)
			check_eq(m->vcpu[1].ghcb_msr[0], 0x007);
		check_eq(rig_get(other + GHCB_INFO1, 8), 0);
		check_eq(rig_get(other + GHCB_INFO2, 8), 0);
		event(0x80000013, CREATE(0x42, 1U, 1U), VMSA_GPA, 1);
		check_eq(snp_next(m, 1), SNP_SWITCH);
		check_eq(m->vcpu[1].vmpl, 1);
		m->vcpu[1].ghcb_msr[1] = 0x016; /* to VMPL0 */
		check_eq(snp_vmgexit(m, 1), SNP_SWITCH);
		check_eq(m->vcpu[1].vmpl, 0);
		check_eq(m->vcpu[1].ghcb_gpa[0], RIG_GHCB + SNP_PAGE);
		check_eq(m->count.ap_holds, 1);
		check_eq(m->count.switches, 1);
	}
}

/* Below VMPL0 a hold that AP_CREATION ends says so, and what held runs until it asks again. */
declare_test(snp_ap_reset_hold_answered)
{
	for (unsigned int vmpl = 1; vmpl < 3; vmpl++) {
		uint8_t *other = run_second(vmpl);

		rig_request(other, 0x80000004, 0, 0);
		check_eq(snp_vmgexit(m, 1), SNP_WAIT);
		check_eq(rig_get(other + GHCB_INFO2, 8), 0);
		event(0x80000013, CREATE(0x42, 1U, 1U), VMSA_GPA, 1);
		if (vmpl == 2) { /* another VMPL's: no reason to wake it */
			check_eq(snp_next(m, 1), SNP_SWITCH);
			check_eq(rig_get(other + GHCB_INFO2, 8), 0);
			continue;
		}
		check_eq(snp_next(m, 1), SNP_RESUME);
		check_eq(snp_next(m, 1), SNP_RESUME);
		check_eq(rig_get(other + GHCB_INFO1, 8), 0);
		check_eq(rig_get(other + GHCB_INFO2, 8), 1);
		check(rig_field_valid(other, GHCB_INFO2));
		m->vcpu[1].ghcb_msr[1] = 0x002;
		check_eq(snp_vmgexit(m, 1), SNP_RESUME);
		check_eq(snp_next(m, 1), SNP_SWITCH);
		check_eq(m->vcpu[1].ghcb_gpa[1], ~0ULL);
	}
}

/* A VMSA that runs stays one; that it ran when another took its place is not for ever. */
declare_test(snp_ap_replaced_vmsa_is_free)
{
	const struct snp_operand vmsa = rig_operand(VMSA_GPA + SNP_PAGE);
	const struct snp_rmpupdate gone = { .assigned = false };

	run_second(1);
	rig_vmsa(m, VMSA_GPA + SNP_PAGE, 1);
	check_eq(snp_vmrun(m, 1), 0);
	event(0x80000013, CREATE(0x42, 1U, 1U), VMSA_GPA, 1);
	check_eq(snp_rmpupdate(m, VMSA_GPA + SNP_PAGE, &gone), SNP_FAIL_INUSE);
	check_eq(snp_rmpadjust(m, 0, &vmsa, 0, 1).eax, SNP_FAIL_INUSE);
	check(snp_rmp(m, VMSA_GPA + SNP_PAGE)->vmsa);
	snp_vmexit(m, 1);
	check_eq(snp_rmpadjust(m, 0, &vmsa, 0, 0x10001).eax, SNP_OK);
	check_eq(snp_rmpupdate(m, VMSA_GPA + SNP_PAGE, &gone), SNP_OK);
}

static void two_vmpls(void)
{
	fresh();
	rig_vmsa(m, VMSA_GPA, 1);
	rig_vmsa(m, VMSA_GPA + SNP_PAGE, 0);
	m->vcpu[0].vmsa_spa[0] = m->vcpu[0].vmsa_gpa[0] = VMSA_GPA + SNP_PAGE;
	event(0x80000013, CREATE(0, 1U, 1U), VMSA_GPA, 1);
	answer(0, 0);
}

/* The response is in the caller's GHCB before the other VMPL runs. */
declare_test(snp_run_vmpl_there_and_back)
{
	uint8_t *other;

	two_vmpls();
	check_eq(event(0x80000018, 1, 0, 0), SNP_SWITCH);
	answer(0, 0);
	check_eq(m->vcpu[0].vmpl, 1);
	check_eq(m->vcpu[0].ghcb_msr[1], SEV_INFO);
	check_eq(m->vcpu[0].ghcb_msr[0], RIG_GHCB);
	other = snp_gpa_memory(m, RIG_GHCB + SNP_PAGE);
	m->vcpu[0].ghcb_msr[1] = m->vcpu[0].ghcb_gpa[1] = RIG_GHCB + SNP_PAGE;
	rig_request(other, 0x80000018, 0, 0);
	check_eq(snp_vmgexit(m, 0), SNP_SWITCH);
	check_eq(m->vcpu[0].vmpl, 0);
	check_eq(m->count.switches, 2);
	check_eq(m->count.nae_run_vmpl, 2);
}

declare_test(snp_run_vmpl_refused)
{
	uint8_t *vmsa;

	two_vmpls();
	vmsa = snp_gpa_memory(m, VMSA_GPA);
	check(snp_page_state(m, 0, false, true));
	snp_vmsa_reset(snp_gpa_memory(m, 0), 0, 1);
	snp_gpa_memory(m, 0)[0xca] = 2;
	snp_rmp(m, 0)->vmsa = 1;
	check_eq(event(0x80000018, 2, 0, 0), SNP_RESUME); /* none registered: 0 is no address */
	answer(2, 0);
	event(0x80000018, 4, 0, 0);
	answer(2, 0);
	check_eq(event(0x80000018, 0, 0, 0), SNP_RESUME); /* itself: fine, no switch */
	answer(0, 0);
	vmsa[0xca] = 2; /* of another VMPL */
	check_eq(event(0x80000018, 1, 0, 0), SNP_RESUME);
	answer(2, 0);
	vmsa[0xca] = 1;
	rig_put(vmsa + 0xd0, 0, 8); /* SVME off: parked */
	event(0x80000018, 1, 0, 0);
	answer(2, 0);
	rig_put(vmsa + 0xd0, 0x1000, 8);
	check_eq(event(0x80000018, 1, 0, 0), SNP_SWITCH);
	check_eq(m->count.switches, 1);
}

/* A switch empties the TLB, unless the test mode says no. */
declare_test(snp_run_vmpl_and_tlb)
{
	for (unsigned int keep = 0; keep < 2; keep++) {
		two_vmpls();
		m->switch_keeps_tlb = keep != 0;
		check(snp_page_state(m, RIG_PAGE, false, true));
		rig_accept(m, RIG_PAGE, false);
		check_eq(snp_access(m, 0, RIG_PAGE, true, SNP_WRITE).outcome, SNP_ACCESS_OK);
		snp_rmp(m, RIG_PAGE)->validated = 0;
		check_eq(event(0x80000018, 1, 0, 0), SNP_SWITCH);
		m->vcpu[0].vmpl = 0;
		check_eq(snp_access(m, 0, RIG_PAGE, true, SNP_WRITE).outcome,
			 keep ? SNP_ACCESS_OK : SNP_ACCESS_VC);
	}
}

declare_test(snp_apic_ids)
{
	const uint64_t list = 0x20000;

	fresh();
	event(0x80000017, 0, 0, 0);
	answer(0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 1);
	event(0x80000017, list, 0, 0); /* too small */
	answer(0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 1);
	check_eq(rig_get(snp_gpa_memory(m, list), 8), 0);
	event(0x80000017, list, 0, 3);
	answer(0, 0);
	check_eq(rig_get(ghcb + GHCB_RAX, 8), 3);
	check_eq(rig_get(snp_gpa_memory(m, list), 4), 2);
	check_eq(rig_get(snp_gpa_memory(m, list) + 4, 4), 0);
	check_eq(rig_get(snp_gpa_memory(m, list) + 8, 4), 0x42);
	event(0x80000017, list + 8, 0, 1);
	answer(2, 5);
	event(0x80000017, RIG_NO_SLOT, 0, 1);
	answer(2, 5);
	check(snp_page_state(m, list, false, true)); /* the host may not write there */
	event(0x80000017, list, 0, 1);
	answer(2, 5);
}
