/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol as numbers: what to write, what was answered. Pure. [ghcb 4] */
#pragma once
#include <svsm/types.h>

#define GHCB_MSR_SEV_INFO_RESP 0x001U
#define GHCB_MSR_SEV_INFO_REQ 0x002U
#define GHCB_MSR_REG_GPA_REQ 0x012U
#define GHCB_MSR_REG_GPA_RESP 0x013U
#define GHCB_MSR_PSC_REQ 0x014U
#define GHCB_MSR_PSC_RESP 0x015U
#define GHCB_MSR_HV_FT_REQ 0x080U
#define GHCB_MSR_HV_FT_RESP 0x081U
#define GHCB_MSR_TERM_REQ 0x100U

#define GHCB_VERSION 2U

struct msrproto_info {
	unsigned int min, max, c_bit;
};

uint64_t msrproto_psc(pa_t page, bool to_private);
uint64_t msrproto_register(pa_t page);
uint64_t msrproto_terminate(unsigned int set, unsigned int code);

/* False: the answer is not one to the request. */
bool msrproto_is(uint64_t answer, unsigned int code);
bool msrproto_sev_info(uint64_t answer, struct msrproto_info *info);
bool msrproto_psc_done(uint64_t answer, uint32_t *error);
