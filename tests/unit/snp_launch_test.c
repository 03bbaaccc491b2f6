/* SPDX-License-Identifier: MIT */
/* Launch pages, the digest's vector chain [boot-abi 3.2], secrets [boot-abi 1]. */
#include "snp_rig.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static void check_hex(const uint8_t digest[48], const char *want)
{
	char got[97];

	for (unsigned int i = 0; i < 48; i++)
		snprintf(got + 2 * i, 3, "%02x", digest[i]);
	if (strcmp(got, want) != 0)
		printf("# got  %s\n# want %s\n", got, want);
	check(strcmp(got, want) == 0);
}

static const struct {
	enum snp_page_type type;
	uint64_t gpa;
	const char *digest;
} chain[] = {
	{ SNP_PAGE_NORMAL, 0x1000,
	  "e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3aee35e2a45d6869b60b35c63928a9232bef72d6be3"
	  "86f48ec6" },
	{ SNP_PAGE_ZERO, 0x2000,
	  "8233fbe1ec826b22907aa9397de357831970a96a08e3783a274d6349194edde812a85313b0916402f33d069e"
	  "71e1248d" },
	{ SNP_PAGE_UNMEASURED, 0x3000,
	  "e38aa6d01be592105dece52b841baab5f074b7680817c0db474561fc74b5aa89826cef755d515e57daaabe1f"
	  "220f70d6" },
	{ SNP_PAGE_SECRETS, 0x4000,
	  "4ab99c5fb84fc4720a053aee17fc63d5ca6ba07716d1f97e2e899de0aa4610d5cfc20f60f19b161b1a7b6e8f"
	  "245a4f6f" },
	{ SNP_PAGE_CPUID, 0x5000,
	  "adf702781cc8401038504a836700bf30b87124cea93ef7e2174454dd11b1b9b6d05e1d8e7f8b46ba81813eb7"
	  "77f3236c" },
	{ SNP_PAGE_VMSA, RIG_VMSA,
	  "5a186d83e7e5de0238905779d6a825721ddf2388e3600dadca64b1b288a75b99b9909dd13edfc459926e53f1"
	  "f7e20be7" },
};

#define CHAIN (sizeof(chain) / sizeof(chain[0]))

declare_test(snp_launch_digest_chain)
{
	struct snp *m = rig_new();
	struct snp_launch l;

	snp_launch_start(&l);
	memset(snp_gpa_memory(m, 0x1000), 0, SNP_PAGE);
	snp_vmsa_reset(snp_gpa_memory(m, RIG_VMSA), 0xa00f11, 1);
	for (unsigned int i = 0; i < CHAIN; i++) {
		check(snp_launch_page(m, &l, chain[i].type, chain[i].gpa));
		check_hex(l.digest, chain[i].digest);
		check_eq(l.pages, i + 1);
	}
	check_eq(snp_vmrun_check(m, 0xf01000, RIG_VMSA), 0);
}

/* TSC scale and offset of a VMSA are measured as 0; of other pages they are data. */
declare_test(snp_launch_vmsa_tsc_not_measured)
{
	uint8_t page[SNP_PAGE], digest[48];
	struct snp_launch l;

	for (unsigned int type = SNP_PAGE_NORMAL; type <= SNP_PAGE_VMSA; type++) {
		for (unsigned int at = 0x2e8; at <= 0x300; at += 8) {
			bool ignored = type == SNP_PAGE_VMSA && at >= 0x2f0 && at < 0x300;

			snp_vmsa_reset(page, 0xa00f11, 1);
			snp_launch_start(&l);
			snp_launch_measure(&l, type, RIG_VMSA, page);
			memcpy(digest, l.digest, 48);
			page[at] = 1;
			snp_launch_start(&l);
			snp_launch_measure(&l, type, RIG_VMSA, page);
			check_eq(memcmp(digest, l.digest, 48) == 0, ignored);
		}
	}
}

