/* SPDX-License-Identifier: MIT */
/*
 * What becomes of the RMP's entries of a machine, as changes of a trace: when
 * rights may have changed they are compared with what was said last.
 */
#pragma once
#include <sim/trace.h>
#include <snp/snp.h>

struct changes {
	const struct snp *machine;
	uint16_t *said; /* by frame, as many as the RMP has */
	void (*say)(uint64_t address, enum trace_page what, uint32_t result);
};

#define CHANGES_BYTES(machine) ((machine)->rmp_frames * sizeof(uint16_t)) /* of `said` */

/* Every page as it is now. */
void changes_begin(const struct changes *c);
/* Of those addresses: what has changed. */
void changes_look(const struct changes *c, uint64_t gpa, uint64_t bytes);
