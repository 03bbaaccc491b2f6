/* SPDX-License-Identifier: MIT */
/* Sections 6.2 and 6.3: CREATE_VCPU, DELETE_VCPU, and a second vCPU that runs. */
#include "conf.h"

#define QUERY_CORE 1ULL
#define SOME_WORD 0x5a5aULL

/* ---- 6.2: CREATE_VCPU, nothing runs ------------------------------------ */

static void creates(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();
	struct call c;

	call_set(&c, CORE_CREATE_VCPU, vmsa, ca, ap_id | r->a);
	call_clean(&c, 0);
	if (expect_rule(c.out.rax, r, "CREATE_VCPU"))
		check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU");
	mem_is_ordinary(vmsa, "the save area's page afterwards");
	mem_is_ordinary(ca, "the calling area's page afterwards");
}

/* Pages that are refused stay the guest's. */
static void refused(const struct rule *r, uint64_t vmsa, uint64_t ca, uint64_t id)
{
	expect_rule(vcpu_create(vmsa, ca, id), r, "CREATE_VCPU");
	check(call_works(), "the caller still calls");
}

static void misaligned(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();

	refused(r, vmsa + r->a, ca + r->b, ap_id);
	mem_is_ordinary(vmsa, "the save area's page");
	mem_is_ordinary(ca, "the calling area's page");
}

static void at_2m(const struct rule *r)
{
	uint64_t vmsa = mem_small_2m();

	need(list_validate(vmsa) == OK, "validating a page");
	ap_vmsa_fill(vmsa);
	refused(r, vmsa, mem_valid(), ap_id);
	check(trap_works(vmsa), "the page is the guest's");
}

static void bad_vmsa(const struct rule *r)
{
	uint64_t ca = mem_valid();

	expect(vcpu_create(bad_page.gpa, ca, ap_id), r->accept | bad_page.also, "CREATE_VCPU");
	mem_is_ordinary(ca, "the calling area's page");
}

static void bad_ca(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	expect(vcpu_create(vmsa, bad_page.gpa, ap_id), r->accept | bad_page.also, "CREATE_VCPU");
	mem_is_ordinary(vmsa, "the save area's page");
}

static void same_page(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	refused(r, vmsa, vmsa, ap_id);
	mem_is_ordinary(vmsa, "the page");
}

static void callers_own(const struct rule *r)
{
	uint64_t page = r->a == 0 ? ap_vmsa() : mem_valid();

	refused(r, r->a == 0 ? page : call_ca, r->a == 0 ? call_ca : page, ap_id);
	mem_is_ordinary(page, "the other page");
}

static void not_valid(const struct rule *r)
{
	uint64_t gpa = r->b == 0 ? mem_private() : mem_shared(), other;

	if (r->a == 0) {
		other = mem_valid();
		refused(r, gpa, other, ap_id);
	} else {
		other = ap_vmsa();
		refused(r, other, gpa, ap_id);
	}
	mem_is_ordinary(other, "the other page");
}

static void unknown_id(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();

	refused(r, vmsa, ca, r->a);
	mem_is_ordinary(vmsa, "the save area's page");
	mem_is_ordinary(ca, "the calling area's page");
}

/* One field of the save area is wrong: a is where, b what, c how many bytes. */
static void bad_field(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();

	ap_put(vmsa, (unsigned int)r->a, r->b, (unsigned int)r->c);
	refused(r, vmsa, ca, ap_id);
	check_eq(ap_get(vmsa, (unsigned int)r->a, (unsigned int)r->c), r->b,
		 "the field afterwards");
	mem_is_ordinary(vmsa, "the save area's page");
	mem_is_ordinary(ca, "the calling area's page");
}

static void other_vmpl(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	ap_put(vmsa, VMSA_VMPL, boot.vmpl + r->a, 1);
	refused(r, vmsa, mem_valid(), ap_id);
	mem_is_ordinary(vmsa, "the save area's page");
}

static void twice(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid();

	need(vcpu_create(vmsa, ca, ap_id) == OK, "CREATE_VCPU");
	refused(r, r->a == 0 ? vmsa : ap_vmsa(), r->a == 0 ? mem_valid() : vmsa, ap_id);
	check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU");
}

/* A live save area: what the guest may still do with the page. */
static void live_page(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	need(vcpu_create(vmsa, mem_valid(), ap_id) == OK, "CREATE_VCPU");
	if (r->a == 0) {
		(void)probe_write(page_private(vmsa), SOME_WORD);
		check(trap_refused(), "a write to it is refused");
	} else {
		(void)probe_fetch(page_private(vmsa));
		check(trap_refused(), "execution of it is refused");
	}
	check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU");
}

