/* SPDX-License-Identifier: MIT */
/* From the parts to the bytes of svsm.igvm: the launch that include/svsm/config.h describes. */
#pragma once
#include "launch/layout.h"

struct build {
	struct blob firmware; /* ELF */
	struct blob start32;  /* flat, at most one page */
	struct blob kernel;   /* bzImage */
	struct blob initrd;   /* empty: none */
	const char *cmdline;
	uint64_t mem; /* guest RAM it must fit in */
	uint64_t svsm_gpa, svsm_mem;
	unsigned int vmpl;
	uint32_t flags; /* CONFIG_* */
	struct apic_ids apic_ids;
};

bool build_image(struct blob *igvm, const struct build *b, struct why *why);
/* The first vCPU: 32-bit protected mode at LAUNCH_START32. */
void build_vmsa(uint8_t page[4096]);
