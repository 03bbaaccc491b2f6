/* SPDX-License-Identifier: MIT */
/* Launch digests: every vector of [boot-abi 3] that needs no outside file. */
#include "igvm_sample.h"

#include "launch/digest.h"
#include "launch/write.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t zeros[4096];

static void check_digest(const uint8_t digest[48], const char *want)
{
	char hex[97];

	for (unsigned int i = 0; i < 48; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (strcmp(hex, want) != 0)
		printf("# got %s, want %s\n", hex, want);
	check(strcmp(hex, want) == 0);
}

declare_test(digest_chain_of_every_page_type)
{
	static const struct {
		enum snp_page_type type;
		uint64_t gpa;
		const char *after;
	} step[] = {
		{ SNP_PAGE_NORMAL, 0x1000,
		  "e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3aee35e2a45d6869b60"
		  "b35c63928a9232bef72d6be386f48ec6" },
		{ SNP_PAGE_ZERO, 0x2000,
		  "8233fbe1ec826b22907aa9397de357831970a96a08e3783a274d6349194edde8"
		  "12a85313b0916402f33d069e71e1248d" },
		{ SNP_PAGE_UNMEASURED, 0x3000,
		  "e38aa6d01be592105dece52b841baab5f074b7680817c0db474561fc74b5aa89"
		  "826cef755d515e57daaabe1f220f70d6" },
		{ SNP_PAGE_SECRETS, 0x4000,
		  "4ab99c5fb84fc4720a053aee17fc63d5ca6ba07716d1f97e2e899de0aa4610d5"
		  "cfc20f60f19b161b1a7b6e8f245a4f6f" },
		{ SNP_PAGE_CPUID, 0x5000,
		  "adf702781cc8401038504a836700bf30b87124cea93ef7e2174454dd11b1b9b6"
		  "d05e1d8e7f8b46ba81813eb777f3236c" },
		{ SNP_PAGE_VMSA, 0xFFFFFFFFF000,
		  "5a186d83e7e5de0238905779d6a825721ddf2388e3600dadca64b1b288a75b99"
		  "b9909dd13edfc459926e53f1f7e20be7" },
	};
	uint8_t vmsa[4096];
	struct snp_launch l;

	sample_vmsa(vmsa);
	snp_launch_start(&l);
	for (unsigned int i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		snp_launch_measure(&l, step[i].type, step[i].gpa,
				   step[i].type == SNP_PAGE_VMSA ? vmsa : zeros);
		check_digest(l.digest, step[i].after);
	}
}

declare_test(digest_reset_vmsa_is_the_published_page)
{
	uint8_t want[4096], got[4096];

	sample_vmsa(want);
	snp_vmsa_reset(got, 0xA00F11, 1);
	check(memcmp(got, want, sizeof(got)) == 0);
}

declare_test(digest_of_the_sample)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes);
	struct digest d;
	struct igvm f;

	check_eq(igvm_open(&f, file, bytes).error, IGVM_OK);
	digest_file(&d, &f, 1, DIGEST_SIGNATURE);
	check_digest(d.bytes, "dd9d64c98855c23406775e15ee4b167a614c9803047e2229e95f0898ec7dcc20"
			      "4888a374babfab7105cfe112c500a074");
	check_eq(d.pages, 7);
	check_eq(strlen(d.hex), 96);
	free(file);
}

/* Three pages of zeros, NORMAL, insert, NORMAL: the insert overtakes. */
static uint8_t *three_pages(size_t *bytes)
{
	uint8_t vmsa[4096];
	struct write w;

	sample_vmsa(vmsa);
	write_start(&w);
	write_area(&w, 7, 0x1000);
	write_page(&w, 0x1000, IGVM_DATA_NORMAL, 0, zeros);
	write_insert(&w, 7, 0x5000);
	write_page(&w, 0x2000, IGVM_DATA_NORMAL, 0, NULL);
	write_vmsa(&w, 0, vmsa);
	return write_finish(&w, bytes);
}

