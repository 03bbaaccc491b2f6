/* SPDX-License-Identifier: MIT */
#include "elf.h"

#include "svsm/config.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static bool header_ok(const Elf64_Ehdr *e)
{
	return memcmp(e->e_ident, ELFMAG, SELFMAG) == 0 && e->e_ident[EI_CLASS] == ELFCLASS64 &&
	       e->e_ident[EI_DATA] == ELFDATA2LSB && e->e_type == ET_EXEC &&
	       e->e_machine == EM_X86_64 && e->e_phentsize == sizeof(Elf64_Phdr);
}

/* Inside the file, inside the image, not over another segment. */
static bool segment_ok(const struct blob *file, const Elf64_Phdr *p, uint64_t end)
{
	return p->p_filesz <= p->p_memsz && p->p_offset <= file->count &&
	       p->p_filesz <= file->count - p->p_offset && p->p_vaddr >= IMAGE_VA + end &&
	       p->p_vaddr - IMAGE_VA <= ELF_IMAGE_MAX &&
	       p->p_memsz <= ELF_IMAGE_MAX - (p->p_vaddr - IMAGE_VA);
}

/* Copies the segments; returns where the image ends, 0 when one is wrong. */
static uint64_t load_segments(const struct blob *file, const Elf64_Ehdr *e, uint8_t *pages)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < e->e_phnum; i++) {
		Elf64_Phdr p;

		memcpy(&p, file->data + e->e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type != PT_LOAD || p.p_memsz == 0)
			continue;
		if (!segment_ok(file, &p, end))
			return 0;
		memcpy(pages + (p.p_vaddr - IMAGE_VA), file->data + p.p_offset, p.p_filesz);
		end = p.p_vaddr - IMAGE_VA + p.p_memsz;
	}
	return end;
}

bool elf_load(struct elf_image *image, const struct blob *file, struct why *why)
{
	Elf64_Ehdr e;
	uint64_t end;

	if (file->count < sizeof(e))
		return host_refuse(why, "firmware is not an ELF file");
	memcpy(&e, file->data, sizeof(e));
	if (!header_ok(&e))
		return host_refuse(why, "firmware is not an x86-64 ELF executable");
	if (e.e_phoff > file->count || e.e_phnum > (file->count - e.e_phoff) / sizeof(Elf64_Phdr))
		return host_refuse(why, "firmware ELF file is truncated");
	image->pages = host_alloc(ELF_IMAGE_MAX);
	end = load_segments(file, &e, image->pages);
	image->bytes = (end + 0xfff) & ~(size_t)0xfff;
	image->entry = e.e_entry;
	if (end == 0)
		host_refuse(why, "firmware segments are not ascending from 0x%llx", IMAGE_VA);
	else if (e.e_entry - IMAGE_VA >= end) /* below the image: wraps */
		end = host_refuse(why, "firmware entry is outside its image");
	if (end == 0)
		free(image->pages);
	return end != 0;
}
