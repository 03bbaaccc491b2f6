/* SPDX-License-Identifier: MIT */
/* Section 6.3: DELETE_VCPU, and a second vCPU that runs. */
#include "conf.h"

#define QUERY_CORE 1ULL
#define SOME_WORD 0x5a5aULL
#define ALL_OF_IT 0x1000000ULL

/* ---- 6.3: DELETE_VCPU -------------------------------------------------- */

static void deletes(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();
	struct call c;

	need(vcpu_create(vmsa, ca, ap_id) == OK, "CREATE_VCPU");
	call_set(&c, CORE_DELETE_VCPU, vmsa, 0x11, 0x22);
	call_clean(&c, 0);
	expect_rule(c.out.rax, r, "DELETE_VCPU");
	ap_clean_up();
	check_eq(ap_get(vmsa, VMSA_EFER, 8) & EFER_SVME, 0, "EFER.SVME afterwards");
	mem_is_ordinary(vmsa, "the save area's page");
	mem_is_ordinary(ca, "the calling area's page");
}

static void delete_bad(const struct rule *r)
{
	expect(vcpu_delete(bad_page.gpa), r->accept | bad_page.also, "DELETE_VCPU");
	check(call_works(), "calls work");
}

static void delete_misaligned(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	need(vcpu_create(vmsa, mem_valid(), ap_id) == OK, "CREATE_VCPU");
	expect_rule(vcpu_delete(vmsa + r->a), r, "DELETE_VCPU");
	check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU of the page itself");
}

static void delete_ordinary(const struct rule *r)
{
	uint64_t page = r->a == 0 ? mem_valid() : r->a == 1 ? call_ca : mem_private();

	expect_rule(vcpu_delete(page), r, "DELETE_VCPU");
	check(call_works(), "calls work");
	if (r->a == 0)
		mem_is_ordinary(page, "the page");
}

static void delete_twice(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	need(vcpu_create(vmsa, mem_valid(), ap_id) == OK, "CREATE_VCPU");
	need(vcpu_delete(vmsa) == OK, "DELETE_VCPU");
	expect_rule(vcpu_delete(vmsa), r, "DELETE_VCPU again");
	mem_is_ordinary(vmsa, "the page");
}

/*
 * Any page of the SVSM's could be the startup vCPU's save area: none may be
 * deleted. All of the first 16 MiB, where one that allocates upwards has it.
 */
static void delete_in_svsm(const struct rule *r)
{
	uint64_t step = boot.svsm_size / 512 & ~(PAGE_4K - 1);

	for (uint64_t at = 0; at < boot.svsm_size; at += at < ALL_OF_IT ? PAGE_4K : step)
		if (!expect_rule(vcpu_delete(boot.svsm_base + at), r, "DELETE_VCPU"))
			return;
	check(call_works(), "calls work");
}

static void again(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();

	(void)r;
	for (unsigned int i = 0; i < 20; i++) {
		ap_vmsa_fill(vmsa);
		check_eq(vcpu_create(vmsa, ca, ap_id), OK, "CREATE_VCPU %u", i);
		check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU %u", i);
	}
}

static const struct rule delete_rules[] = {
	{ "6.3", "the page and the calling area are ordinary again", deletes, R_OK,
	  .needs = NEED_CREATE },
	{ "6.3", "a page that no call may accept", delete_bad, R_PARAMETER | R_ADDRESS,
	  .needs = NEED_CREATE, .each = EACH_BAD_4K },
	{ "6.3", "misaligned by 1", delete_misaligned, R_PARAMETER | R_ADDRESS,
	  .strict = R_PARAMETER, .needs = NEED_CREATE, .a = 1 },
	{ "6.3", "misaligned by 8", delete_misaligned, R_PARAMETER | R_ADDRESS,
	  .strict = R_PARAMETER, .needs = NEED_CREATE, .a = 8 },
	{ "6.3", "misaligned by 0x800", delete_misaligned, R_PARAMETER | R_ADDRESS,
	  .strict = R_PARAMETER, .needs = NEED_CREATE, .a = 0x800 },
	{ "6.3", "a page that is no save area", delete_ordinary, R_PARAMETER, .needs = NEED_CREATE,
	  .a = 0 },
	{ "6.3", "the caller's calling area", delete_ordinary, R_PARAMETER, .needs = NEED_CREATE,
	  .a = 1 },
	{ "6.3", "a page that is not validated", delete_ordinary, R_PARAMETER, .needs = NEED_CREATE,
	  .a = 2 },
	{ "6.3", "twice", delete_twice, R_PARAMETER, .needs = NEED_CREATE },
	{ "6.3", "the startup vCPU's save area: any page of the SVSM's first 16 MiB",
	  delete_in_svsm, R_PARAMETER | R_ADDRESS, .strict = R_PARAMETER, .needs = NEED_CREATE },
	{ "6.3", "created and deleted twenty times", again, .needs = NEED_CREATE },
};

const struct group group_delete = { delete_rules, sizeof(delete_rules) / sizeof(delete_rules[0]) };

/* ---- a second vCPU that runs ------------------------------------------- */

static void runs(const struct rule *r)
{
	struct ap *ap = ap_start();

	expect_rule(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), r, "its QUERY_PROTOCOL");
	check(ap->call.out.rcx != 0, "its RCX");
	check_eq(ap->call.left, 0, "CALL_PENDING in its own calling area");
	check_eq(call_changed(&ap->call) & ~(REG_RAX | REG_RCX), 0, "its other registers");
	check(call_works(), "the first vCPU's calls");
}

