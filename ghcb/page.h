/* SPDX-License-Identifier: MIT */
/*
 * The GHCB page and one exchange over it. The hypervisor may change the page
 * at any time: it is written field by field, and a reply is what one single
 * load of each field returned. [ghcb 2, 5, 6]
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

#define GHCB_BUFFER_BYTES 2032U

struct ghcb_page {
	uint8_t reserved0[0x1f8];
	uint64_t rax;
	uint8_t reserved1[0x390 - 0x200];
	uint64_t exit_code, exit_info1, exit_info2;
	uint64_t scratch;
	uint8_t reserved2[0x3f0 - 0x3b0];
	uint64_t valid[2];
	uint8_t reserved3[0x800 - 0x400];
	uint8_t buffer[GHCB_BUFFER_BYTES];
	uint8_t reserved4[10];
	uint16_t version;
	uint32_t usage;
};
_Static_assert(offsetof(struct ghcb_page, exit_code) == 0x390, "ghcb 2");
_Static_assert(offsetof(struct ghcb_page, valid) == 0x3f0, "ghcb 2");
_Static_assert(offsetof(struct ghcb_page, version) == 0xffa, "ghcb 2");
_Static_assert(sizeof(struct ghcb_page) == PAGE_4K, "one page");

/* SW_EXITCODE values [ghcb 5]. */
#define GHCB_IOIO 0x7bULL
#define GHCB_PSC 0x80000010ULL
#define GHCB_AP_CREATION 0x80000013ULL
#define GHCB_RUN_VMPL 0x80000018ULL

struct ghcb_request {
	uint64_t code, info1, info2;
	uint64_t rax;
	bool has_rax;	 /* send RAX */
	bool has_buffer; /* SW_SCRATCH names the shared buffer */
};

struct ghcb_reply {
	uint64_t info2;
	uint64_t rax;
	bool has_rax;
};

/* This vCPU's page, NULL before ghcb_init. */
volatile struct ghcb_page *ghcb_page(void);

/*
 * ERR_HOST: the hypervisor refused (SW_EXITINFO1 = 2). Any other non-zero
 * SW_EXITINFO1 stops the VM. SW_EXITINFO2 is the caller's to judge.
 */
must_check enum err ghcb_exchange(const struct ghcb_request *request, struct ghcb_reply *reply);
