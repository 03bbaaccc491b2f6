/* SPDX-License-Identifier: MIT */
/* The full-image vector of [boot-abi 3.2] and the two page hashes of [boot-abi 3.1, 3.2]. */
#include "igvm_sample.h"

#include "snp/snp.h"
#include "test.h"

#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <stdio.h>
#include <string.h>

#define GUID_BYTES 16U
#define ENTRY_BYTES 50U /* GUID, u16 length, SHA-256 */
#define TABLE_AT 0xC00U /* in its page: 0x810c00 in AmdSev */

static void check_hex(const uint8_t *bytes, const char *want)
{
	char hex[97];

	for (unsigned int i = 0; i < 48; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	check(strcmp(hex, want) == 0);
}

static void from_hex(uint8_t *bytes, const char *hex)
{
	for (unsigned int i = 0, x; sscanf(hex + 2 * i, "%2x", &x) == 1; i++)
		bytes[i] = (uint8_t)x;
}

declare_test(digest_page_hashes)
{
	uint8_t page[4096] = { 0 }, hash[64];

	check_eq(mbedtls_sha512(page, sizeof(page), hash, 1), 0);
	check_hex(hash, "c0e59a3e3ffbd3b5c75428fb36432facabc745944296ff515f737c4fef4efc64"
			"586809f7a16f56354a1eaecf2aa8d774");
	sample_vmsa(page);
	check_eq(mbedtls_sha512(page, sizeof(page), hash, 1), 0);
	check_hex(hash, "728af287318db5f3fc4d2357a969483c4225956dc555b514a78d64ee372112d1"
			"3b3dca8afd02cdbd1c55697d8ce087f5");
}

/* GUIDs as they lie in memory [boot-abi 4.2]. */
static const uint8_t guid_table[] = { 0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c,
				      0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21 };
static const uint8_t guid_cmdline[] = { 0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c,
					0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a };
static const uint8_t guid_initrd[] = { 0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b,
				       0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d };
static const uint8_t guid_kernel[] = { 0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42,
				       0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b };

static void hash_entry(uint8_t *p, const uint8_t *guid, const char *text, size_t bytes)
{
	memcpy(p, guid, GUID_BYTES);
	sample_put(p + GUID_BYTES, ENTRY_BYTES, 2);
	check_eq(mbedtls_sha256((const uint8_t *)text, bytes, p + GUID_BYTES + 2, 0), 0);
}

/* Empty command line (its NUL counts), initrd and kernel. */
static void hash_table(uint8_t page[4096])
{
	uint8_t *p = page + TABLE_AT;

	memset(page, 0, 4096);
	memcpy(p, guid_table, GUID_BYTES);
	sample_put(p + GUID_BYTES, 18 + 3 * ENTRY_BYTES, 2);
	hash_entry(p + 18, guid_cmdline, "", 1);
	hash_entry(p + 18 + ENTRY_BYTES, guid_initrd, "", 0);
	hash_entry(p + 18 + 2 * ENTRY_BYTES, guid_kernel, "", 0);
}

/* AmdSev on an EPYC-v4 with one vCPU; the seed stands for its ROM pages. */
declare_test(digest_published_image)
{
	static const struct {
		enum snp_page_type type;
		uint64_t gpa, pages;
	} section[] = {
		{ SNP_PAGE_ZERO, 0x800000, 9 },	   { SNP_PAGE_ZERO, 0x80A000, 3 },
		{ SNP_PAGE_SECRETS, 0x80D000, 1 }, { SNP_PAGE_CPUID, 0x80E000, 1 },
		{ SNP_PAGE_ZERO, 0x80F000, 1 },	   { SNP_PAGE_NORMAL, 0x810000, 1 },
		{ SNP_PAGE_ZERO, 0x811000, 15 },
	};
	uint8_t page[4096];
	struct snp_launch l;

	snp_launch_start(&l);
	from_hex(l.digest, "086e2e9149ebf45abdc3445fba5b2da8270bdbb04094d7a2c37faaa4b24af3aa"
			   "16aff8c374c2a55c467a50da6d466b74");
	hash_table(page);
	for (unsigned int i = 0; i < sizeof(section) / sizeof(section[0]); i++) {
		for (uint64_t n = 0; n < section[i].pages; n++)
			snp_launch_measure(&l, section[i].type, section[i].gpa + n * 4096, page);
	}
	snp_vmsa_reset(page, 0x800F12, 1);
	snp_launch_measure(&l, SNP_PAGE_VMSA, 0xFFFFFFFFF000, page);
	check_hex(l.digest, "ddc5224521617a536ee7ce9dd6224d1b58a8d4fda1c741f3ac99fc4bfa04ba6e"
			    "9fc98646d4a07a9079397fa3852819b5");
}
