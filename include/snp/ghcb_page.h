/* SPDX-License-Identifier: MIT */
/*
 * Where the fields of a GHCB page are, in bytes, and some of what is there
 * [ghcb 2, 4.1]; for the hypervisor's side, the model's and the tests'.
 */
#pragma once

#define GHCB_PAGE_RAX 0x1f8U
#define GHCB_PAGE_CODE 0x390U /* SW_EXITCODE, then SW_EXITINFO1 and 2 */
#define GHCB_PAGE_INFO1 0x398U
#define GHCB_PAGE_INFO2 0x3a0U
#define GHCB_PAGE_VALID 0x3f0U /* bitmap */
#define GHCB_PAGE_BUFFER 0x800U

#define GHCB_NAE_PSC 0x80000010ULL
#define GHCB_NAE_AP_CREATION 0x80000013ULL
#define GHCB_NAE_APIC_IDS 0x80000017ULL
#define GHCB_NAE_RUN_VMPL 0x80000018ULL

/* SW_EXITINFO1 and 2 of a request that is refused: malformed input, an unknown reason. */
#define GHCB_REFUSED 2U
#define GHCB_REFUSED_UNKNOWN 5U
