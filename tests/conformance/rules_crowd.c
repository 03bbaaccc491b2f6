/* SPDX-License-Identifier: MIT */
/* Two vCPUs at one page at once, and more vCPUs than the SVSM has room for. */
#include "conf.h"

#define ROUNDS 200U
#define VCPUS 300U
#define LOAN_MAX 64U

/* ---- the same page, validated by one and rescinded by the other --------- */

struct tally {
	unsigned int ok, unchanged, other;
};

static struct tally hand_in(const struct list *l)
{
	struct tally t = { 0 };

	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t result;

		*l->next = 0;
		/* The other may be stopped at the page for as long as its host likes. */
		do
			result = list_run(l);
		while (result == BUSY);
		t.ok += result == OK;
		t.unchanged += result == UNCHANGED;
		t.other += result != OK && result != UNCHANGED;
	}
	return t;
}

/* Whichever comes first: it is open in the end if it was validated once more than rescinded. */
static void both_at_once(const struct rule *r)
{
	struct ap *ap = ap_start();
	uint64_t page = mem_private();
	struct list mine = mem_list(0, 0), its = mem_list(1, 0);
	struct tally t;

	(void)r;
	list_begin(&mine);
	list_add(&mine, page | PV_RESCIND);
	list_begin(&its);
	list_add(&its, page | PV_VALIDATE);
	ap->at = its.gpa;
	ap->rounds = ROUNDS;
	ap->go = true;
	ap_begin(ap, AP_LISTS);
	t = hand_in(&mine);
	need(ap_wait(ap), "the second vCPU does not answer");
	check_eq(t.other + ap->other, 0, "results other than SUCCESS and unchanged");
	check_eq(t.ok + t.unchanged + ap->ok + ap->unchanged, 2 * ROUNDS, "answers");
	check(ap->ok == t.ok || ap->ok == t.ok + 1, "validated %u times, rescinded %u times",
	      ap->ok, t.ok);
	if (ap->ok == t.ok)
		check(trap_not_validated(page), "it does not fault");
	else
		check(trap_works(page) && page_zero(page_private(page)), "it is not open and zero");
}

/* ---- as many vCPUs as there can be -------------------------------------- */

static uint64_t vmsas[VCPUS];

/* What it asks for is lent; false: it asks for too much, or takes none. */
static bool lend(uint64_t result)
{
	uint64_t pages = result & 0x3fffffff;
	struct list l = mem_list(2, 0);

	if (pages > LOAN_MAX)
		return false;
	list_begin(&l);
	for (unsigned int i = 0; i < pages; i++)
		list_add(&l, mem_valid());
	return call_core(CORE_DEPOSIT_MEM, l.gpa, 0, 0, 0) == OK;
}

/* Until it is refused for good. What is refused is left as it was. */
static unsigned int fill(unsigned int *asked, uint64_t *result)
{
	unsigned int count = 0;

	*asked = 0;
	*result = OK;
	while (count < VCPUS) {
		uint64_t ca = mem_valid();

		vmsas[count] = ap_vmsa();
		*result = vcpu_create(vmsas[count], ca, ap_id);
		if (*result == OK) {
			count++;
			continue;
		}
		mem_is_ordinary(vmsas[count], "the save area that is refused");
		mem_is_ordinary(ca, "the calling area that is refused");
		if (!was(*result, R_MEMORY) || !lend(*result))
			break;
		(*asked)++;
	}
	return count;
}

/* With the memory that was lent first, and then again without. */
static void crowd(const struct rule *r)
{
	unsigned int asked[3], count[3];
	uint64_t result;

	call_take_back();
	for (unsigned int round = 0; round < 3; round++) {
		count[round] = fill(&asked[round], &result);
		expect_rule(result, r, "the last CREATE_VCPU");
		check(call_works(), "calls work");
		for (unsigned int i = 0; i < count[round]; i++)
			if (vcpu_delete_soon(vmsas[i]) != OK)
				give_up("DELETE_VCPU");
		if (round != 0)
			call_take_back();
	}
	check(count[0] > 1, "%u vCPUs were made", count[0]);
	check_eq(count[1], count[0], "how many there is room for behind them");
	check_eq(asked[1], 0, "how often it asks for memory that it has");
	check_eq(count[2], count[0], "how many there is room for behind those");
	check_eq(asked[2], asked[0], "how often it asks for what was taken back");
}

/* An SVSM with little memory (run.sh: SVSM_MEM): skipped where it asks for none. */
static void asks(const struct rule *r)
{
	unsigned int asked, count, back = 0;
	struct list l = mem_list(3, 0);
	uint64_t result;

	call_take_back();
	count = fill(&asked, &result);
	check(count > 1, "%u vCPUs were made", count);
	for (unsigned int i = 0; i < count; i++)
		check_eq(vcpu_delete_soon(vmsas[i]), OK, "DELETE_VCPU %u", i);
	do {
		expect_rule(call_core(CORE_WITHDRAW_MEM, l.gpa, 0, 0, 0), r, "WITHDRAW_MEM");
		for (unsigned int i = 0; i < *l.count; i++)
			mem_is_ordinary(l.entry[i], "what comes back");
		back += *l.count;
	} while (*l.count != 0);
	if (asked == 0 && back == 0)
		skip("the SVSM has memory enough");
	check(asked != 0 && back != 0, "asked %u times, %u pages came back", asked, back);
}

static const struct rule rules[] = {
	{ "4", "two vCPUs at one page: each is answered, one at a time", both_at_once,
	  .needs = NEED_CPU2 },
	{ "4", "CREATE_VCPU asks for memory, is lent it, gives it back", asks, R_OK,
	  .needs = NEED_CREATE | NEED_DEPOSIT },
	{ "6.2", "more vCPUs than there is room for: refused, all of the room comes back", crowd,
	  R_REQUEST, .needs = NEED_CREATE | NEED_STRICT },
};

GROUP(crowd);
