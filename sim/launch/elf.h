/* SPDX-License-Identifier: MIT */
/* The firmware's ELF file as the pages it is loaded as. */
#pragma once
#include "launch/host.h"

#define ELF_IMAGE_MAX 0x4000000U /* 64 MiB: far more than any firmware */

struct elf_image {
	uint8_t *pages; /* malloc'd; from IMAGE_VA on, bss as zeros */
	size_t bytes;	/* multiple of 4 KiB */
	uint64_t entry; /* VA */
};

bool elf_load(struct elf_image *image, const struct blob *file, struct why *why);
