/* SPDX-License-Identifier: MIT */
/*
 * The GHCB page and one exchange over it. The hypervisor may change the page
 * at any time: it is written field by field, and a reply is what one single
 * load of each field returned. [ghcb 2, 5, 6]
 */
#pragma once
#include <svsm/err.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>

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
#define GHCB_AP_RESET_HOLD 0x80000004ULL
#define GHCB_PSC 0x80000010ULL
#define GHCB_AP_CREATION 0x80000013ULL
#define GHCB_GET_APIC_IDS 0x80000017ULL
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

/* Bit n of the valid bitmap covers the quadword at 8n [ghcb 2]. */
#define GHCB_VALID_RAX (1ULL << 63)	     /* word 0 */
#define GHCB_VALID_EXIT (7ULL << (114 - 64)) /* word 1: code, info 1, info 2 */
#define GHCB_VALID_SCRATCH (1ULL << (117 - 64))

#define GHCB_RESULT_OK 0ULL
#define GHCB_RESULT_INVALID 2ULL

struct ghcb_own {
	volatile struct ghcb_page *page; /* NULL before ghcb_init */
	pa_t at;
};
extern struct ghcb_own ghcb_own[CPU_MAX];

static inline void ghcb_send(const struct ghcb_own *own, const struct ghcb_request *request)
{
	volatile struct ghcb_page *page = own->page;
	uint64_t valid = GHCB_VALID_EXIT;

	page->exit_code = request->code;
	page->exit_info1 = request->info1;
	page->exit_info2 = request->info2;
	if (request->has_rax)
		page->rax = request->rax;
	if (request->has_buffer) {
		page->scratch = own->at.raw + offsetof(struct ghcb_page, buffer);
		valid |= GHCB_VALID_SCRATCH;
	}
	page->valid[0] = request->has_rax ? GHCB_VALID_RAX : 0;
	page->valid[1] = valid;
	hw_vmgexit();
}

/*
 * ERR_HOST: the hypervisor refused (SW_EXITINFO1 = 2). Any other non-zero
 * SW_EXITINFO1 stops the VM. SW_EXITINFO2 is the caller's to judge. NULL when
 * nothing but that comes back. In line: every request of a guest ends in one.
 */
must_check __attribute__((always_inline)) static inline enum err
ghcb_exchange(const struct ghcb_request *request, struct ghcb_reply *reply)
{
	const struct ghcb_own *own = &ghcb_own[hw_cpu()];
	uint64_t result;

	ghcb_send(own, request);
	result = own->page->exit_info1;
	if (reply != NULL) {
		reply->info2 = own->page->exit_info2;
		reply->has_rax = (own->page->valid[0] & GHCB_VALID_RAX) != 0;
		reply->rax = own->page->rax;
	}
	if (result == GHCB_RESULT_OK)
		return OK;
	if (result != GHCB_RESULT_INVALID)
		hw_stop(REASON_GHCB_REPLY, result);
	return ERR_HOST;
}