static void own_area(const struct rule *r)
{
	struct ap *ap = ap_start();
	volatile uint8_t *first = page_private(call_ca);

	(void)r;
	first[0] = 0;
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), OK, "its call");
	check_eq(first[0], 0, "CALL_PENDING of the first vCPU");
	first[0] = 1;
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), OK, "its call");
	check_eq(first[0], 1, "a waiting request of the first vCPU is not the second's to answer");
	first[0] = 0;
}

static void moves_its_area(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t old = ap->ca, new = mem_valid();

	expect_rule(ap_call(ap, CORE_REMAP_CA, new, 0, 0), r, "its REMAP_CA");
	ap->ca = new;
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), OK, "its next call");
	mem_is_ordinary(old, "its old calling area");
	expect(list_rescind(new), R_ADDRESS, "its new calling area is rescinded");
}

/* What one rescinds, neither may reach any more: the other's TLB too. */
static void both_lose_it(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t gpa = mem_valid();

	(void)r;
	ap->at = gpa;
	ap_begin(ap, AP_READ);
	need(ap_wait(ap), "the second vCPU does not answer");
	check_eq(ap->vector, TRAP_NONE, "it reads the page");
	check_eq(list_rescind(gpa), OK, "rescinded by the first");
	ap_begin(ap, AP_READ);
	need(ap_wait(ap), "the second vCPU does not answer");
	check(ap->vector != TRAP_NONE, "it no longer reads the page");
	check_eq(list_validate(gpa), OK, "validated by the first");
	ap_begin(ap, AP_READ);
	need(ap_wait(ap), "the second vCPU does not answer");
	check_eq(ap->vector, TRAP_NONE, "it reads the page again");
}

static void its_save_area(const struct rule *r)
{
	struct ap *ap = ap_start();

	(void)r;
	(void)probe_write(page_private(ap->vmsa), SOME_WORD);
	check(trap_refused(), "the first vCPU's write to it is refused");
	ap->at = ap->vmsa;
	ap->value = SOME_WORD;
	ap_begin(ap, AP_WRITE);
	need(ap_wait(ap), "the second vCPU does not answer");
	check(ap->vector != TRAP_NONE, "and its own");
}

/* It spins at the guest's VMPL: deleted, or in use; never half of it. */
static void delete_running(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t result = vcpu_delete(ap->vmsa);

	expect_rule(result, r, "DELETE_VCPU");
	if (result == OK)
		check(trap_works(ap->vmsa), "its page is ordinary");
	else
		check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), OK, "it still calls");
}

static void delete_stopped(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t vmsa = ap->vmsa;

	need(ap_stop(ap), "AP_CREATION, destroy");
	expect_rule(vcpu_delete_soon(vmsa), r, "DELETE_VCPU");
	mem_is_ordinary(vmsa, "its page");
	mem_is_ordinary(ap->ca, "its calling area");
}

/* As Linux brings a CPU on line again: a new save area first, then the old one goes. */
static void replaced(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t old = ap->vmsa, new = ap_vmsa();

	need(ap_stop(ap), "AP_CREATION, destroy");
	expect_rule(vcpu_create(new, ap->ca, ap_id), r, "CREATE_VCPU with its calling area");
	need(ap_run(ap, new), "it does not start again");
	check_eq(vcpu_delete_soon(old), OK, "DELETE_VCPU of the old one");
	mem_is_ordinary(old, "the old save area's page");
	check_eq(ap_call(ap, CORE_QUERY_PROTOCOL, QUERY_CORE, 0, 0), OK, "it calls");
}

static void deletes_itself(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t vmsa = ap->vmsa;

	(void)r;
	call_set(&ap->call, CORE << 32 | CORE_DELETE_VCPU, vmsa, 0, 0);
	ap_begin(ap, AP_CALL);
	for (unsigned int i = 0; i < 2000 && !trap_works(vmsa); i++)
		for (unsigned int k = 0; k < 10000; k++)
			__builtin_ia32_pause();
	check(trap_works(vmsa), "its page is the guest's");
	check_eq(ap->work, AP_CALL, "it gets no return");
	/* Its page is open a moment before it is forgotten. */
	check_eq(vcpu_delete_soon(vmsa), INVALID_PARAMETER, "it is not there any more");
}

static const struct rule running_rules[] = {
	{ "6.2", "the new vCPU makes calls, in its own calling area", runs, R_OK,
	  .needs = NEED_CPU2 },
	{ "2", "each vCPU has its own calling area", own_area, .needs = NEED_CPU2 },
	{ "6.0", "REMAP_CA moves the calling vCPU's area alone", moves_its_area, R_OK,
	  .needs = NEED_CPU2 },
	{ "6.1", "a rescinded page is out of reach of every vCPU", both_lose_it,
	  .needs = NEED_CPU2 },
	{ "6.2", "a running vCPU's save area cannot be written", its_save_area,
	  .needs = NEED_CPU2 | NEED_REFLECT },
	{ "6.3", "a running vCPU is deleted, or in use", delete_running, R_OK | R_IN_USE,
	  .needs = NEED_CPU2 },
	{ "6.3", "a stopped vCPU is deleted", delete_stopped, R_OK, .needs = NEED_CPU2 },
	{ "6.2", "a new save area with the calling area of the one it replaces", replaced, R_OK,
	  .needs = NEED_CPU2 | NEED_STRICT },
	{ "6.3", "a vCPU that deletes itself gets no return", deletes_itself,
	  .needs = NEED_CPU2 | NEED_STRICT },
};

const struct group group_running = { running_rules,
				     sizeof(running_rules) / sizeof(running_rules[0]) };
