/* SPDX-License-Identifier: MIT */
/* What the hypervisor answers: MSR protocol, page state change, APIC ids. [ghcb 4, 5] */
#include "prove.h"

#include "ghcb/apic_ids.c"
#include "ghcb/ghcb.c"
#include "ghcb/msrproto.c"
#include "ghcb/psc.c"

/* The only two ways to give up on an answer. */
void hw_stop(enum reason reason, uint64_t detail)
{
	(void)detail;
	prove(reason == REASON_GHCB_REPLY || reason == REASON_GHCB_VERSION);
	for (;;)
		assume(false);
}

static struct ghcb_page shared;
static uint64_t answer;

unsigned int hw_cpu(void)
{
	return 0;
}

uint64_t hw_ghcb_msr(void)
{
	return answer;
}

void hw_set_ghcb_msr(uint64_t value)
{
	(void)value;
}

/* Anything may be in the shared page and in the MSR then. */
void hw_vmgexit(void)
{
	any(uint64_t, msr);

	havoc(&shared);
	answer = msr;
}

void msrproto_answers(void)
{
	any(uint64_t, said);
	struct msrproto_info info;
	uint32_t error;

	prove(msrproto_sev_info(said, &info) == ((said & 0xfff) == 1));
	prove(info.max == said >> 48 && info.min <= 0xffff && info.c_bit <= 0xff);
	prove(msrproto_psc_done(said, &error) == ((uint32_t)said == 0x15));
	prove(error == said >> 32);
}

void msrproto_requests(void)
{
	any(uint64_t, page);
	any(bool, to_private);
	any(unsigned int, set);
	any(unsigned int, code);
	uint64_t term = msrproto_terminate(set, code);

	assume(page % PAGE_4K == 0 && page < 1ULL << 52);
	prove(msrproto_psc(pa(page), to_private) >> 52 == (to_private ? 1 : 2));
	prove((msrproto_psc(pa(page), to_private) & 0xfffffffff000) == (page & 0xfffffffff000));
	prove((msrproto_register(pa(page)) & 0xfff) == 0x12);
	prove((term & 0xfff) == 0x100 && (term >> 12 & 0xf) == (set & 0xf));
	prove((term >> 16 & 0xff) == (code & 0xff) && term >> 24 == 0);
}

/* Back with a version that is 2 and the C-bit said; or stopped. */
void msr_negotiate_total(void)
{
	unsigned int c_bit;

	msr_negotiate(&c_bit);
	prove((answer & 0xfff) == 1 && answer >> 48 >= 2 && (answer >> 32 & 0xffff) <= 2);
	prove(c_bit == (answer >> 24 & 0xff));
}

void msr_others_total(void)
{
	any(uint64_t, page);
	any(bool, to_private);
	enum err err;

	assume(page % PAGE_4K == 0 && page < 1ULL << 52);
	prove(msr_hv_features() == answer >> 12);
	err = msr_psc(pa(page), to_private);
	prove(err == (answer >> 32 == 0 ? OK : ERR_HOST));
	err = msr_register_ghcb(pa(page));
	prove(err == (answer >> 12 == page >> 12 ? OK : ERR_HOST));
}

void psc_judge_total(void)
{
	any(uint64_t, header);
	any(unsigned int, current);
	any(unsigned int, last);
	unsigned int now;
	enum psc_progress p;

	assume(last < PSC_ENTRIES && current <= last + 1);
	p = psc_judge(header, current, last, &now);
	prove(p == PSC_FINISHED || p == PSC_MOVED || p == PSC_STILL || p == PSC_NONSENSE);
	prove(implies(p != PSC_NONSENSE, now >= current && now <= last + 1));
	prove(implies(p == PSC_FINISHED, now == last + 1));
	prove(implies(p == PSC_MOVED, now > current && now <= last));
	prove(implies(p == PSC_STILL, now == current));
	prove(implies(header >> 32 != 0 || (header >> 16 & 0xffff) != last, p == PSC_NONSENSE));
}

void psc_entry_form(void)
{
	any(uint64_t, page);
	any(bool, large);
	any(bool, to_private);
	enum page_size size = large ? SIZE_2M : SIZE_4K;
	uint64_t word;

	assume(page % size_bytes(size) == 0 && page < 1ULL << 52);
	word = psc_entry(pa(page), size, to_private);
	prove((word & 0xfff) == 0 && (word & 0xffffffffff000) == page);
	prove((word >> 52 & 0xf) == (to_private ? 1 : 2) && (word >> 56 & 1) == large);
	prove(word >> 57 == 0);
}

void ghcb_exchange_total(void)
{
	any(struct ghcb_request, request);
	struct ghcb_reply reply;
	enum err err;

	ghcb_own[0] = (struct ghcb_own){ &shared, pa(PAGE_4K) };
	err = ghcb_exchange(&request, &reply);
	prove(err == (shared.exit_info1 == 0 ? OK : ERR_HOST));
	prove(shared.exit_info1 == 0 || shared.exit_info1 == 2);
}

void ghcb_apic_ids_total(void)
{
	static struct apic_id_list list;
	static uint32_t ids[CPU_MAX];
	unsigned int count;
	enum err err;

	havoc(&list);
	ghcb_own[0] = (struct ghcb_own){ &shared, pa(PAGE_4K) };
	err = ghcb_apic_ids(&list, pa(2 * PAGE_4K), ids, &count);
	prove(err == OK || err == ERR_HOST || err == ERR_STATE);
	prove(implies(err == OK, count >= 1 && count <= CPU_MAX));
}
