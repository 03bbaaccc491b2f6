/* SPDX-License-Identifier: MIT */
/*
 * Whole PVALIDATE requests: sm/ on the platform model, one vCPU stopped at
 * every instruction boundary inside the firmware (the model is not built to be
 * entered twice), another one served meanwhile, and then the first to its end.
 * Each trial is a process of its own, so nothing has to be put back.
 */
#include "stop.h"

#include <snp/host.h>
#include <svsm/abi.h>
#include <svsm/page.h>
#include <svsm/pvalidate.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 20000U
#define PAGES_MOST 8U
#define VALIDATE SVSM_ENTRY_VALIDATE
#define PAGE(n) (HOST_GUEST_PAGES + (n)*PAGE_4K)
#define LIST_A PAGE(14)
#define LIST_B PAGE(15)
#define REGION(n) ((n)*PAGE_2M)

struct list {
	const char *name;
	uint64_t entry[PAGES_MOST]; /* ends with 0 */
};

/* What is stopped. Regions 2 and 3 are not validated, 4 and 5 are the guest's. */
static const struct list stopped[] = {
	{ "validate one, splits", { REGION(2) | VALIDATE } },
	{ "validate a run",
	  { (REGION(2) + 0x3e000) | VALIDATE, (REGION(2) + 0x3f000) | VALIDATE,
	    (REGION(2) + 0x40000) | VALIDATE, (REGION(2) + 0x41000) | VALIDATE } },
	{ "validate scattered",
	  { (REGION(2) + 0x5000) | VALIDATE, (REGION(2) + 0x85000) | VALIDATE,
	    (REGION(2) + 0x45000) | VALIDATE } },
	{ "rescind one, splits", { REGION(4) } },
	{ "rescind a run", { PAGE(3), PAGE(4), PAGE(5) } },
	{ "rescind scattered", { PAGE(3), PAGE(7), PAGE(5) } },
	{ "rescind and validate", { PAGE(3), (REGION(2) + 0x5000) | VALIDATE, PAGE(4) } },
	{ "rescind 2 MiB", { REGION(4) | SIZE_2M } },
	{ "validate 2 MiB", { REGION(2) | VALIDATE | SIZE_2M } },
};

/* Pages that none of them has, of the same regions and rows, and of others. */
static const struct list apart[] = {
	{ "validate", { (REGION(2) + 0x7000) | VALIDATE } },
	{ "rescind", { REGION(4) + 0x7000 } },
	{ "rescind beside", { PAGE(8), PAGE(9) } },
	{ "validate in another region", { (REGION(3) + 0x7000) | VALIDATE } },
	{ "rescind in another region", { REGION(5) + 0x7000 } },
};
#define APART (sizeof(apart) / sizeof(apart[0]))

/* Then the stopped one's own first page, its first page the other way, and its list. */
enum trial { SAME = APART, REVERSE, SAME_LIST, TRIALS };

static struct pvalidate request_a, request_b;
static const struct list *list_a;
static struct list list_b;
static struct stop_sum *sum; /* shared by all processes */

static unsigned int length(const struct list *list)
{
	unsigned int n = 0;

	while (n < PAGES_MOST && list->entry[n] != 0)
		n++;
	return n;
}

static void open_list(struct pvalidate *p, const struct list *list, uint64_t page)
{
	uint64_t header = length(list);

	memcpy(host_page(page), &header, sizeof(header));
	memcpy(host_page(page) + SVSM_LIST_HEADER, list->entry, sizeof(list->entry));
	pvalidate_begin(p, pa(page), pa(HOST_CA), 1);
}

static void serve(struct pvalidate *p)
{
	while (p->event != EV_NONE)
		p->event = pvalidate_step(p, p->event);
}

static void go(void)
{
	serve(&request_a);
}

static void go_other(void)
{
	serve(&request_b);
}

static enum page_state state_of(uint64_t page)
{
	enum page_state state;

	expect(page_state(pa(page & ~(PAGE_4K - 1)), &state) == OK);
	return state;
}

/* Whether the record has a page of the list in flight; 2 MiB: all of it is looked at. */
static bool in_flight(const struct list *list)
{
	for (unsigned int i = 0; i < length(list); i++) {
		uint64_t bytes = (list->entry[i] & SIZE_2M) != 0 ? PAGE_2M : PAGE_4K;

		for (uint64_t at = 0; at < bytes; at += PAGE_4K) {
			if (state_of(list->entry[i] + at) == PAGE_USED)
				return true;
		}
	}
	return false;
}

/* What a request that succeeded asked for is so, in the record and in the RMP. */
static void check_done(const struct list *list)
{
	for (unsigned int i = 0; i < length(list); i++) {
		bool validated = (list->entry[i] & VALIDATE) != 0;
		uint64_t spa;

		expect(state_of(list->entry[i]) == (validated ? PAGE_GUEST : PAGE_NONE));
		expect(snp_gpa_to_spa(&host.snp, list->entry[i] & ~(PAGE_4K - 1), &spa));
		expect(snp_rmp_head(&host.snp, spa)->validated == validated);
	}
}

