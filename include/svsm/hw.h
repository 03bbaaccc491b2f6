/* SPDX-License-Identifier: MIT */
/*
 * The seam: every instruction or CPU fact that needs hardware.
 *
 * cpu/ implements it with instructions, sim/host with the platform model; the
 * link decides. Every function works on the calling vCPU and waits for no
 * other. Addresses are guest-physical, page aligned where a size is given,
 * and never carry the C-bit. Sources: [snp-arch N] = spec/snp-arch.md.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/types.h>

/* RMP permission masks [snp-arch 1.3]. */
#define PERM_NONE 0U
#define PERM_R 0x1U
#define PERM_W 0x2U
#define PERM_XU 0x4U
#define PERM_XS 0x8U
#define PERM_ALL 0xFU

/* EAX of PVALIDATE and RMPADJUST [snp-arch 2.2]; HW_FAULT is ours. */
#define RMP_OK 0U
#define RMP_FAIL_INPUT 1U
#define RMP_FAIL_PERMISSION 2U
#define RMP_FAIL_INUSE 3U
#define RMP_FAIL_SIZEMISMATCH 6U
#define HW_FAULT 0x1000U /* the instruction raised #PF, #GP or #VC */

struct hw_pvalidate_result {
	uint32_t code;	/* RMP_* or HW_FAULT */
	bool unchanged; /* CF: Validated already had this value; false if code != 0 */
};

/*
 * Pages for one operation, in order, each at word[i] - tag: the entries of a
 * guest's list are used as they are. All of them in a window.
 */
struct hw_pages {
	const uint64_t *word;
	uint64_t tag;
	unsigned int count; /* at least 1 */
	enum page_size size;
	bool run; /* the page at word[0] - tag, and 4 KiB pages that follow it */
};

/*
 * PVALIDATE [snp-arch 2] of each page, until one does not give RMP_OK with a
 * change. Returns how many did; *last is the outcome of the last one tried.
 * No TLB maintenance. A 4K request on a 2M entry is the hypervisor's to split
 * and looks like success.
 */
unsigned int hw_pvalidate_pages(const struct hw_pages *pages, bool validate,
				struct hw_pvalidate_result *last);

/*
 * RMPADJUST for a VMPL > 0 [snp-arch 2] of each page, until one fails: its
 * permissions, and whether the page is a VMSA. Returns how many were done;
 * *last is RMP_* or HW_FAULT. Needs hw_flush_all() before a reduced permission may
 * be relied on.
 */
unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last);

/* Zeroes each page, until one faults. Returns how many were zeroed. */
unsigned int hw_zero_pages(const struct hw_pages *pages);

/* The same for one page. */
static inline struct hw_pvalidate_result hw_pvalidate(pa_t page, enum page_size size, bool validate)
{
	struct hw_pvalidate_result result;

	(void)hw_pvalidate_pages(&(struct hw_pages){ &page.raw, 0, 1, size, true }, validate,
				 &result);
	return result;
}

static inline uint32_t hw_rmpadjust(pa_t page, enum page_size size, unsigned int vmpl,
				    unsigned int perms, bool vmsa)
{
	uint32_t result;

	(void)hw_rmpadjust_pages(&(struct hw_pages){ &page.raw, 0, 1, size, true }, vmpl, perms,
				 vmsa, &result);
	return result;
}

must_check static inline enum err hw_zero(pa_t page, enum page_size size)
{
	return hw_zero_pages(&(struct hw_pages){ &page.raw, 0, 1, size, true }) == 1 ? OK
										     : ERR_FAULT;
}

/*
 * INVLPGB of everything, then TLBSYNC: no vCPU of the VM uses an older entry.
 * UNSURE: TLBSYNC waits for what its own logical processor has broadcast. That
 * an INVLPGB on another one, from which the hypervisor has moved the vCPU in
 * between, is complete by then is assumed: nothing here can tell, and to
 * execute both once more may be interrupted in the same place.
 */
void hw_flush_all(void);

/* The GHCB MSR C001_0130 and VMGEXIT [spec/ghcb.md 1]. Nothing is checked. */
uint64_t hw_ghcb_msr(void);
void hw_set_ghcb_msr(uint64_t value);
void hw_vmgexit(void);

/* SEV_STATUS, MSR C001_0131 [snp-arch 5]. */
uint64_t hw_sev_status(void);

/*
 * Guest-safe access to memory outside the image, guest memory or the SVSM's
 * own. ERR_FAULT when the page is not mapped, not validated or not ours; what
 * was copied before the fault stays copied. Single loads and stores are
 * atomic. hw_cas64 returns OK and *seen == expected when it has stored.
 */
must_check enum err hw_copy_in(void *to, pa_t from, size_t bytes);
must_check enum err hw_copy_out(pa_t to, const void *from, size_t bytes);
must_check enum err hw_load8(pa_t from, uint8_t *value);
must_check enum err hw_store8(pa_t to, uint8_t value);
must_check enum err hw_load64(pa_t from, uint64_t *value);
/* The words at from + offset[i], each by one load, in this order, to to[i]; at least one. */
must_check enum err hw_load64_list(uint64_t *to, pa_t from, const uint16_t *offset, uint64_t count);
must_check enum err hw_store64(pa_t to, uint64_t value);
must_check enum err hw_cas64(pa_t at, uint64_t expected, uint64_t desired, uint64_t *seen);

/* This vCPU's index, 0 for the boot vCPU. */
unsigned int hw_cpu(void);

/* RDTSC; not ordered. For the event ring only. */
uint64_t hw_tsc(void);

/* RDRAND; false when the CPU gave nothing in ten tries. */
must_check bool hw_random(uint64_t *value);

void hw_pause(void);

/*
 * Ends the VM: wipes the VMPCKs, says on the console which CPU, where and why,
 * GHCB MSR termination with REASON_SET. Never returns, on any vCPU.
 */
_Noreturn void hw_stop(enum reason reason, uint64_t detail);