/* Order and address are measured, contents of a ZERO page are not supplied. */
declare_test(snp_launch_measures_address)
{
	struct snp_launch a, b;

	snp_launch_start(&a);
	snp_launch_start(&b);
	snp_launch_measure(&a, SNP_PAGE_ZERO, 0x1000, NULL);
	snp_launch_measure(&b, SNP_PAGE_ZERO, 0x2000, NULL);
	check(memcmp(a.digest, b.digest, 48) != 0);
	snp_launch_measure(&a, SNP_PAGE_ZERO, 0x2000, NULL);
	snp_launch_measure(&b, SNP_PAGE_ZERO, 0x1000, NULL);
	check(memcmp(a.digest, b.digest, 48) != 0);
}

declare_test(snp_launch_page_state)
{
	for (unsigned int i = 0; i < CHAIN; i++) {
		struct snp *m = rig_new();
		const struct snp_rmp_entry *e;
		uint64_t spa = 0;

		check(snp_gpa_to_spa(m, chain[i].gpa, &spa));
		memset(snp_gpa_memory(m, chain[i].gpa), 7, SNP_PAGE);
		check(snp_launch_page(m, NULL, chain[i].type, chain[i].gpa));
		e = snp_rmp(m, spa);
		check(e->assigned && e->validated && !e->immutable && !e->size_2m);
		check_eq(e->vmsa, chain[i].type == SNP_PAGE_VMSA);
		check_eq(e->gpa, chain[i].gpa);
		check_eq(e->perm[0], 0xf);
		check_eq(e->perm[1] | e->perm[2] | e->perm[3], 0);
		/* contents: ZERO cleared, SECRETS and CPUID filled in, the others kept */
		check_eq(snp_gpa_memory(m, chain[i].gpa)[0xfff] == 7,
			 chain[i].type == SNP_PAGE_NORMAL || chain[i].type == SNP_PAGE_VMSA ||
				 chain[i].type == SNP_PAGE_UNMEASURED);
		check(!snp_launch_page(m, NULL, chain[i].type, chain[i].gpa)); /* once */
	}
}

declare_test(snp_launch_page_refused)
{
	static const enum rig_state states[] = { RIG_FRESH, RIG_VALID_2M, RIG_FOREIGN, RIG_OUTSIDE,
						 RIG_NOWHERE };
	struct snp_launch l;

	for (unsigned int i = 0; i < 5; i++) {
		struct snp *m = rig_new();
		uint64_t gpa = rig_make(m, states[i]);

		snp_launch_start(&l);
		check(!snp_launch_page(m, &l, SNP_PAGE_NORMAL, gpa));
		check(!snp_launch_page(m, &l, SNP_PAGE_NORMAL, 0x5008));
		check_eq(l.pages, 0);
	}
}

declare_test(snp_secrets_layout)
{
	struct snp *m = rig_new();
	const uint8_t *page = snp_gpa_memory(m, 0x4000);

	m->vmpck[2][31] = 0xee;
	check(snp_launch_page(m, NULL, SNP_PAGE_SECRETS, 0x4000));
	check_eq(rig_get(page, 8), 3); /* version, no IMI */
	check_eq(rig_get(page + 8, 8), 0xa00f11);
	for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++) {
		check(memcmp(page + 0x20 + 0x20 * vmpl, m->vmpck[vmpl], 32) == 0);
		check(rig_get(m->vmpck[vmpl], 8) != 0);
	}
	check_eq(page[0x9f - 0x20], 0xee);
	for (unsigned int at = 0xa0; at < 0x100; at++)
		check_eq(page[at], 0); /* OS area */
	/* tweak bitmap: RIP, RSP, RAX, first of RCX.., last vector quadword */
	check(page[0x105] == 0x80 && page[0x107] == 0x88 && page[0x10c] == 0xee);
	check_eq(page[0x13f], 0);
	check_eq(page[0x13e], 0xff);
	for (unsigned int at = 0x140; at < 0x160; at++)
		check_eq(page[at], 0); /* SVSM fields: not the PSP's */
	check_eq(rig_get(page + 0x160, 8), 200);
}