/* The pages of a registered vCPU named in other calls: a is which, b the call. */
static void live_named(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid(), named;

	need(vcpu_create(vmsa, ca, ap_id) == OK, "CREATE_VCPU");
	named = r->a == 0 ? vmsa : ca;
	switch (r->b) {
	case 0:
		expect_rule(list_rescind(named), r, "PVALIDATE, rescind");
		break;
	case 1:
		expect_rule(list_validate(named), r, "PVALIDATE, validate");
		break;
	case 2:
		expect_rule(call_remap(named), r, "REMAP_CA");
		break;
	default:
		expect_rule(call_core(CORE_PVALIDATE, named, 0, 0, 0), r, "PVALIDATE, list there");
		break;
	}
	check(call_works(), "calls work");
	check_eq(vcpu_delete(vmsa), OK, "DELETE_VCPU");
	mem_is_ordinary(vmsa, "the save area's page afterwards");
}

static void many(const struct rule *r)
{
	uint64_t vmsa[16];

	(void)r;
	for (unsigned int i = 0; i < 16; i++) {
		vmsa[i] = ap_vmsa();
		check_eq(vcpu_create(vmsa[i], mem_valid(), ap_id), OK, "CREATE_VCPU %u", i);
	}
	for (unsigned int i = 0; i < 16; i++)
		check_eq(vcpu_delete(vmsa[i]), OK, "DELETE_VCPU %u", i);
}

#define CREATE_REFUSED(words, f, results, ...)                                                     \
	{                                                                                          \
		"6.2", words, f, results, .needs = NEED_CREATE, __VA_ARGS__                        \
	}
#define FIELD(words, at, value, bytes)                                                             \
	CREATE_REFUSED(words, bad_field, R_PARAMETER, .a = at, .b = value, .c = bytes)
#define ALIGNMENT (R_PARAMETER | R_ADDRESS) /* coconut: INVALID_ADDRESS */

