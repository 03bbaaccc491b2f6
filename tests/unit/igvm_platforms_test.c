/* SPDX-License-Identifier: MIT */
/* A file for two platforms: what is not for SNP is checked, then skipped. */
#include "igvm_sample.h"

#include "snp/igvm.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define TDX 3U
#define TDX_MASK 2U
#define HEADERS_MAX 1024U

struct file {
	uint8_t bytes[HEADERS_MAX + 8192];
	size_t end;
	size_t vmsa; /* where TDX's VP context is */
};

/* Appends a copy of one of the sample's headers; returns it. */
static uint8_t *append(struct file *f, const uint8_t *sample, unsigned int from, unsigned int bytes)
{
	memcpy(f->bytes + f->end, sample + from, bytes);
	f->end += bytes;
	return f->bytes + f->end - bytes;
}

/* The sample with a TDX twin of the platform, policy, a page and the VMSA. */
static struct file *make(void)
{
	struct file *f = calloc(1, sizeof(*f));
	size_t bytes;
	uint8_t *sample = sample_file(&bytes), *h;

	append(f, sample, 0, SAMPLE_POLICY);
	h = append(f, sample, SAMPLE_PLATFORM, 24);
	sample_put(h + 8, TDX_MASK, 4);
	h[13] = TDX;
	append(f, sample, SAMPLE_POLICY, 24);
	h = append(f, sample, SAMPLE_POLICY, 24);
	sample_put(h + 8, 0x70000, 8);
	sample_put(h + 16, TDX_MASK, 4);
	append(f, sample, SAMPLE_REQUIRED, SAMPLE_PAGE_2000 - SAMPLE_REQUIRED);
	h = append(f, sample, SAMPLE_PAGE_1000, 32); /* the same page, for TDX */
	sample_put(h + 16, TDX_MASK, 4);
	h = append(f, sample, SAMPLE_PAGE_2000, SAMPLE_HEADERS_END - SAMPLE_PAGE_2000);
	sample_put(h + 20, HEADERS_MAX, 4);
	sample_put(h + SAMPLE_VMSA - SAMPLE_PAGE_2000 + 20, HEADERS_MAX + 4096, 4);
	f->vmsa = f->end;
	h = append(f, sample, SAMPLE_VMSA, 32);
	sample_put(h + 8, 0, 8); /* native formats have no address */
	sample_put(h + 16, TDX_MASK, 4);
	sample_put(h + 20, HEADERS_MAX, 4);
	memcpy(f->bytes + HEADERS_MAX, sample + SAMPLE_HEADERS_END, 8192);
	sample_put(f->bytes + 12, f->end - 24, 4);
	sample_put(f->bytes + 16, sizeof(f->bytes), 4);
	free(sample);
	return f;
}

static enum igvm_error open_fixed(struct igvm *igvm, struct file *f)
{
	sample_fix_crc(f->bytes, sizeof(f->bytes));
	return igvm_open(igvm, f->bytes, sizeof(f->bytes)).error;
}

declare_test(igvm_skips_other_platforms)
{
	static const uint64_t want[] = { 0x5000, 0x6000, 0x1000, 0x2000, 0x3000, 0x4000, 0x8000 };
	struct file *f = make();
	struct igvm_order o;
	struct igvm_page p;
	uint8_t vmsa[4096];
	struct igvm igvm;

	check_eq(open_fixed(&igvm, f), IGVM_OK);
	check_eq(igvm.policy, 0x30000);
	check_eq(igvm.mask, 1);
	check_eq(igvm.masks, 3);
	sample_vmsa(vmsa);
	check(memcmp(igvm_vmsa(&igvm, 0), vmsa, sizeof(vmsa)) == 0);
	igvm_order_start(&o, &igvm);
	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		check(igvm_order_next(&o, &p));
		check_eq(p.gpa, want[i]);
	}
	check(!igvm_order_next(&o, &p));
	free(f);
}

/* The platform decides the format of a context: its mask names exactly one. */
declare_test(igvm_context_is_for_one_platform)
{
	struct file *f = make();
	struct igvm igvm;

	sample_put(f->bytes + f->vmsa + 8, IGVM_VMSA_GPA, 8);
	sample_put(f->bytes + f->vmsa + 16, 3, 4);
	check_eq(open_fixed(&igvm, f), IGVM_BAD_MASK);
	free(f);
}

/* Said at the first header behind the platforms, before anything else is judged. */
declare_test(igvm_without_snp_platform)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);
	struct igvm_result r;
	struct igvm igvm;

	file[SAMPLE_PLATFORM + 13] = TDX;
	sample_fix_crc(file, bytes);
	r = igvm_open(&igvm, file, bytes);
	check_eq(r.error, IGVM_NO_SNP);
	check_eq(r.offset, SAMPLE_POLICY);
	free(file);
}
