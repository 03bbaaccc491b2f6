/* SPDX-License-Identifier: MIT */
/*
 * A guest that makes vCPUs until the SVSM asks for memory, lends what it asks
 * for, makes more, deletes them all and takes back what it lent [svsm 6.2 to
 * 6.5]. Started with the smallest SVSM_MEM there is. Built on the stub guest's files.
 */
#include "guest/stub/stub.h"

#define NEED 0x40000000ULL
#define NEED_PAGES 0x3fffffffULL
#define MORE 8U /* vCPUs made of what was lent */
#define REGIONS 2U
#define LENT_MAX 256U
#define WITHDRAWN_MAX 511U

#define CA_AVAILABLE 1U

_Noreturn void stub_main(void);

static uint64_t pages, lendable; /* gPAs: pairs of VMSA and calling area, and pages to lend */
static uint64_t lent[LENT_MAX];
static unsigned int lent_count, made;
static struct list list;

static uint64_t validated_regions(void)
{
	uint64_t gpa = page_take_2m();

	for (unsigned int i = 1; i < REGIONS; i++)
		(void)page_take_2m();
	if (!ghcb_psc(gpa / PAGE_2M, REGIONS, PSC_PRIVATE, true))
		check_bail("page state change");
	for (unsigned int i = 0; i < REGIONS; i++)
		if (list_validate((gpa + i * PAGE_2M) | PV_2M) != OK)
			check_bail("PVALIDATE");
	return gpa;
}

/* An odd page: never 2 MiB aligned. The calling area is the page before it. */
static uint64_t vmsa_of(unsigned int i)
{
	return pages + (2 * i + 1) * PAGE_4K;
}

static uint64_t create(unsigned int i)
{
	volatile uint8_t *vmsa = page_private(vmsa_of(i));

	vmsa[VMSA_VMPL] = (uint8_t)boot.vmpl;
	vmsa[VMSA_EFER + 1] = 0x10; /* SVME */
	vmsa[VMSA_SEV_FEATURES] = 1;
	return call_core(CORE_CREATE_VCPU, vmsa_of(i), vmsa_of(i) - PAGE_4K, 0, 0);
}

static bool available(void)
{
	return ((volatile uint8_t *)page_private(call_ca))[CA_AVAILABLE] == 1;
}

static uint64_t lend(unsigned int count)
{
	list_begin(&list);
	for (unsigned int i = 0; i < count; i++) {
		lent[lent_count] = lendable + lent_count * PAGE_4K;
		page_fill(page_private(lent[lent_count]), lent_count);
		list_add(&list, lent[lent_count++]);
	}
	return call_core(CORE_DEPOSIT_MEM, list.gpa, 0, 0, 0);
}

static void fill_up(void)
{
	uint64_t result;

	while ((result = create(made)) == OK)
		made++;
	say("# %u vCPUs made, then %u pages are asked for", made,
	    (unsigned int)(result & NEED_PAGES));
	check(made > 0, "[svsm 6.2] CREATE_VCPU until memory is used up");
	check_eq(result & ~NEED_PAGES, NEED, "[svsm 4] it asks for memory");
	check(!available(), "[svsm 2] nothing to withdraw");
	check(trap_works(vmsa_of(made)), "[svsm 4] nothing half-done: the page is the guest's");
}

static void go_on(void)
{
	bool asked_right = true, made_all = true;

	for (unsigned int i = 0; i < MORE; i++) {
		uint64_t result = create(made);

		asked_right &= (result & ~NEED_PAGES) == NEED && (result & NEED_PAGES) <= 16;
		if (!asked_right || lend((unsigned int)(result & NEED_PAGES)) != OK)
			break;
		if (i == 0) {
			check(available(), "[svsm 2] MEM_AVAILABLE");
			check(!trap_works(lent[0]), "[svsm 6.4] a lent page is out of reach");
		}
		made_all &= create(made) == OK;
		made++;
	}
	say("# %u pages lent for %u more", lent_count, MORE);
	check(asked_right, "[svsm 4] each time it asks for what is missing");
	check(made_all, "[svsm 6.4] what it asked for is enough");
	check(!available(), "[svsm 2] all of it is in use");
}

static unsigned int withdraw(void)
{
	if (call_core(CORE_WITHDRAW_MEM, list.gpa, 0, 0, 0) != OK)
		check_bail("WITHDRAW_MEM");
	return *list.count;
}

static bool was_lent(uint64_t gpa)
{
	for (unsigned int i = 0; i < lent_count; i++) {
		if (lent[i] == gpa) {
			lent[i] = 0;
			return true;
		}
	}
	return false;
}

static void give_all_back(void)
{
	bool deleted = true, ours = true, zero = true;
	unsigned int got = 0, n;

	check_eq(withdraw(), 0, "[svsm 6.5] nothing to withdraw while it is in use");
	for (unsigned int i = 0; i < made; i++)
		deleted &= call_core(CORE_DELETE_VCPU, vmsa_of(i), 0, 0, 0) == OK &&
			   trap_works(vmsa_of(i));
	check(deleted, "[svsm 6.3] every one is deleted, its page the guest's again");
	check(available(), "[svsm 2] MEM_AVAILABLE again");
	while ((n = withdraw()) != 0) {
		for (unsigned int i = 0; i < n; i++) {
			ours &= was_lent(list.entry[i]);
			zero &= page_zero(page_private(list.entry[i]));
		}
		got += n;
	}
	say("# %u pages withdrawn", got);
	check_eq(got, lent_count, "[svsm 6.5] all that was lent comes back");
	check(ours, "[svsm 6.5] the same pages, each once");
	check(zero, "[svsm 6.5] with nothing of the SVSM's in them");
	check(!available(), "[svsm 2] nothing more to withdraw");
}

void stub_main(void)
{
	guest_begin();
	list = list_at(page_take_list());
	pages = validated_regions();
	lendable = validated_regions();
	fill_up();
	go_on();
	give_all_back();
	for (unsigned int i = 0; i < made; i++)
		if (i < made - MORE && create(i) != OK)
			check_bail("CREATE_VCPU again");
	check(true, "[svsm 6.2] as many as at first, without asking");
	check_end();
}
