/* SPDX-License-Identifier: MIT */
/* Page state changes that are answered wrongly, while all RAM is being accepted. */
#include "hostile.h"
#include "unit/boot_rig.h"

#include <snp/ghcb_page.h>

#define SERVED 1U /* returned by a lie: as if it were done */
#define BOOTS (-1)

static unsigned int asked;

static void put(uint8_t *page, unsigned int at, uint64_t value)
{
	memcpy(page + at, &value, sizeof(value));
}

static uint64_t word(const uint8_t *page, unsigned int at)
{
	uint64_t value;

	memcpy(&value, page + at, sizeof(value));
	return value;
}

struct psc_lie {
	const char *name;
	uint32_t (*tell)(uint8_t *page, unsigned int last); /* instead of serving, or 0 */
	void (*add)(uint8_t *page, unsigned int last);	    /* after it was served */
	unsigned int chunk;
	int reason;
};

static void header(uint8_t *page, unsigned int now, unsigned int last, uint64_t high)
{
	put(page, GHCB_PAGE_BUFFER, now | (uint64_t)last << 16 | high << 32);
	put(page, GHCB_PAGE_INFO1, 0);
	put(page, GHCB_PAGE_INFO2, 0);
}

static void backwards(uint8_t *page, unsigned int last)
{
	if (asked == 3)
		header(page, 1, last, 0);
}

static void beyond(uint8_t *page, unsigned int last)
{
	header(page, last + 2, last, 0);
}

static void end_grows(uint8_t *page, unsigned int last)
{
	header(page, 0, last + 1, 0);
}

static void end_shrinks(uint8_t *page, unsigned int last)
{
	header(page, 1, last - 1, 0);
}

static void reserved(uint8_t *page, unsigned int last)
{
	header(page, 1, last, 1);
}

static void with_error(uint8_t *page, unsigned int last)
{
	(void)last;
	put(page, GHCB_PAGE_INFO2, 1ULL << 40);
}

static uint32_t never(uint8_t *page, unsigned int last)
{
	header(page, 0, last, 0);
	return SERVED;
}

static uint32_t half(uint8_t *page, unsigned int last)
{
	if (asked < 3)
		return 0;
	header(page, 2, last, 0);
	return SERVED;
}

static uint32_t claimed(uint8_t *page, unsigned int last)
{
	header(page, last + 1, last, 0);
	return SERVED;
}

/* S6: what is validated next was taken from the list in the shared page. */
static void rewritten(uint8_t *page, unsigned int last)
{
	for (unsigned int i = 0; i <= last; i++)
		put(page, GHCB_PAGE_BUFFER + 8 + 8 * i, HOST_SVSM_GPA | 1ULL << 52 | 1ULL << 56);
}

static void shared_again(uint8_t *page, unsigned int last)
{
	uint64_t at = word(page, GHCB_PAGE_BUFFER + 8) & 0x000ffffffffff000ULL;

	(void)last;
	check(snp_page_state(&host.snp, at, false, false));
}

static const struct psc_lie lies[] = {
	{ "backwards -> stops, GHCB_REPLY", NULL, backwards, 1, REASON_GHCB_REPLY },
	{ "beyond its end -> stops, GHCB_REPLY", NULL, beyond, 0, REASON_GHCB_REPLY },
	{ "with an end that grows -> stops, GHCB_REPLY", NULL, end_grows, 0, REASON_GHCB_REPLY },
	{ "with an end that shrinks -> stops, GHCB_REPLY", NULL, end_shrinks, 1,
	  REASON_GHCB_REPLY },
	{ "with reserved bits -> stops, GHCB_REPLY", NULL, reserved, 1, REASON_GHCB_REPLY },
	{ "to its end, and an error -> stops, PSC", NULL, with_error, 0, REASON_PSC },
	{ "a part, and an error -> stops, PSC", NULL, with_error, 1, REASON_PSC },
	{ "nowhere, for ever -> stops, GHCB_REPLY", never, NULL, 0, REASON_GHCB_REPLY },
	{ "half way, and then nowhere -> stops, GHCB_REPLY", half, NULL, 1, REASON_GHCB_REPLY },
	{ "one entry at a time -> boots", NULL, NULL, 1, BOOTS },
	{ "to its end, and nothing was done -> boots", claimed, NULL, 0, BOOTS },
	{ "S6, over a list that it rewrites -> boots, as asked", NULL, rewritten, 0, BOOTS },
	{ "to its end, and one page is shared again -> boots", NULL, shared_again, 0, BOOTS },
};

static uint8_t *list_page(void)
{
	uint64_t msr = host.snp.vcpu[host_cpu].ghcb_msr[0];
	uint8_t *page = (msr & 0xfff) == 0 ? host_page(msr) : NULL;

	return page != NULL && word(page, GHCB_PAGE_CODE) == GHCB_NAE_PSC ? page : NULL;
}

/* Lists of several entries only: all RAM, when it is accepted. */
static unsigned int last_of(const uint8_t *page)
{
	return (unsigned int)(word(page, GHCB_PAGE_BUFFER) >> 16) & 0xffff;
}

static uint32_t before(const struct host_op *op)
{
	const struct psc_lie *lie = test_row;
	uint8_t *page = op->kind == HOST_VMGEXIT ? list_page() : NULL;

	if (op->kind == HOST_PVALIDATE)
		check(op->gpa < BOOTRIG_RAM || op->gpa >= HOST_SVSM_GPA + 2 * PAGE_4K);
	if (page == NULL || last_of(page) < 3)
		return 0;
	asked++;
	return lie->tell != NULL ? lie->tell(page, last_of(page)) : 0;
}

static void after(void)
{
	const struct psc_lie *lie = test_row;
	uint8_t *page = list_page();

	if (page != NULL && lie->add != NULL && last_of(page) >= 3)
		lie->add(page, last_of(page));
}

declare_rows(psc_lies, "hypervisor: PSC goes ", lies)
{
	const struct psc_lie *lie = test_row;

	bootrig_new(1);
	host.snp.psc_chunk = lie->chunk;
	host.hook = before;
	host.reply = after;
	check_eq(host_stops(bootrig_run), lie->reason);
	check(asked > 0);
	if (lie->reason == BOOTS)
		check_sound();
}