declare_test(digest_insert_overtakes_pending_run)
{
	size_t bytes;
	uint8_t *file = three_pages(&bytes);
	struct snp_launch l;
	struct igvm_order o;
	struct igvm_page p;
	struct igvm f;

	check_eq(igvm_open(&f, file, bytes).error, IGVM_OK);
	snp_launch_start(&l);
	igvm_order_start(&o, &f);
	while (igvm_order_next(&o, &p))
		snp_launch_measure(&l, p.type, p.gpa, zeros);
	check_digest(l.digest, "17e0541b0ecac64afd39baa749333e39857ad2b459257add8dd3cf7fffbd5c56"
			       "d0f74e19b8861c656a9af612d6f4afc4");
	snp_launch_start(&l);
	snp_launch_measure(&l, SNP_PAGE_NORMAL, 0x1000, zeros);
	snp_launch_measure(&l, SNP_PAGE_UNMEASURED, 0x5000, zeros);
	snp_launch_measure(&l, SNP_PAGE_NORMAL, 0x2000, zeros);
	check_digest(l.digest, "b16e84263d33f44272d0ce04842a3cafb0777134a4d5952d8096922c7149c7db"
			       "f1ad9a2b30961a95adcd974e62859bdf");
	free(file);
}

/* What ends a pending run: a gap, another type, data or none, a header between. */
declare_test(digest_order_of_runs)
{
	static const uint64_t want[] = { 0x9000, 0x1000, 0x2000, 0x3000, 0xa000,
					 0xb000, 0x4000, 0x6000, 0xc000, 0x7000 };
	uint8_t page[4096] = { 1 }, vmsa[4096];
	struct igvm_order o;
	struct igvm_page p;
	struct write w;
	struct igvm f;
	uint8_t *file;
	size_t bytes;

	sample_vmsa(vmsa);
	write_start(&w);
	write_area(&w, 0, 0x1000);
	write_area(&w, 1, 0x2000);
	write_area(&w, 2, 0x1000);
	write_page(&w, 0x1000, IGVM_DATA_NORMAL, 0, page);
	write_page(&w, 0x2000, IGVM_DATA_NORMAL, 0, page);
	write_insert(&w, 0, 0x9000);			   /* before 0x1000 and 0x2000 */
	write_page(&w, 0x3000, IGVM_DATA_NORMAL, 0, page); /* does not join across it */
	write_page(&w, 0x4000, IGVM_DATA_NORMAL, 0, NULL); /* queues 0x3000: no data */
	write_insert(&w, 1, 0xa000);			   /* before 0x4000, two pages */
	write_page(&w, 0x6000, IGVM_DATA_NORMAL, 0, NULL);
	write_page(&w, 0x7000, IGVM_DATA_NORMAL, IGVM_FLAG_UNMEASURED, NULL);
	write_insert(&w, 2, 0xc000); /* 0x7000 alone waits */
	write_vmsa(&w, 0, vmsa);
	file = write_finish(&w, &bytes);
	check_eq(igvm_open(&f, file, bytes).error, IGVM_OK);
	igvm_order_start(&o, &f);
	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		check(igvm_order_next(&o, &p));
		check_eq(p.gpa, want[i]);
		check_eq(p.parameter, p.gpa >= 0x9000);
		check_eq(p.area_offset, p.gpa == 0xb000 ? 0x1000 : 0);
	}
	check(!igvm_order_next(&o, &p));
	free(file);
}

/* Every vCPU adds one VMSA, those without one in the file the reset state. */
declare_test(digest_counts_every_vcpu)
{
	size_t bytes;
	uint8_t *file = sample_file(&bytes), vmsa[4096];
	struct snp_launch l = { .pages = 0 };
	struct digest one, three;
	struct igvm f;

	check_eq(igvm_open(&f, file, bytes).error, IGVM_OK);
	digest_file(&one, &f, 1, 0xA00F11);
	digest_file(&three, &f, 3, 0xA00F11);
	sample_vmsa(vmsa);
	memcpy(l.digest, one.bytes, 48);
	snp_launch_measure(&l, SNP_PAGE_VMSA, IGVM_VMSA_GPA, vmsa);
	snp_launch_measure(&l, SNP_PAGE_VMSA, IGVM_VMSA_GPA, vmsa);
	check(memcmp(l.digest, three.bytes, 48) == 0);
	check(memcmp(one.bytes, three.bytes, 48) != 0);
	free(file);
}
