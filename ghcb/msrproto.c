/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol: encode, exchange, check. [ghcb 3, 4] */

#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/msrproto.h>

#define CODE_MASK 0xfffULL
#define PSC_PRIVATE 1ULL
#define PSC_SHARED 2ULL

uint64_t msrproto_psc(pa_t page, bool to_private)
{
	return (to_private ? PSC_PRIVATE : PSC_SHARED) << 52 | page.raw | GHCB_MSR_PSC_REQ;
}

uint64_t msrproto_register(pa_t page)
{
	return page.raw | GHCB_MSR_REG_GPA_REQ;
}

uint64_t msrproto_terminate(unsigned int set, unsigned int code)
{
	return (uint64_t)(code & 0xff) << 16 | (uint64_t)(set & 0xf) << 12 | GHCB_MSR_TERM_REQ;
}

bool msrproto_is(uint64_t answer, unsigned int code)
{
	return (answer & CODE_MASK) == code;
}

bool msrproto_sev_info(uint64_t answer, struct msrproto_info *info)
{
	info->max = (unsigned int)(answer >> 48);
	info->min = (unsigned int)(answer >> 32) & 0xffff;
	info->c_bit = (unsigned int)(answer >> 24) & 0xff;
	return msrproto_is(answer, GHCB_MSR_SEV_INFO_RESP);
}

bool msrproto_psc_done(uint64_t answer, uint32_t *error)
{
	*error = (uint32_t)(answer >> 32);
	return (answer & 0xffffffff) == GHCB_MSR_PSC_RESP;
}

static uint64_t exchange(uint64_t request)
{
	hw_set_ghcb_msr(request);
	hw_vmgexit();
	return hw_ghcb_msr();
}

void msr_negotiate(unsigned int *cbit)
{
	struct msrproto_info info;
	uint64_t answer = exchange(GHCB_MSR_SEV_INFO_REQ);

	if (!msrproto_sev_info(answer, &info))
		hw_stop(REASON_GHCB_REPLY, answer);
	if (info.min > GHCB_VERSION || info.max < GHCB_VERSION)
		hw_stop(REASON_GHCB_VERSION, answer);
	*cbit = info.c_bit;
}

uint64_t msr_hv_features(void)
{
	uint64_t answer = exchange(GHCB_MSR_HV_FT_REQ);

	if (!msrproto_is(answer, GHCB_MSR_HV_FT_RESP))
		hw_stop(REASON_GHCB_REPLY, answer);
	return answer >> 12;
}

enum err msr_psc(pa_t page, bool to_private)
{
	uint32_t error;
	uint64_t answer = exchange(msrproto_psc(page, to_private));

	if (!msrproto_psc_done(answer, &error))
		hw_stop(REASON_GHCB_REPLY, answer);
	return error == 0 ? OK : ERR_HOST;
}

enum err msr_register_ghcb(pa_t page)
{
	uint64_t answer = exchange(msrproto_register(page));

	if (!msrproto_is(answer, GHCB_MSR_REG_GPA_RESP))
		hw_stop(REASON_GHCB_REPLY, answer);
	return (answer & ~CODE_MASK) == page.raw ? OK : ERR_HOST;
}

void msr_terminate(unsigned int set, unsigned int code)
{
	for (;;) {
		hw_set_ghcb_msr(msrproto_terminate(set, code));
		hw_vmgexit();
	}
}