static const struct rule create_rules[] = {
	{ "6.2", "a save area is registered, and deleted again", creates, R_OK,
	  .needs = NEED_CREATE },
	{ "6.2", "R8 bits 63:32 do not count", creates, R_OK, .needs = NEED_CREATE | NEED_STRICT,
	  .a = 1ULL << 32 },
	{ "6.2", "sixteen save areas for one APIC id", many, .needs = NEED_CREATE | NEED_STRICT },
	CREATE_REFUSED("VMSA misaligned by 8", misaligned, ALIGNMENT, .strict = R_PARAMETER,
		       .a = 8),
	CREATE_REFUSED("VMSA misaligned by 0x800", misaligned, ALIGNMENT, .strict = R_PARAMETER,
		       .a = 0x800),
	CREATE_REFUSED("calling area misaligned by 8", misaligned, ALIGNMENT, .strict = R_PARAMETER,
		       .b = 8),
	CREATE_REFUSED("calling area misaligned by 1", misaligned, ALIGNMENT, .strict = R_PARAMETER,
		       .b = 1),
	{ "6.2", "VMSA at a 2 MiB boundary (erratum)", at_2m, R_PARAMETER,
	  .needs = NEED_CREATE | NEED_STRICT },
	CREATE_REFUSED("VMSA", bad_vmsa, ALIGNMENT, .each = EACH_BAD_4K),
	CREATE_REFUSED("calling area", bad_ca, R_ADDRESS | R_PARAMETER, .each = EACH_BAD_4K),
	CREATE_REFUSED("VMSA and calling area in one page", same_page, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS),
	CREATE_REFUSED("the caller's calling area as calling area", callers_own,
		       R_ADDRESS | R_PARAMETER, .strict = R_ADDRESS, .a = 0),
	CREATE_REFUSED("the caller's calling area as VMSA", callers_own, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 1),
	CREATE_REFUSED("VMSA not validated", not_valid, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 0),
	CREATE_REFUSED("VMSA in shared memory", not_valid, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 0, .b = 1),
	CREATE_REFUSED("calling area not validated", not_valid, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 1),
	CREATE_REFUSED("calling area in shared memory", not_valid, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 1, .b = 1),
	CREATE_REFUSED("APIC id that does not exist", unknown_id, R_PARAMETER, .a = 0xfffffffe),
	CREATE_REFUSED("APIC id 0x7fffffff", unknown_id, R_PARAMETER, .a = 0x7fffffff),
	FIELD("VMSA.VMPL is 0", VMSA_VMPL, 0, 1),
	FIELD("VMSA.VMPL is 4", VMSA_VMPL, 4, 1),
	FIELD("VMSA.VMPL is 0xff", VMSA_VMPL, 0xff, 1),
	CREATE_REFUSED("VMSA.VMPL is one more", other_vmpl, R_PARAMETER | R_OK,
		       .strict = R_PARAMETER, .a = 1),
	CREATE_REFUSED("VMSA.VMPL is one less", other_vmpl, R_PARAMETER, .a = ~0ULL),
	FIELD("EFER.SVME is 0", VMSA_EFER, 0xd00, 8),
	FIELD("EFER is 0", VMSA_EFER, 0, 8),
	FIELD("SEV_FEATURES is 0", VMSA_SEV_FEATURES, 0, 8),
	FIELD("SEV_FEATURES has vTOM", VMSA_SEV_FEATURES, 0x3, 8),
	FIELD("SEV_FEATURES has ReflectVC", VMSA_SEV_FEATURES, 0x5, 8),
	FIELD("SEV_FEATURES has bit 63", VMSA_SEV_FEATURES, 0x8000000000000001, 8),
	CREATE_REFUSED("the same VMSA again", twice, R_ADDRESS | R_PARAMETER, .strict = R_ADDRESS,
		       .a = 0),
	CREATE_REFUSED("a live VMSA as calling area", twice, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 1),
	{ "6.2", "a live save area cannot be written", live_page,
	  .needs = NEED_CREATE | NEED_REFLECT, .a = 0 },
	{ "6.2", "a live save area cannot be executed", live_page,
	  .needs = NEED_CREATE | NEED_REFLECT, .a = 1 },
	CREATE_REFUSED("a live VMSA is rescinded", live_named, R_ADDRESS, .a = 0, .b = 0),
	CREATE_REFUSED("a live VMSA is validated", live_named, R_ADDRESS, .a = 0, .b = 1),
	CREATE_REFUSED("a live VMSA becomes the calling area", live_named, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 0, .b = 2),
	CREATE_REFUSED("a live VMSA holds the list", live_named, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 0, .b = 3),
	CREATE_REFUSED("another's calling area is rescinded", live_named, R_ADDRESS, .a = 1,
		       .b = 0),
	CREATE_REFUSED("another's calling area is validated", live_named, R_ADDRESS, .a = 1,
		       .b = 1),
	CREATE_REFUSED("another's calling area becomes the caller's", live_named,
		       R_ADDRESS | R_PARAMETER, .strict = R_ADDRESS, .a = 1, .b = 2),
	CREATE_REFUSED("another's calling area holds the list", live_named, R_ADDRESS | R_PARAMETER,
		       .strict = R_ADDRESS, .a = 1, .b = 3),
};

const struct group group_create = { create_rules, sizeof(create_rules) / sizeof(create_rules[0]) };

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

/* Any page of the SVSM's could be the startup vCPU's save area: none may be deleted. */
static void delete_in_svsm(const struct rule *r)
{
	for (uint64_t at = 0; at < boot.svsm_size; at += boot.svsm_size / 512 & ~(PAGE_4K - 1))
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
	{ "6.3", "the startup vCPU's save area, wherever it is in the SVSM's memory",
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
	uint64_t vmsa = ap->vmsa, result = IN_USE;

	need(ap_stop(ap), "AP_CREATION, destroy");
	for (unsigned int i = 0; i < 1000 && (result == IN_USE || result == BUSY); i++)
		result = vcpu_delete(vmsa);
	expect_rule(result, r, "DELETE_VCPU");
	mem_is_ordinary(vmsa, "its page");
	mem_is_ordinary(ap->ca, "its calling area");
}

/* As Linux brings a CPU on line again: a new save area first, then the old one goes. */
static void replaced(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t old = ap->vmsa, new = ap_vmsa(), result = IN_USE;

	need(ap_stop(ap), "AP_CREATION, destroy");
	expect_rule(vcpu_create(new, ap->ca, ap_id), r, "CREATE_VCPU with its calling area");
	need(ap_run(ap, new), "it does not start again");
	for (unsigned int i = 0; i < 1000 && (result == IN_USE || result == BUSY); i++)
		result = vcpu_delete(old);
	check_eq(result, OK, "DELETE_VCPU of the old one");
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
	check_eq(vcpu_delete(vmsa), INVALID_PARAMETER, "it is not there any more");
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
