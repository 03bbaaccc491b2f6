/* SPDX-License-Identifier: MIT */
/* What a hypervisor that means harm does to this machine, on the host and in soft-SNP. */
#pragma once
#include <snp/snp.h>

/*
 * The request in this GHCB page is answered without having been served: refused,
 * or as if it had been.
 */
void snp_lie_answer(uint8_t *ghcb, bool is_refused);

/* What is at `spa` (or SNP_UNMAPPED) is shown at `gpa`; at most SNP_OVERRIDES pages. */
void snp_lie_map(struct snp *m, uint64_t gpa, uint64_t spa);
/* The same, and the RMP says so too. False: the CPU refuses RMPUPDATE, nothing is done. */
bool snp_lie_assign(struct snp *m, uint64_t gpa, uint64_t spa);
/* All mappings as they were; no CPU knows any other. */
void snp_lie_restore(struct snp *m);
/* No CPU has a translation any more. */
void snp_lie_flush(struct snp *m);