static void make_list(unsigned int trial)
{
	if (trial < APART) {
		list_b = apart[trial];
		return;
	}
	if (trial == SAME_LIST) {
		list_b = *list_a;
		list_b.name = "the same list";
		return;
	}
	list_b = (struct list){ "the same page", { list_a->entry[0] } };
	if (trial == REVERSE) {
		list_b.name = "the same page the other way";
		list_b.entry[0] ^= VALIDATE;
	}
}

static bool same_region(void)
{
	return list_a->entry[0] / PAGE_2M == list_b.entry[0] / PAGE_2M;
}

/* A page of the 2 MiB that A has asked for. */
static bool inside(void)
{
	return (list_a->entry[0] & SIZE_2M) != 0 && same_region();
}

/* The model is stepped too, which takes long: only some are counted, all have to end. */
static uint64_t step_other(unsigned int trial)
{
	bool counted = (list_b.entry[0] & SIZE_2M) == 0 && (stop_all || trial == 0 || trial == 2);

	alarm(30);
	if (counted)
		return stop_count(go_other, MOST);
	go_other();
	return 0;
}

/* In the trial's process: busy exactly with what is in flight. */
static void try_other(unsigned int trial)
{
	bool busy = in_flight(&list_b) || (trial == SAME_LIST && state_of(LIST_A) == PAGE_USED);
	uint64_t count;

	if (trial == SAME_LIST)
		pvalidate_begin(&request_b, pa(LIST_A), pa(HOST_CA), 1);
	else
		open_list(&request_b, &list_b, LIST_B);
	count = step_other(trial);
	sum->most = count > sum->most ? count : sum->most;
	expect((request_b.result == SVSM_ERR_BUSY) == busy);
	if (trial < APART && !busy) {
		expect(request_b.result == SVSM_SUCCESS);
		check_done(&list_b);
	}
}

/*
 * The record and everything else that the firmware shares, and the machine,
 * are as they were at the boundary before: so is what is said to B.
 */
static bool as_before(unsigned int trial)
{
	static unsigned int ops;
	bool same = !stop_changed() && host.ops == ops;

	if (trial == TRIALS - 1)
		ops = host.ops;
	return same;
}

static bool other(unsigned int trial)
{
	int status;
	pid_t child;

	if (as_before(trial))
		return false;
	make_list(trial);
	snprintf(stop_trying, sizeof(stop_trying), "stopped: %s; other: %s", list_a->name,
		 list_b.name);
	if (trial < APART && inside())
		return false;
	sum->trials++;
	child = fork();
	if (child == 0) {
		try_other(trial);
		return true;
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		_exit(1);
	return false;
}

/* Still in the trial's process. */
static void after(unsigned int trial)
{
	if (trial < APART) {
		/* B has split the region that A was about to split. */
		if (request_a.result != SVSM_ERR_BUSY || !same_region())
			expect(request_a.result == SVSM_SUCCESS);
		if (request_a.result == SVSM_SUCCESS)
			check_done(list_a);
		if (request_b.result == SVSM_SUCCESS)
			check_done(&list_b);
	} else if (request_b.result != SVSM_SUCCESS && trial != SAME_LIST) {
		expect(request_a.result == SVSM_SUCCESS);
		check_done(list_a);
	}
	expect(state_of(LIST_A) == PAGE_GUEST && state_of(LIST_B) == PAGE_GUEST);
	_exit(0);
}

static void validate_region(uint64_t region)
{
	const struct list list = { "2 MiB", { region | VALIDATE | SIZE_2M } };

	open_list(&request_a, &list, LIST_A);
	serve(&request_a);
	expect(request_a.result == SVSM_SUCCESS);
}

/* As the hypervisor does before a 4 KiB request: in the model that is a long loop. */
static void split_entries(const struct list *list)
{
	for (uint64_t i = 2; i <= 5; i++) {
		if ((list->entry[0] & SIZE_2M) == 0 || list->entry[0] / PAGE_2M != i)
			expect(snp_psmash(&host.snp, REGION(i)) == 0);
	}
}

static void stop_request(const struct list *list)
{
	static const struct stop all = { go, TRIALS, other, after, NULL, 0 };

	list_a = list;
	host_new(1);
	validate_region(REGION(4));
	validate_region(REGION(5));
	split_entries(list);
	open_list(&request_a, list, LIST_A);
	sum->boundaries += stop_everywhere(&all);
	expect(request_a.result == SVSM_SUCCESS);
	check_done(list);
}

/* Only once in a process is there a new machine. */
static void in_a_process(const struct list *list)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		stop_request(list);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		_exit(1);
}

int main(int argc, char **argv)
{
	stop_all = argc > 2 && strcmp(argv[2], "all") == 0;
	sum = mmap(NULL, sizeof(*sum), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	expect(sum != MAP_FAILED);
	for (unsigned int i = 0; i < sizeof(stopped) / sizeof(stopped[0]); i++)
		in_a_process(&stopped[i]);
	printf("ok - stopped vCPU, requests: operations stopped at: %llu instruction boundaries, "
	       "none blocked, most instructions of the other: %llu\n",
	       (unsigned long long)sum->boundaries, (unsigned long long)sum->most);
	printf("# %llu requests of the other\n", (unsigned long long)sum->trials);
	return 0;
}
