/* SPDX-License-Identifier: MIT */
/* Section 6.2: CREATE_VCPU, nothing runs. */
#include "conf.h"

#define SOME_WORD 0x5a5aULL

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

	area_put(vmsa, (unsigned int)r->a, r->b, (unsigned int)r->c);
	refused(r, vmsa, ca, ap_id);
	check_eq(ap_get(vmsa, (unsigned int)r->a, (unsigned int)r->c), r->b,
		 "the field afterwards");
	mem_is_ordinary(vmsa, "the save area's page");
	mem_is_ordinary(ca, "the calling area's page");
}

static void other_vmpl(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa();

	area_put(vmsa, VMSA_VMPL, boot.vmpl + r->a, 1);
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

/* A live calling area: one more vCPU of the same CPU may take it over, no other. */
static void anothers_area(const struct rule *r)
{
	uint64_t vmsa = ap_vmsa(), ca = mem_valid(), other = ap_vmsa();

	need(vcpu_create(vmsa, ca, ap_id) == OK, "CREATE_VCPU");
	refused(r, other, ca, ap_own_id());
	mem_is_ordinary(other, "the save area's page");
	check(list_rescind(ca) == INVALID_ADDRESS, "the calling area is nobody's any more");
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
	} else if (r->a == 2) {
		(void)probe_read(page_private(vmsa));
		check_eq(trap.vector, TRAP_NONE, "a read of it");
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

static const struct rule rules[] = {
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
	CREATE_REFUSED("the calling area of another CPU's vCPU", anothers_area,
		       R_ADDRESS | R_PARAMETER, .strict = R_ADDRESS),
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
	{ "6.2", "a live save area can be read", live_page,
	  .needs = NEED_CREATE | NEED_REFLECT | NEED_STRICT, .a = 2 },
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

GROUP(create);
